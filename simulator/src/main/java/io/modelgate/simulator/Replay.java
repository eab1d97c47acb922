package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Step;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays a policy over a scenario, on the controller that runs in production: gates with a control log in memory, manual time, and
 * counts from a {@link World}. A person approves at once what waits for an approval, and does nothing else: a rollout that is held too
 * long stays so, and its run ends with the second call for a person. Thread-safe.
 */
final class Replay {

    private static final Actor PERSON = Actor.of("simulator");

    private static final int MOST_LOOKS = 10_000;
    private static final int LOOKS_PER_STEP = 60;

    private final RolloutPolicy policy;
    private final Scenario scenario;
    private final Duration look;
    private final Duration limit;
    private final Needs needs;
    private final long seed;

    /**
     * A replay.
     *
     * @param look how often the controller looks; null chooses
     * @throws BadFileException if the policy looks at what the scenario does not have
     */
    Replay(RolloutPolicy policy, Scenario scenario, @Nullable Duration look, long seed) {
        requireWatchable(policy, scenario);
        this.policy = policy.afterShadow(); // a scenario has no answers to compare
        this.scenario = scenario;
        this.seed = seed;
        needs = Needs.of(policy);
        Duration planned = policy.steps().stream().map(Step::leastTime).reduce(policy.soak(), Duration::plus);
        limit = scenario.duration() == null
                ? planned.plus(policy.inconclusive().patience()).multipliedBy(2)
                : scenario.duration();
        this.look = look == null ? look(limit, policy) : look;
    }

    private static void requireWatchable(RolloutPolicy policy, Scenario scenario) {
        List<String> metrics = scenario.metrics().stream().map(Metric::name).toList();
        for (Guardrail guardrail : policy.guardrails()) {
            if (guardrail.kind() == Guardrail.Kind.CUSTOM) {
                throw new BadFileException("policy " + Quantity.quote(policy.name()) + ": the guardrail "
                        + Quantity.quote(guardrail.name())
                        + " is a user's own, and has no test here: simulate without it");
            }
            if (guardrail.by() != null || guardrail.kind() == Guardrail.Kind.DISTRIBUTION) {
                throw new BadFileException(
                        "policy " + Quantity.quote(policy.name()) + ": the guardrail "
                                + Quantity.quote(guardrail.name())
                                + " looks at groups or at how values are spread, which a scenario does not tell: simulate without it");
            }
            if (guardrail.metric() != null && !metrics.contains(guardrail.metric())) {
                throw new BadFileException("scenario " + Quantity.quote(scenario.name()) + " has no metric "
                        + Quantity.quote(guardrail.metric())
                        + ", which a guardrail of the policy watches: add it under metrics");
            }
        }
    }

    /** One second, as in production; where the steps are long, so much that nobody waits for the simulation. */
    private static Duration look(Duration limit, RolloutPolicy policy) {
        long shortest = policy.steps().stream()
                .map(Step::leastTime)
                .mapToLong(Duration::toSeconds)
                .min()
                .orElse(1);
        long seconds = Math.min(limit.toSeconds() / MOST_LOOKS, shortest / LOOKS_PER_STEP);
        return Duration.ofSeconds(Math.max(1, seconds));
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
        Chronicle chronicle = new Chronicle(scenario.start(), told);
        World world = new World(scenario, needs, new Draws(seed, number), chronicle::add);
        try (Gates gates = Gates.open(g -> g.ticker(time)
                        .instants(time)
                        .scheduler(time)
                        .executor(Runnable::run)
                        .eventExecutor(Runnable::run));
                Rollouts rollouts =
                        Rollouts.open(gates, r -> r.manual().observations(world).executor(Runnable::run))) {
            ModelGate<Object, Object> gate = gate(gates);
            rollouts.onEvent(chronicle::hear);
            rollouts.start(gate, "candidate", policy, PERSON, "simulated");
            rollouts.tick(); // so that the first step's time begins now
            RolloutStatus status = status(rollouts, gate);
            world.share(status.weight());
            while (!status.stage().end()
                    && !chronicle.escalated()
                    && world.now().compareTo(limit) < 0) {
                world.pass(look.toNanos());
                time.advance(look);
                rollouts.tick();
                chronicle.requireUnhindered();
                if (chronicle.moved()) {
                    status = status(rollouts, gate);
                    if (status.waiting()) {
                        rollouts.approve(gate, PERSON, "approved at once");
                        status = status(rollouts, gate);
                    }
                    world.share(status.weight());
                }
            }
            return new Run(
                    number,
                    ending(status.stage()),
                    world.now(),
                    chronicle.promoted(),
                    world.turnedBad(),
                    world.bad(),
                    chronicle.alerts(),
                    chronicle.lines());
        }
    }

    private static RolloutStatus status(Rollouts rollouts, ModelGate<?, ?> gate) {
        return rollouts.status(gate).orElseThrow(() -> new IllegalStateException("the rollout has no status"));
    }

    private ModelGate<Object, Object> gate(Gates gates) {
        return gates.gate("simulated", g -> {
            g.stable("stable", input -> input)
                    .version("candidate", input -> input)
                    .router(Cohorts.router());
            for (Metric<Object> metric : scenario.metrics()) {
                g.metric(metric.name(), metric.least(), metric.most(), metric.of());
            }
        });
    }

    private static Ending ending(Stage stage) {
        return switch (stage) {
            case ABORTED, ROLLED_BACK -> Ending.ROLLED_BACK;
            case COMPLETE -> Ending.COMPLETE;
            default -> Ending.UNDECIDED;
        };
    }
}
