package io.modelgate.simulator;

import io.modelgate.Gates;
import io.modelgate.rollout.Groups;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.ShadowStage;
import io.modelgate.rollout.Step;
import io.modelgate.rollout.Weight;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays a policy over a scenario, on the controller that runs in production: gates with a control log in memory, manual time, and
 * counts from a {@link World}. A person approves at once what waits for an approval, and does nothing else: a rollout that is held too
 * long stays so, and its run ends with the second call for a person. Thread-safe.
 */
final class Replay {

    /** The chance of the shadow's calls is not that of the rest, which is the same with and without them. */
    private static final long SHADOWS = 0x5ad0L;

    /** Nor is the second gate's that of the first. */
    private static final long OTHER = 0x07e6L;

    private static final int MOST_LOOKS = 10_000;
    private static final int LOOKS_PER_STEP = 60;

    private final RolloutPolicy policy;
    private final Scenario scenario;
    private final Duration look;
    private final Duration limit;
    private final Needs needs;

    /** The share of the calls that a shadow stage mirrors. */
    private final double shadowed;

    private final long seed;

    /** Who of those probed had the candidate in another system. */
    private final BitSet had;

    /**
     * A replay.
     *
     * @param look how often the controller looks; null chooses
     * @throws BadFileException if the policy looks at what the scenario does not have
     */
    Replay(RolloutPolicy policy, Scenario scenario, @Nullable Duration look, long seed) {
        requireCarriedOut(policy, scenario);
        requireWatchable(policy, scenario);
        shadowed = policy.shadow() == null ? 0 : policy.shadow().sample();
        this.policy = Mirrored.every(policy, scenario.agreement() != null);
        this.scenario = scenario;
        this.seed = seed;
        needs = Needs.of(policy, scenario.metricsAndLabels());
        had = scenario.setting().moved() == null
                ? new BitSet()
                : scenario.setting().moved().had();
        Duration planned = policy.steps().stream().map(Step::leastTime).reduce(policy.soak(), Duration::plus);
        ShadowStage shadow = this.policy.shadow();
        planned = shadow == null ? planned : planned.plus(shadow.leastTime());
        limit = scenario.duration() == null
                ? planned.plus(policy.inconclusive().patience()).multipliedBy(2)
                : scenario.duration();
        this.look = look == null ? look(limit, policy) : look;
    }

    private static void requireWatchable(RolloutPolicy policy, Scenario scenario) {
        List<String> metrics = scenario.metricsAndLabels();
        for (Guardrail guardrail : policy.guardrails()) {
            if (guardrail.kind() == Guardrail.Kind.CUSTOM) {
                throw new BadFileException("policy " + Quantity.quote(policy.name()) + ": the guardrail "
                        + Quantity.quote(guardrail.name())
                        + " is a user's own, and has no test here: simulate without it");
            }
            requireGroups(guardrail.by(), policy, scenario);
            if (guardrail.metric() != null && !metrics.contains(guardrail.metric())) {
                throw new BadFileException("scenario " + Quantity.quote(scenario.name()) + " has no metric "
                        + Quantity.quote(guardrail.metric())
                        + ", which a guardrail of the policy watches: add it under metrics or labels");
            }
        }
    }

    private static void requireCarriedOut(RolloutPolicy policy, Scenario scenario) {
        Setting setting = scenario.setting();
        if (setting.switching() != null) {
            throw new BadFileException("scenario " + Quantity.quote(scenario.name())
                    + " switches its versions as a whole, under no policy: simulate it with --blue-green");
        }
        if (setting.atTheGate()) {
            AtTheGate.require(scenario);
            for (Guardrail guardrail : policy.guardrails()) {
                if (guardrail.kind() == Guardrail.Kind.LATENCY) {
                    throw new BadFileException(
                            "policy " + Quantity.quote(policy.name())
                                    + " watches a latency, and where scenario " + Quantity.quote(scenario.name())
                                    + " makes its calls at the gate they take no time: list guardrails without a latency, as those without a list have one");
                }
            }
        }
        Moved moved = setting.moved();
        Weight first = policy.steps().get(0).weight();
        if (moved != null && first.compareTo(moved.at()) < 0) {
            throw new BadFileException("policy " + Quantity.quote(policy.name()) + " begins at " + first
                    + ", and of scenario " + Quantity.quote(scenario.name()) + " " + moved.at()
                    + " had the candidate already: expected a first step of that or more");
        }
    }

    private static void requireGroups(@Nullable Groups by, RolloutPolicy policy, Scenario scenario) {
        if (by == null) {
            return;
        }
        for (String group : by.groups()) {
            if (!by.attribute().equals(scenario.attribute())
                    || !scenario.groups().containsKey(group)) {
                throw new BadFileException("scenario " + Quantity.quote(scenario.name()) + " has no group "
                        + Quantity.quote(group) + " by " + Quantity.quote(by.attribute())
                        + ", at which a guardrail of policy "
                        + Quantity.quote(policy.name()) + " looks: add it under groups");
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
        return run(number, false, null);
    }

    /** The same with its timeline. */
    Run retold(int number) {
        return run(number, true, null);
    }

    /** How a run that was run before looked on its way. */
    List<Trace.Moment> traced(Run run) {
        Trace trace = new Trace(run.length(), look);
        run(run.number(), false, trace);
        return trace.moments();
    }

    private Run run(int number, boolean told, @Nullable Trace trace) {
        ManualTime time = new ManualTime(scenario.start());
        try (Hearing hearing = new Hearing(scenario.setting());
                Gates gates = Gates.open(g -> {
                    g.ticker(time)
                            .instants(time)
                            .scheduler(time)
                            .executor(Runnable::run)
                            .eventExecutor(Runnable::run);
                    hearing.configure(g);
                })) {
            Simulated one = simulated(gates, Beside.FIRST, scenario, number, told);
            Beside beside = scenario.other();
            Simulated other =
                    beside == null ? null : simulated(gates, Beside.OTHER, beside.scenario(scenario), number, told);
            Pair pair = new Pair(one, other, beside);
            try (Rollouts rollouts = Rollouts.open(gates, r -> {
                r.manual().executor(Runnable::run);
                pair.configure(r);
                hearing.configure(r);
            })) {
                run(rollouts, pair, one, time, () -> hearing.look(gates, one.calls()), trace);
                return pair.run(number)
                        .with(hearing.heard(gates, one.asked(rollouts).rollout(), one.calls()));
            }
        }
    }

    private Simulated simulated(Gates gates, String name, Scenario what, int number, boolean told) {
        long chance = name.equals(Beside.FIRST) ? seed : seed ^ OTHER;
        Simulated made = new Simulated(
                gates,
                name,
                what,
                needs,
                new Draws(chance, number),
                new Draws(chance ^ SHADOWS, number),
                new Chronicle(what.start(), told));
        if (what.setting().moved() != null) {
            made.keep(had, what.setting().moved());
        } else if (what.setting().atTheGate()) {
            made.order("run-" + chance + "-" + number);
        }
        return made;
    }

    private void run(
            Rollouts rollouts, Pair pair, Simulated one, ManualTime time, Runnable beforeCalls, @Nullable Trace trace) {
        rollouts.onEvent(pair::hear);
        pair.start(rollouts, policy);
        rollouts.tick(); // so that the first step's time begins now
        pair.follow(rollouts);
        if (trace != null) {
            trace.look(one.now(), one.asked(rollouts), one.calls().bad());
        }
        for (Duration now = Duration.ZERO; !pair.over() && now.compareTo(limit) < 0; now = now.plus(look)) {
            beforeCalls.run();
            pair.pass(look, shadowed);
            time.advance(look);
            rollouts.tick();
            boolean moved = pair.follow(rollouts);
            if (trace != null && trace.due(moved)) {
                trace.look(one.now(), one.asked(rollouts), one.calls().bad());
            }
        }
    }
}
