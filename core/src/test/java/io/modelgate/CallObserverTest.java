package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallObserverTest {

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private final CallObserver recording = gate -> {
        heard.add("begin " + gate);
        return new CallObserver.Observed() {
            @Override
            public void left() {
                heard.add("left");
            }

            @Override
            public void ended(Outcome<?> outcome) {
                heard.add("ended "
                        + outcome.answeredBy().orElse("nobody") + " "
                        + outcome.cause().map(Cause::name).orElse("-"));
            }

            @Override
            public void threw(Throwable thrown) {
                heard.add("threw " + thrown.getClass().getSimpleName());
            }
        };
    };

    private final Gates gates =
            Gates.open(g -> g.observe(recording).executor(Runnable::run).ladderExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(Model<String, String> model) {
        return gates.gate("chat", g -> g.stable("v1", model));
    }

    @Test
    void aCallBeginsIsLeftAndEndsWithItsOutcome() {
        assertThat(gate(input -> "re: " + input).call("hi", Caller.anonymous())).isEqualTo("re: hi");

        assertThat(heard).containsExactly("begin chat", "left", "ended v1 -");
    }

    @Test
    void decideIsOneCallToo() {
        ModelGate<String, String> gate = gate(input -> input);
        gate.kill(Actor.of("alice"), "off");

        assertThat(gate.decide("hi", Caller.anonymous()).cause()).contains(Cause.KILLED);
        assertThat(heard).containsExactly("begin chat", "left", "ended nobody KILLED");
    }

    @Test
    void aHardFailureEndsTheCallAndIsThrownAsEver() {
        IllegalStateException thrown = new IllegalStateException();
        ModelGate<String, String> gate = gate(input -> {
            throw thrown;
        });

        assertThatThrownBy(() -> gate.call("hi", Caller.anonymous()))
                .isInstanceOf(GateException.class)
                .hasCause(thrown);
        assertThat(heard).containsExactly("begin chat", "left", "ended nobody ERROR");
    }

    @Test
    void anErrorOfTheModelEndsTheCallWithoutAnOutcome() {
        ModelGate<String, String> gate = gate(input -> {
            throw new AssertionError("boom");
        });

        assertThatThrownBy(() -> gate.call("hi", Caller.anonymous())).isInstanceOf(AssertionError.class);
        assertThat(heard).containsExactly("begin chat", "left", "threw AssertionError");
    }

    @Test
    void anAsynchronousCallIsLeftBeforeItEnds() {
        CompletableFuture<String> model = new CompletableFuture<>();
        ModelGate<String, String> gate = gates.gate("chat", g -> g.asyncStable("v1", (input, call) -> model));

        CompletableFuture<String> answer = gate.callAsync("hi", Caller.anonymous());
        assertThat(heard).containsExactly("begin chat", "left");
        model.complete("at last");

        assertThat(answer).isCompletedWithValue("at last");
        assertThat(heard).containsExactly("begin chat", "left", "ended v1 -");
    }

    @Test
    void anAsynchronousCallThatEndsAtOnceIsLeftFirstAllTheSame() {
        ModelGate<String, String> gate =
                gates.gate("chat", g -> g.asyncStable("v1", (input, call) -> CompletableFuture.completedFuture("now")));

        assertThat(gate.callAsync("hi", Caller.anonymous())).isCompletedWithValue("now");
        assertThat(heard).containsExactly("begin chat", "left", "ended v1 -");
    }

    @Test
    void whoGivesAnAsynchronousCallUpEndsIt() {
        ModelGate<String, String> gate =
                gates.gate("chat", g -> g.asyncStable("v1", (input, call) -> new CompletableFuture<>()));

        gate.callAsync("hi", Caller.anonymous()).cancel(true);
        gate.callAsync("hi", Caller.anonymous()).complete("from outside");

        assertThat(heard)
                .containsExactly(
                        "begin chat",
                        "left",
                        "threw " + CancellationException.class.getSimpleName(),
                        "begin chat",
                        "left",
                        "threw " + CancellationException.class.getSimpleName());
    }

    @Test
    void anObserverThatThrowsHarmsNoCall() {
        try (Gates broken = Gates.open(g -> g.observe(gate -> {
            throw new IllegalStateException("no trace");
        }))) {
            ModelGate<String, String> gate = broken.gate("chat", g -> g.stable("v1", input -> input));

            assertThat(gate.call("hi", Caller.anonymous())).isEqualTo("hi");
        }
    }

    @Test
    void anEndOnAnotherThreadIsToldAfterTheCallIsLeftEvenWhileThatIsTold() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CallObserver slow = gate -> {
            CallObserver.Observed observed = recording.begin(gate);
            return new CallObserver.Observed() {
                @Override
                public void left() {
                    CompletableFuture.runAsync(() -> model.complete("meanwhile"))
                            .join();
                    observed.left();
                }

                @Override
                public void ended(Outcome<?> outcome) {
                    observed.ended(outcome);
                }

                @Override
                public void threw(Throwable thrown) {
                    observed.threw(thrown);
                }
            };
        };
        try (Gates own = Gates.open(g -> g.observe(slow).executor(Runnable::run))) {
            ModelGate<String, String> gate = own.gate("chat", g -> g.asyncStable("v1", (input, call) -> model));

            assertThat(gate.callAsync("hi", Caller.anonymous())).isCompletedWithValue("meanwhile");
        }
        assertThat(heard).containsExactly("begin chat", "left", "ended v1 -");
    }

    @Test
    void anObserverThatLacksAClassHarmsNoCall() {
        CallObserver.Observed lacking = new CallObserver.Observed() {
            @Override
            public void left() {
                throw new NoClassDefFoundError("Tracer");
            }

            @Override
            public void ended(Outcome<?> outcome) {
                throw new NoClassDefFoundError("Tracer");
            }

            @Override
            public void threw(Throwable thrown) {
                throw new NoClassDefFoundError("Tracer");
            }
        };
        List<CallObserver> broken = List.of(gate -> lacking, gate -> {
            throw new NoClassDefFoundError("Tracer");
        });
        for (CallObserver observer : broken) {
            try (Gates own = Gates.open(g -> g.observe(observer).executor(Runnable::run))) {
                ModelGate<String, String> gate = own.gate("chat", g -> g.stable("v1", input -> input));

                assertThat(gate.call("hi", Caller.anonymous())).isEqualTo("hi");
                assertThat(gate.callAsync("hi", Caller.anonymous())).isCompletedWithValue("hi");
            }
        }
    }
}
