package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.MemoryControlLog;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a router's module keeps from callers in one process, whatever the log says. */
class BarTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("carol");

    private final MemoryControlLog log = new MemoryControlLog();
    private final Gates gates = Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(Router router) {
        return gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(router));
    }

    @Test
    void aBarSendsNobodyToTheCandidateUntilItIsLiftedAndIsInNoLog() {
        WatchedRouter router = new WatchedRouter();
        ModelGate<String, String> gate = gate(router);
        assertThat(gate.call("", CALLER)).isEqualTo("v2");
        assertThat(router.heard).hasSize(1);
        long entries = log.head().seq();

        gate.bar(routing -> "v2".equals(routing.candidate()));
        assertThat(gate.call("", CALLER)).isEqualTo("v1");
        assertThat(gate.versionFor(CALLER)).contains("v1");
        assertThat(router.heard).as("nothing is compared").hasSize(1);
        assertThat(log.head().seq()).isEqualTo(entries);

        gate.bar(routing -> false);
        assertThat(gate.call("", CALLER)).isEqualTo("v2");
        assertThat(router.heard).hasSize(2);
    }

    @Test
    void aBarIsAskedAnewWheneverTheLogGoesOn() {
        ModelGate<String, String> gate = gate(new WeightRouter());
        gate.bar(routing -> "v2".equals(routing.candidate()));
        gates.append(gates.decision("one", WeightRouter.CANARY, "credit", ALICE, "", Map.of("version", "v2")));
        assertThat(gate.call("", CALLER)).isEqualTo("v1");
        gate.register("v3", input -> "v3");
        assertThat(gate.call("", CALLER)).as("it outlives a change").isEqualTo("v1");
        gates.append(gates.decision("two", WeightRouter.CANARY, "credit", ALICE, "", Map.of("version", "v3")));
        assertThat(gate.call("", CALLER)).isEqualTo("v3");
    }

    @Test
    void aBarThatThrowsBarsAndAKillWorksAllTheSame() {
        ModelGate<String, String> gate = gate(new WatchedRouter());
        AtomicBoolean throwing = new AtomicBoolean(true);
        gate.bar(routing -> {
            if (throwing.get()) {
                throw new IllegalStateException("bar");
            }
            return false;
        });
        assertThat(gate.call("", CALLER)).isEqualTo("v1");
        gate.version("v1").kill(ALICE, "off");
        assertThat(gate.versionFor(CALLER)).isEmpty();
        throwing.set(false);
        gate.version("v2").kill(ALICE, "off");
        assertThat(gate.versionFor(CALLER)).isEmpty();
    }
}
