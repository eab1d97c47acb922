package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What belongs to the caller's thread is there in the model and in the ladder, wherever these run, and gone afterwards. */
class ContextTest {

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    private final ExecutorService one = Executors.newSingleThreadExecutor();
    private final Gates gates = Gates.open(g -> g.executor(one).ladderExecutor(one));

    @AfterEach
    void close() {
        ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
        TENANT.remove();
        gates.close();
        one.shutdownNow();
    }

    @Test
    void registeredThreadLocalsCrossToTheModelAndTheLadder() throws Exception {
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
        AtomicReference<String> inModel = new AtomicReference<>();
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> {
                            inModel.set(TENANT.get());
                            throw new IllegalStateException();
                        })
                        .enforceTimeouts()
                        .fallback(Rungs.rule(call -> TENANT.get())));
        TENANT.set("acme");
        CompletableFuture<String> call = gate.callAsync("x", Caller.anonymous());
        TENANT.set("other");

        assertThat(call.join()).isEqualTo("acme");
        assertThat(inModel).hasValue("acme");
        assertThat(one.submit(() -> TENANT.get()).get()).isNull();
    }

    @Test
    void theMdcCrossesToTheModelAndIsGoneFromTheThreadAfterwards() throws Exception {
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> String.valueOf(MDC.get("request"))).enforceTimeouts());
        one.submit(() -> {}).get(); // the thread is there before the entry, which it would inherit
        MDC.put("request", "r-1");
        try {
            assertThat(gate.call("x", Caller.anonymous())).isEqualTo("r-1");
        } finally {
            MDC.clear();
        }
        assertThat(gate.call("x", Caller.anonymous())).isEqualTo("null");
        assertThat(one.submit(() -> MDC.get("request")).get()).isNull();
    }

    @Test
    void aModelOnTheExecutorSeesTheContextOfACallThatWaits() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
        ModelGate<String, String> gate =
                gates.gate("credit", g -> g.stable("v1", input -> TENANT.get()).enforceTimeouts());
        TENANT.set("acme");
        assertThat(gate.call("x", Caller.anonymous())).isEqualTo("acme");
    }
}
