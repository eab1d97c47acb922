package io.modelgate.rollout;

import io.modelgate.Caller;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rule that puts the callers of a rollout in order, so that a weight says how many of them, from the first on, go to the candidate.
 *
 * <p>{@link #modelgate()} is the default. The others are those of other systems, for a team that moves in without reshuffling its users: at
 * the share that a caller was in there, it is in here. {@code docs/bucketing.md} says where a system keeps the parameters.
 *
 * <pre>{@code
 * Rollout.start(credit, "v2", r -> r.weight(Weight.percent(20)).bucketing(Bucketing.unleash("checkout")),
 *         Actor.of("alice"), "moved from Unleash at 20 %");
 * }</pre>
 *
 * <p>Between two shares that the other system knows, ModelGate's own hash says who comes first. The order never changes while a rollout
 * runs. Immutable.
 */
public final class Bucketing {

    private static final int LONGEST = 200;
    private static final String NAME = "name";
    private static final String FROM = "from";
    private static final String TOP = "top";
    private static final Bucketing MODELGATE = new Bucketing("modelgate", Map.of(), null, 0, false);

    /** By name: how one is read from the control log. */
    private static final Map<String, Function<Parameters, Bucketing>> READERS = Map.of(
            "modelgate", of -> MODELGATE,
            "unleash", of -> unleash(of.text("groupId")),
            "unleash-node", of -> unleashNode(of.text("groupId")),
            "launchdarkly",
                    of -> of.has("seed")
                            ? launchDarkly(of.number("seed"))
                            : launchDarkly(of.text("flagKey"), of.text("salt")),
            "growthbook-v2", of -> growthBook(of.text("seed")),
            "growthbook-v2-coverage", of -> growthBookCoverage(of.text("seed")),
            "flagd-v2", of -> flagd(of.text("prefix")),
            "split", of -> split(of.seed()),
            "split-legacy", of -> splitLegacy(of.seed()),
            "optimizely", of -> optimizely(of.text("experimentId")));

    private final String name;
    private final Map<String, Object> parameters;
    private final @Nullable Placing placing;
    private final int from;
    private final boolean top;

    private Bucketing(String name, Map<String, Object> parameters, @Nullable Placing placing, int from, boolean top) {
        this.name = name;
        this.parameters = Map.copyOf(parameters);
        this.placing = placing;
        this.from = from;
        this.top = top;
    }

    /** ModelGate's own, and the default: each rollout has an order of its own. */
    public static Bucketing modelgate() {
        return MODELGATE;
    }

    /**
     * Unleash's gradual rollout, as its SDKs for Java, Go, Python and others that read UTF-8 compute it.
     *
     * @param groupId the strategy's, 1 to 200 characters; by default the feature's name
     */
    public static Bucketing unleash(String groupId) {
        return new Bucketing("unleash", text("groupId", groupId, 1), Placing.unleash(groupId), 0, false);
    }

    /**
     * Unleash's gradual rollout as its SDK for Node.js computes it, which differs for keys that are not ASCII.
     *
     * @param groupId the strategy's, 1 to 200 characters; by default the feature's name
     */
    public static Bucketing unleashNode(String groupId) {
        return new Bucketing("unleash-node", text("groupId", groupId, 1), Placing.unleashNode(groupId), 0, false);
    }

    /**
     * LaunchDarkly's percentage rollout.
     *
     * @param flagKey the flag's, 1 to 200 characters
     * @param salt the flag's, 1 to 200 characters
     */
    public static Bucketing launchDarkly(String flagKey, String salt) {
        Map<String, Object> parameters = text("flagKey", flagKey, 1);
        parameters.putAll(text("salt", salt, 1));
        return new Bucketing("launchdarkly", parameters, Placing.launchDarkly(flagKey + "." + salt + "."), 0, false);
    }

    /**
     * LaunchDarkly's rollout that has a seed, an experiment's for instance.
     *
     * @param seed any whole number
     */
    public static Bucketing launchDarkly(long seed) {
        return new Bucketing("launchdarkly", Map.of("seed", seed), Placing.launchDarkly(seed + "."), 0, false);
    }

    /**
     * GrowthBook's experiments and rules with ranges, hash version 2.
     *
     * @param seed the experiment's, 1 to 200 characters; by default its key
     */
    public static Bucketing growthBook(String seed) {
        return new Bucketing("growthbook-v2", text("seed", seed, 1), Placing.growthBook(seed), 0, false);
    }

    /**
     * GrowthBook's percentage rollouts, rules that force a value with a coverage and no range, hash version 2. The cell that the coverage
     * names is in as well: one ten thousandth of the callers more than it says.
     *
     * @param seed the rule's, 1 to 200 characters; by default the feature's key
     */
    public static Bucketing growthBookCoverage(String seed) {
        return new Bucketing(
                "growthbook-v2-coverage", text("seed", seed, 1), Placing.growthBookCoverage(seed), 0, false);
    }

    /**
     * flagd's fractional operation, version 2.
     *
     * @param prefix what the rule puts before the key, 0 to 200 characters: the flag's key where the rule names no value to hash
     */
    public static Bucketing flagd(String prefix) {
        return new Bucketing("flagd-v2", text("prefix", prefix, 0), Placing.flagd(prefix), 0, false);
    }

    /**
     * Split's algorithm 2, murmur.
     *
     * @param seed the feature flag's
     */
    public static Bucketing split(int seed) {
        return new Bucketing("split", Map.of("seed", (long) seed), Placing.split(seed), 0, false);
    }

    /**
     * Split's algorithm 1, of its oldest feature flags.
     *
     * @param seed the feature flag's
     */
    public static Bucketing splitLegacy(int seed) {
        return new Bucketing("split-legacy", Map.of("seed", (long) seed), Placing.splitLegacy(seed), 0, false);
    }

    /**
     * Optimizely's experiments and feature rollouts.
     *
     * @param experimentId the identifier of the experiment or the rule, 1 to 200 characters
     */
    public static Bucketing optimizely(String experimentId) {
        return new Bucketing(
                "optimizely", text("experimentId", experimentId, 1), Placing.optimizely(experimentId), 0, false);
    }

    private static Map<String, Object> text(String name, String value, int least) {
        if (value.length() < least || value.length() > LONGEST) {
            throw new IllegalArgumentException(
                    name + " has " + value.length() + " characters: expected " + least + " to " + LONGEST);
        }
        if (!new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(value)) {
            throw new IllegalArgumentException(
                    name + " holds half of a surrogate pair: expected text that UTF-8 can encode");
        }
        Map<String, Object> parameters = new HashMap<>();
        parameters.put(name, value);
        return parameters;
    }

    /** The same rule where the candidate had the last range, such as 90 % to 100 %: callers come from the end on. */
    public Bucketing fromTheTop() {
        return new Bucketing(name, parameters, placing, 0, true);
    }

    /**
     * The same rule where the candidate's range begins at some share, such as the second of two variations at 50 %: callers come from there
     * on, and after the end from the beginning.
     */
    public Bucketing startingAt(Weight share) {
        return new Bucketing(name, parameters, placing, share.parts() % Weight.FULL.parts(), false);
    }

    /** Its name in the control log. */
    public String name() {
        return name;
    }

    /** Where a caller that has a key stands. */
    int spot(Caller caller, long salt) {
        int own = Spots.spot(caller.keyHash(), salt);
        String key = caller.keyOrNull();
        return shifted(placing == null || key == null ? own : placing.spot(key, own));
    }

    private int shifted(int spot) {
        if (top) {
            return Spots.SPOTS - 1 - spot;
        }
        int moved = spot - from * (Spots.SPOTS / Spots.BUCKETS);
        return moved < 0 ? moved + Spots.SPOTS : moved;
    }

    /** Whether it is ModelGate's own order, which the hot path knows without asking and the log does not mention. */
    boolean own() {
        return placing == null && !top && from == 0;
    }

    Map<String, Object> data() {
        Map<String, Object> data = new TreeMap<>(parameters);
        data.put(NAME, name);
        if (from > 0) {
            data.put(FROM, (long) from);
        }
        if (top) {
            data.put(TOP, true);
        }
        return data;
    }

    /** Reads what {@link #data} wrote beside the salt; null if any of it is missing, malformed or of a later version. */
    static @Nullable Bucketing of(Map<?, ?> map) {
        Function<Parameters, Bucketing> reader = map.get(NAME) instanceof String name ? READERS.get(name) : null;
        if (reader == null) {
            return null;
        }
        try {
            Bucketing read = reader.apply(new Parameters(map));
            if (Boolean.TRUE.equals(map.get(TOP))) {
                read = read.fromTheTop();
            } else if (map.get(FROM) instanceof Long from && Weight.inRange(from)) {
                read = read.startingAt(Weight.of(from.intValue()));
            }
            // Whatever else stands there says who is meant, and would be passed over.
            Map<String, Object> known = read.data();
            known.put(EntryTypes.SALT_WITHIN, String.valueOf(map.get(EntryTypes.SALT_WITHIN)));
            return known.equals(map) ? read : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The parameters of one, as the log holds them. */
    private record Parameters(Map<?, ?> data) {

        boolean has(String name) {
            return data.containsKey(name);
        }

        String text(String name) {
            if (data.get(name) instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException(name + " is not a text");
        }

        long number(String name) {
            if (data.get(name) instanceof Long number) {
                return number;
            }
            throw new IllegalArgumentException(name + " is not a whole number");
        }

        int seed() {
            long seed = number("seed");
            if (seed != (int) seed) {
                throw new IllegalArgumentException("seed is " + seed + ": expected 32 bits");
            }
            return (int) seed;
        }
    }

    private List<Object> parts() {
        return List.of(name, parameters, from, top);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bucketing that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** The name and the parameters: {@code unleash {groupId=checkout}}. */
    @Override
    public String toString() {
        return name + " " + new TreeMap<>(parameters)
                + (top ? " from the top" : from > 0 ? " starting at " + Weight.of(from) : "");
    }
}
