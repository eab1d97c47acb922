package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.ShadowStage.Alike;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The shadows of this process: of each gate the latest, which runs while its rollout is at that stage. Thread-safe. */
final class Shadows {

    /** What is set for a gate, and kept with it so that their types fit. */
    private record Setting<I, O>(ModelGate<I, O> gate, ShadowBuilder<I, O> settings) {

        Mirror<I, O> mirror(
                RolloutRun.Plan plan, ShadowStage rules, ShadowMeters meters, @Nullable CohortRules lists, Met met) {
            return new Mirror<>(gate, plan, rules, settings, meters.of(gate.name(), plan.candidate()), lists, met);
        }
    }

    /**
     * A mirror, and what those before it had counted in the same rollout, and of whom: one ends and another begins when the version is
     * registered anew.
     */
    private record Session(Mirror<?, ?> mirror, ShadowStage rules, ShadowCounts before, Met met) {

        ShadowCounts counts() {
            return before.plus(mirror.counts());
        }
    }

    private final Map<String, Setting<?, ?>> settings = new ConcurrentHashMap<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Map<String, Agreement> agreements = new ConcurrentHashMap<>();

    /** Why a gate's shadow could not begin, although nothing seemed to speak against it. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    private final ShadowMeters meters;

    Shadows(Gates gates) {
        meters = new ShadowMeters(gates.meters().orElse(null));
    }

    <I, O> void configure(ModelGate<I, O> gate, Consumer<ShadowBuilder<I, O>> configure) {
        ShadowBuilder<I, O> builder = new ShadowBuilder<>();
        configure.accept(builder);
        builder.requireSound();
        settings.put(gate.name(), new Setting<>(gate, builder));
    }

    private Setting<?, ?> of(ModelGate<?, ?> gate) {
        Setting<?, ?> known = settings.get(gate.name());
        return known == null ? plain(gate) : known;
    }

    private static <I, O> Setting<I, O> plain(ModelGate<I, O> gate) {
        return new Setting<>(gate, new ShadowBuilder<>());
    }

    /**
     * What keeps this process from running a policy's shadow with a candidate that it has, with the fix; null if nothing does.
     */
    @Nullable
    String obstacle(ModelGate<?, ?> gate, GateMemory memory, String candidate, RolloutPolicy policy) {
        ShadowStage rules = policy.shadow();
        if (rules == null) {
            return null;
        }
        Setting<?, ?> setting = of(gate);
        if (rules.alike() instanceof Alike.By by && !setting.settings().alike.containsKey(by.name())) {
            return "the shadow of policy \"" + policy.name() + "\" compares answers by \"" + by.name()
                    + "\", which is not given here: give it with shadowing(gate, s -> s.alike(\"" + by.name()
                    + "\", …))";
        }
        List<String> metrics = gate.metrics().stream().<String>map(Metric::name).toList();
        if (rules.alike() instanceof Alike.Within within && !metrics.contains(within.metric())) {
            return "the shadow of policy \"" + policy.name() + "\" compares answers by the metric \"" + within.metric()
                    + "\", which gate \"" + gate.name() + "\" does not have here; it has " + metrics;
        }
        return gate.registered(candidate)
                ? Unheard.obstacle(gate, memory, candidate, setting.settings().harmless)
                : null;
    }

    /** Has a shadow run if the rollout is at that stage, and none if it is not. */
    void follow(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        ShadowStage rules = run.plan().policy().shadow();
        Session now = sessions.get(gate.name());
        boolean due = run.stage() == Stage.SHADOW
                && rules != null
                && !routing.halted()
                && gate.registered(run.plan().candidate())
                && obstacle(
                                gate,
                                routing.memory(),
                                run.plan().candidate(),
                                run.plan().policy())
                        == null;
        if (!due || rules == null) {
            stop(gate.name());
            return;
        }
        if (now == null
                || now.mirror().stopped()
                || !now.mirror().plan().id().equals(run.plan().id())) {
            stop(gate.name());
            ShadowCounts before = counts(gate.name(), run);
            if (before.compared() == 0) {
                agreements.remove(gate.name());
            }
            try {
                Met met = now != null
                                && now.mirror().plan().id().equals(run.plan().id())
                        ? now.met()
                        : new Met();
                Mirror<?, ?> mirror = of(gate).mirror(run.plan(), rules, meters, routing.rules(), met);
                sessions.put(gate.name(), new Session(mirror, rules, before, met));
                failures.remove(gate.name());
            } catch (Throwable e) { // settings that do not fit, of a user's; a kill is to abort all the same
                failures.put(gate.name(), "its shadow cannot begin: " + e.getMessage());
            }
        }
    }

    /**
     * What keeps this process from running the shadow of a rollout that is at that stage, or from comparing all of its calls since the look before; null if
     * nothing does.
     */
    @Nullable
    String hindrance(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        String obstacle = obstacle(
                gate, routing.memory(), run.plan().candidate(), run.plan().policy());
        if (obstacle != null) {
            return obstacle;
        }
        String failure = failures.get(gate.name());
        Session now = sessions.get(gate.name());
        return failure != null || now == null ? failure : now.mirror().uncompared();
    }

    void stop(String gate) {
        Session now = sessions.get(gate);
        if (now != null) {
            now.mirror().stop();
        }
    }

    /** What was counted here for a rollout. */
    ShadowCounts counts(String gate, RolloutRun run) {
        Session now = sessions.get(gate);
        return now == null || !now.mirror().plan().id().equals(run.plan().id()) ? ShadowCounts.NONE : now.counts();
    }

    /** Takes note of what was counted in all, for the report. */
    void judged(String gate, @Nullable Agreement agreement) {
        if (agreement != null) {
            agreements.put(gate, agreement);
        }
    }

    Optional<ShadowReport> report(ModelGate<?, ?> gate) {
        Session now = sessions.get(gate.name());
        if (now == null) {
            return Optional.empty();
        }
        RolloutPolicy policy = now.mirror().plan().policy();
        Agreement known = agreements.get(gate.name());
        return Optional.of(
                now.mirror().report(known == null ? Agreement.of(policy, now.rules(), now.counts()) : known));
    }

    void close() {
        sessions.keySet().forEach(this::stop);
        meters.close();
    }
}
