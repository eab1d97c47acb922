package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Step;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays a policy over a scenario, on the controller that runs in production: gates with a control log in memory, manual time, and
 * counts from a {@link World}. A person approves at once what waits for an approval, and does nothing else. Thread-safe.
 */
final class Replay {

    private static final Actor PERSON = Actor.of("simulator");
    private static final int LONGEST_TIMELINE = 100;

    private final RolloutPolicy policy;
    private final Scenario scenario;
    private final Duration look;
    private final Duration limit;
    private final Needs needs;
    private final long seed;

    Replay(RolloutPolicy policy, Scenario scenario, @Nullable Duration look, long seed) {
        this.policy = policy;
        this.scenario = scenario;
        this.seed = seed;
        needs = Needs.of(policy);
        Duration planned = planned(policy);
        limit = scenario.duration() == null
                ? planned.plus(policy.inconclusive().patience()).multipliedBy(2)
                : scenario.duration();
        this.look = look == null ? look(limit.compareTo(planned) < 0 ? limit : planned) : look;
    }

    private static Duration planned(RolloutPolicy policy) {
        return policy.steps().stream().map(Step::leastTime).reduce(policy.soak(), Duration::plus);
    }

    /** One second, as in production, unless the rollout takes hours. */
    private static Duration look(Duration planned) {
        for (int seconds : new int[] {1, 5, 10, 30, 60, 300, 600}) {
            if (planned.toSeconds() / seconds <= 7200) {
                return Duration.ofSeconds(seconds);
            }
        }
        return Duration.ofHours(1);
    }

    Duration look() {
        return look;
    }

    Duration limit() {
        return limit;
    }

    Scenario scenario() {
        return scenario;
    }

    RolloutPolicy policy() {
        return policy;
    }

    long seed() {
        return seed;
    }

    /** The run with this number, always the same. */
    Run run(int number) {
        return run(number, false);
    }

    /** The same with its timeline. */
    Run retold(int number) {
        return run(number, true);
    }

    private Run run(int number, boolean told) {
        ManualTime time = new ManualTime(scenario.start());
        Told told = new Told(scenario.start(), told_);
        return null;
    }
}
