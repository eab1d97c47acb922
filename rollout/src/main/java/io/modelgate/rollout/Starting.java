package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts rollouts under a policy, or says why not. */
final class Starting {

    private final Gates gates;
    private final Decided decided;
    private final UsersTests tests;
    private final Notices notices;
    private final Shadows shadows;
    private final FleetRollouts fleet;

    Starting(Gates gates, Decided decided, UsersTests tests, Notices notices, Shadows shadows, FleetRollouts fleet) {
        this.shadows = shadows;
        this.gates = gates;
        this.decided = decided;
        this.tests = tests;
        this.notices = notices;
        this.fleet = fleet;
    }

    Rollout start(
            ModelGate<?, ?> gate,
            String candidate,
            RolloutPolicy policy,
            Consumer<RolloutBuilder> who,
            Actor actor,
            String reason) {
        requireUsable(gate, policy);
        RolloutBuilder asked = Rollout.asked(gate, candidate, who);
        if (asked.weight().parts() > 0) {
            throw new IllegalArgumentException(
                    "weight is " + asked.weight() + ": the policy's steps say it; leave it out");
        }
        requireFit(asked.asked(), policy);
        Rollout started = Rollout.begin(
                gate,
                candidate,
                asked,
                (builder, data, joining) -> put(gate, candidate, policy, builder, data, joining),
                fleet,
                actor,
                reason);
        CohortRouting now = Routings.of(gate);
        RolloutRun run = now.run();
        if (run != null && run.plan().id().equals(started.id())) {
            notices.atRisk(
                    gate.name(), run, RollbackTarget.risks(gate, now, run.plan().baseline()));
        }
        return started;
    }

    /** Puts what the policy is about into the entry, on the state that this is made on, or refuses it. */
    private void put(
            ModelGate<?, ?> gate,
            String candidate,
            RolloutPolicy policy,
            RolloutBuilder builder,
            Map<String, Object> data,
            @Nullable Joining joining) {
        CohortRouting routing = Routings.of(gate);
        String baseline = gate.describe().stable().orElse("");
        String obstacle = shadows.obstacle(gate, routing.memory(), candidate, policy);
        if (obstacle != null) {
            throw new IllegalStateException(obstacle);
        }
        if (!builder.isAfterAbort()) {
            requireNoHoldDown(gate, routing, candidate, gates.now(), "to start it all the same, say afterAbort()");
        }
        Registry.requireCompatible(gate, routing.memory(), baseline, candidate);
        if (joining != null) {
            joining.requireSameSteps(policy);
            joining.requireOpenAtOnce(policy);
        }
        data.put(EntryTypes.POLICY, policy.data());
        data.put(EntryTypes.BASELINE, baseline);
        data.put(EntryTypes.WEIGHT, (long) firstWeight(policy, builder.asked()).parts());
        decided.mark(data);
        // Ahead of the entry: a look may come right after it. Of one that is not stored nobody asks for them.
        tests.starting(gate.name(), String.valueOf(data.get(EntryTypes.ID)), policy);
    }

    /** The first step begins at once where nothing speaks against it, and nobody else is to be asked. */
    private Weight firstWeight(RolloutPolicy policy, Asked asked) {
        Step first = policy.steps().get(0);
        boolean open = policy.calendar().open(gates.now()) && policy.windows().open(gates.now());
        boolean alone = asked.barriers().isEmpty() && asked.lockstep() == null;
        return policy.shadow() == null && !first.manual() && open && alone ? first.weight() : Weight.NONE;
    }

    private static void requireFit(Asked asked, RolloutPolicy policy) {
        Weight last = policy.steps().get(policy.steps().size() - 1).weight();
        int left = asked.share().parts() - Math.max(1, policy.holdback().parts());
        if (asked.inGroup() && last.parts() > left) {
            throw new IllegalArgumentException("policy \"" + policy.name() + "\" ends its steps at " + last
                    + ", and the share of " + asked.share() + " in exclusion group \"" + asked.group() + "\" leaves "
                    + Weight.of(Math.max(0, left)) + " beside "
                    + (policy.holdback().parts() == 0
                            ? "the callers that it is compared with"
                            : "the " + policy.holdback() + " that it holds back")
                    + ": end the steps there, or ask for a larger share");
        }
    }

    /** Everything that a policy needs of a gate is there, or this says what is not. */
    void requireUsable(ModelGate<?, ?> gate, RolloutPolicy policy) {
        policy.requireSound();
        List<String> read = gate.metrics().stream().<String>map(Metric::name).toList();
        if (policy.shadow() != null
                && policy.shadow().alike() instanceof ShadowStage.Alike.Within within
                && !read.contains(within.metric())) {
            throw new IllegalArgumentException("the shadow of policy \"" + policy.name()
                    + "\" compares answers by the metric \"" + within.metric() + "\", which gate \"" + gate.name()
                    + "\" does not have; it has " + read);
        }
        List<String> metrics =
                gate.metricsAndLabels().stream().<String>map(Metric::name).toList();
        for (Guardrail guardrail : policy.guardrails()) {
            String metric = guardrail.metric();
            if (metric != null && !metrics.contains(metric)) {
                throw new IllegalArgumentException("guardrail \"" + guardrail.name() + "\" of policy \"" + policy.name()
                        + "\" is about the metric or label \"" + metric + "\", which gate \"" + gate.name()
                        + "\" does not have; it has " + metrics);
            }
            requireGroups(gate, policy, guardrail);
            if (guardrail.kind() == Guardrail.Kind.CUSTOM && tests.of(policy).apply(guardrail.name()) == null) {
                throw new IllegalArgumentException("guardrail \"" + guardrail.name() + "\" of policy \"" + policy.name()
                        + "\" has no test here: give it with guardrailTest(\"" + guardrail.name() + "\", …)");
            }
        }
    }

    private static void requireGroups(ModelGate<?, ?> gate, RolloutPolicy policy, Guardrail guardrail) {
        String who = "guardrail \"" + guardrail.name() + "\" of policy \"" + policy.name() + "\"";
        Groups by = guardrail.by();
        if (by != null && !gate.describe().attributes().contains(by.attribute())) {
            throw new IllegalArgumentException(who + " has groups by \"" + by.attribute() + "\", which gate \""
                    + gate.name()
                    + "\" does not declare; declared are " + gate.describe().attributes() + "; add attributes(\""
                    + by.attribute() + "\")");
        }
        gate.metricsAndLabels().stream()
                .filter(each -> each.name().equals(guardrail.metric()) && each.least() < 0)
                .filter(each -> guardrail.kind() == Guardrail.Kind.GROUP_RATIO)
                .findFirst()
                .ifPresent(each -> {
                    throw new IllegalArgumentException(
                            who + " is a ratio of the metric \"" + each.name()
                                    + "\", which ranges from " + each.least()
                                    + ": expected one that begins at 0 or above, since a ratio to something negative says nothing");
                });
    }

    /**
     * Refuses a version that was taken back within its policy's hold-down.
     *
     * @param allTheSame what to do about it
     */
    static void requireNoHoldDown(
            ModelGate<?, ?> gate, CohortRouting routing, String candidate, Instant now, String allTheSame) {
        RolloutRun last = routing.memory().ended().get(candidate);
        if (last == null || last.stage() == Stage.COMPLETE || last.displaced()) {
            return;
        }
        Instant ended = last.last().decision().at();
        Instant until = ended.plus(last.plan().policy().holdDown());
        if (now.isBefore(until)) {
            throw new IllegalStateException("version \"" + candidate + "\" of gate \"" + gate.name() + "\" was "
                    + (last.stage() == Stage.ABORTED ? "aborted" : "rolled back") + " by "
                    + last.last().decision().actor() + " at " + ended + ": "
                    + last.last().decision().reason() + ". It is held down until " + until
                    + "; " + allTheSame);
        }
    }
}
