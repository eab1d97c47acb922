package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Bucketing;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Callers who come from another system, in which some of them had the candidate already. Immutable.
 *
 * @param bucketing that system's order
 * @param at how many had the candidate there
 */
record Moved(Bucketing bucketing, Weight at) {

    private static final String FLAG = "flagKey";
    private static final String SEED = "seed";
    private static final String GROUP = "groupId";

    /** What each system's order needs; all of it has to be given. */
    private static final Map<String, List<String>> PARAMETERS = Map.of(
            "unleash", List.of(GROUP),
            "unleash-node", List.of(GROUP),
            "launchdarkly", List.of(FLAG, "salt"),
            "growthbook-v2", List.of(SEED),
            "growthbook-v2-coverage", List.of(SEED),
            "flagd-v2", List.of("prefix"),
            "split", List.of(SEED),
            "split-legacy", List.of(SEED),
            "optimizely", List.of("experimentId"));

    /** Reads it; the names are those of the control log. */
    static Moved of(YamlMap map) {
        String system = map.word("system", PARAMETERS.keySet().stream().sorted().toList());
        List<String> needed = PARAMETERS.getOrDefault(system, List.of());
        String[] known = new String[needed.size() + 2];
        needed.toArray(known);
        known[needed.size()] = "system";
        known[needed.size() + 1] = "at";
        map.only(known);
        double percent = map.share("at") * 100;
        if (percent == 0 || Math.abs(percent - Math.rint(percent)) > 1e-9) {
            throw map.bad(
                    "at", "at is " + map.text("at") + ": expected a whole percent above 0, which every system knows");
        }
        try {
            return new Moved(bucketing(system, map), Weight.percent(Math.rint(percent)));
        } catch (IllegalArgumentException e) {
            throw map.bad(needed.get(0), String.valueOf(e.getMessage()));
        }
    }

    private static Bucketing bucketing(String system, YamlMap map) {
        return switch (system) {
            case "unleash" -> Bucketing.unleash(map.text(GROUP));
            case "unleash-node" -> Bucketing.unleashNode(map.text(GROUP));
            case "launchdarkly" -> Bucketing.launchDarkly(map.text(FLAG), map.text("salt"));
            case "growthbook-v2" -> Bucketing.growthBook(map.text(SEED));
            case "growthbook-v2-coverage" -> Bucketing.growthBookCoverage(map.text(SEED));
            case "flagd-v2" -> Bucketing.flagd(map.text("prefix"));
            case "split" -> Bucketing.split(seed(map));
            case "split-legacy" -> Bucketing.splitLegacy(seed(map));
            default -> Bucketing.optimizely(map.text("experimentId"));
        };
    }

    private static int seed(YamlMap map) {
        double seed = map.number(SEED, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (seed != Math.rint(seed)) {
            throw map.bad(SEED, "seed is " + map.text(SEED) + ": expected a whole number");
        }
        return (int) seed;
    }

    /** Who of those probed had the candidate there: asked at a gate of its own, whose rollout nobody looks after. */
    BitSet had() {
        try (Gates gates = Gates.open(g -> g.executor(Runnable::run).eventExecutor(Runnable::run))) {
            ModelGate<Object, Object> there = gates.gate(
                    "there",
                    g -> g.stable("stable", input -> 0)
                            .version("candidate", input -> 0)
                            .router(Cohorts.router()));
            Rollout.start(
                    there,
                    "candidate",
                    r -> r.weight(at).bucketing(bucketing),
                    Actor.of("simulator"),
                    "as it was in the other system");
            return new Probes(there).asked();
        }
    }
}
