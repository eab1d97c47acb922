package io.modelgate.simulator;

import io.modelgate.ModelGate;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
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

    StepCounts counts(ModelGate<?, ?> gate, String rollout, long since) {
        return of(gate.name()).counts(gate, rollout, since);
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
     * @throws IllegalStateException if a caller has both candidates and is not to
     */
    boolean follow(Rollouts rollouts) {
        boolean moved = one.follow(rollouts);
        if (other != null && (other.follow(rollouts) || moved)) {
            requireApart(one, other);
        }
        return moved;
    }

    private void requireApart(Simulated first, Simulated second) {
        if (beside == null || beside.together() != Beside.Together.EXCLUSIVE || first.promoted() || second.promoted()) {
            return;
        }
        BitSet both = first.asked();
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
