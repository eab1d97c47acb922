package io.modelgate.simulator;

import io.modelgate.ModelGate;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.RolloutsBuilder;
import io.modelgate.rollout.StepCounts;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gates of one run: one, or two whose rollouts have to do with each other. Not thread-safe. */
final class Pair {

    private final Simulated one;
    private final @Nullable Simulated other;
    private final @Nullable Beside beside;

    Pair(Simulated one, @Nullable Simulated other, @Nullable Beside beside) {
        this.one = one;
        this.other = other;
        this.beside = beside;
    }

    private List<Simulated> all() {
        return other == null ? List.of(one) : List.of(one, other);
    }

    private Simulated of(String gate) {
        return other != null && gate.equals(Beside.OTHER) ? other : one;
    }

    /** Has counts come from where they are drawn; the gate counts the calls that are made at it by itself. */
    void configure(RolloutsBuilder rollouts) {
        if (one.calls() instanceof World) {
            rollouts.observations(this::counts);
        }
    }

    private StepCounts counts(ModelGate<?, ?> gate, String rollout, long since) {
        if (of(gate.name()).calls() instanceof World world) {
            return world.counts(gate, rollout, since);
        }
        throw new IllegalStateException("nothing is drawn for gate \"" + gate.name() + "\"");
    }

    void hear(RolloutEvent event) {
        of(event.gate()).hear(event);
    }

    void start(Rollouts rollouts, RolloutPolicy policy) {
        for (Simulated each : all()) {
            each.start(rollouts, policy, who -> {
                if (beside != null) {
                    beside.declare(who, each.name());
                }
            });
        }
    }

    void pass(Duration look, double shadowed) {
        for (Simulated each : all()) {
            if (!each.over()) {
                each.pass(look, shadowed);
            }
        }
    }

    /**
     * Lets the callers of each gate go where they are sent.
     *
     * @return whether anything happened at the first
     * @throws IllegalStateException if a caller has both candidates and is not to, or in a joint test one alone
     */
    boolean follow(Rollouts rollouts) {
        boolean moved = one.follow(rollouts);
        if (other != null && (other.follow(rollouts) || moved)) {
            requireMeeting(one, other);
        }
        return moved;
    }

    private void requireMeeting(Simulated first, Simulated second) {
        if (beside == null || !beside.together().shared() || first.promoted() || second.promoted()) {
            return;
        }
        BitSet both = first.asked();
        if (beside.together() == Beside.Together.JOINTLY) {
            double fewer =
                    Math.min(first.calls().candidateShare(), second.calls().candidateShare());
            Probes.requireMeeting(both, second.asked(), fewer);
            return;
        }
        both.and(second.asked());
        if (!both.isEmpty()) {
            throw new IllegalStateException(both.cardinality() + " callers have both candidates");
        }
    }

    boolean over() {
        return all().stream().allMatch(Simulated::over);
    }

    /** What came of it: the first gate's, with the other's beside it. */
    Run run(int number) {
        Run first = one.run(number);
        return other == null ? first : first.with(other.run(number));
    }
}
