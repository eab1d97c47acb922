package io.modelgate.simulator;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.ShadowStage;
import io.modelgate.rollout.Stakes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a shadow stage mirrors, of one run: real calls of the gate, whose two answers agree as often as the scenario says. Not
 * thread-safe.
 */
final class Mirrored {

    private static final double SECOND = 1e9;

    /** The gate hands over so many at once without loss. */
    private static final int AT_ONCE = 1_000;

    private final Gates gates;
    private final ModelGate<Object, Object> gate;
    private final Draws draws;

    /** The number of the next caller: each calls once, as far as a shadow is concerned. */
    private long caller;

    Mirrored(Gates gates, ModelGate<Object, Object> gate, Draws draws) {
        this.gates = gates;
        this.gate = gate;
        this.draws = draws;
    }

    /** A shadow that is run by whoever hands the calls over, so that the same seed compares the same. */
    static void configure(Rollouts rollouts, ModelGate<Object, Object> gate) {
        rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
    }

    /**
     * The policy as it is carried out here: every call that is made is mirrored, since only those are made that would be. A scenario whose
     * calls have no answers to compare is replayed from the first step on.
     */
    static RolloutPolicy every(RolloutPolicy policy, boolean answered) {
        ShadowStage shadow = policy.shadow();
        return shadow == null || !answered
                ? with(
                        policy,
                        null,
                        policy.stakes() == Stakes.HIGH ? Stakes.MEDIUM : policy.stakes()) // high ones need it
                : with(
                        policy,
                        new ShadowStage(
                                1,
                                shadow.leastTime(),
                                shadow.leastCalls(),
                                shadow.agreement(),
                                new ShadowStage.Alike.Equal()),
                        policy.stakes());
    }

    private static RolloutPolicy with(RolloutPolicy policy, @Nullable ShadowStage shadow, Stakes stakes) {
        return new RolloutPolicy(
                policy.name(),
                policy.steps(),
                policy.guardrails(),
                policy.alpha(),
                policy.promotionAlpha(),
                policy.processes(),
                policy.inconclusive(),
                policy.holdback(),
                policy.soak(),
                policy.pauseAlert(),
                policy.calendar(),
                shadow,
                policy.holdDown(),
                policy.windows(),
                stakes);
    }

    /** The candidate's answer to an input, a number of 0 to 1: stable's is always 0. */
    static Object answer(Object input, double agreement) {
        return (Double) input < agreement ? 0 : 1;
    }

    /** Makes the calls of a look. */
    void pass(Duration look, double callsPerSecond) {
        long calls = draws.poisson(callsPerSecond * (look.toNanos() / SECOND));
        for (long i = 0; i < calls; i++) {
            gate.call(draws.random().nextDouble(), Caller.of("shadowed-" + caller++));
            if (i % AT_ONCE == AT_ONCE - 1) {
                gates.flushServed();
            }
        }
        gates.flushServed();
    }
}
