package io.modelgate.testkit;

import io.modelgate.Actor;
import io.modelgate.Cause;
import io.modelgate.Fallback;
import io.modelgate.Fallen;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.util.List;
import java.util.Optional;

/** Gates for the tests of code that calls a gate: one that always answers, one that is always killed. */
public final class TestGates {

    private TestGates() {}

    /** Returns a gate whose version {@code v1} always gives this answer. */
    public static <I, O> ModelGate<I, O> live(O answer) {
        return gate(answer, Optional.empty());
    }

    /** Returns a killed gate whose rung {@code degrade} always gives this answer. */
    public static <I, O> ModelGate<I, O> killed(O answer) {
        ModelGate<I, O> gate = gate(answer, Optional.of(answer));
        gate.kill(Actor.of("test"), "killed by the test");
        return gate;
    }

    /** Returns a killed gate without any rung: each call is refused. */
    public static <I, O> ModelGate<I, O> killedWithoutFallback(O never) {
        ModelGate<I, O> gate = gate(never, Optional.empty());
        gate.kill(Actor.of("test"), "killed by the test");
        return gate;
    }

    private static <I, O> ModelGate<I, O> gate(O answer, Optional<O> degraded) {
        Gates gates = Gates.open(g -> g.ticker(() -> 0));
        return gates.gate("test", g -> {
            g.stable("v1", input -> answer);
            degraded.ifPresent(constant -> g.fallback(new Degrade<>(constant)));
        });
    }

    private record Degrade<I, O>(O answer) implements Fallback<I, O> {

        private static final String RUNG = "degrade";

        @Override
        public List<String> rungs() {
            return List.of(RUNG);
        }

        @Override
        public Optional<Rescue<O>> answer(Fallen<I, O> call) {
            return constant(call.cause());
        }

        @Override
        public Optional<Rescue<O>> constant(Cause cause) {
            return Optional.of(new Rescue<>(RUNG, answer, null));
        }
    }
}
