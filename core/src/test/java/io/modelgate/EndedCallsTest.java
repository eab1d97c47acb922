package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndedCallsTest {

    private static final int CAPACITY = 16;

    private final Gates gates = Gates.open(g -> {});
    private final ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
    private final AtomicLong now = new AtomicLong();
    private final EndedCalls calls = new EndedCalls(CAPACITY);

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void whatThreadsEndedInTurnsIsTakenInThatOrder() {
        List<EndedCall<?, ?>> ended = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            ended.add(onAThreadOfItsOwn(this::offered));
        }

        assertThat(taken()).containsExactlyElementsOf(ended);
    }

    /** {@link System#nanoTime} may go over the end of the range. */
    @Test
    void theOrderHoldsWhereTheClockOverflows() {
        now.set(Long.MAX_VALUE - 1);
        List<EndedCall<?, ?>> ended = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ended.add(onAThreadOfItsOwn(this::offered));
        }

        assertThat(taken()).containsExactlyElementsOf(ended);
    }

    @Test
    void oneThreadMayFillAllOfIt() {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(calls.hasRoom()).isTrue();
            offered();
        }

        assertThat(calls.size()).isEqualTo(CAPACITY);
        assertThat(calls.hasRoom()).isFalse();
        assertThat(calls.offer(ended())).isFalse();
        assertThat(taken()).hasSize(CAPACITY);
        assertThat(calls.hasRoom()).isTrue();
    }

    @Test
    void aCapacityThatCannotBeDividedIsRefused() {
        assertThatThrownBy(() -> new EndedCalls(3 * EndedCalls.RINGS)).isInstanceOf(IllegalArgumentException.class);
    }

    private EndedCall<?, ?> offered() {
        EndedCall<?, ?> call = ended();
        assertThat(calls.offer(call)).isTrue();
        return call;
    }

    private EndedCall<?, ?> ended() {
        EndedCall<String, String> call = new EndedCall<>(gate, "hi", Caller.anonymous(), 0);
        call.ended(now::getAndIncrement);
        return call;
    }

    private List<EndedCall<?, ?>> taken() {
        List<EndedCall<?, ?>> taken = new ArrayList<>();
        for (EndedCall<?, ?> next = calls.poll(); next != null; next = calls.poll()) {
            taken.add(next);
        }
        return taken;
    }

    private static <T> T onAThreadOfItsOwn(Supplier<T> task) {
        Executor thread = run -> new Thread(run).start();
        return CompletableFuture.supplyAsync(task, thread).join();
    }
}
