package io.modelgate.redis.chaos;

import io.modelgate.control.Entry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a log says up to an entry, folded by nothing of what is tested. Immutable.
 *
 * @param engaged the kills that no revive released, by id
 * @param killed the ids of all kills
 * @param revived the ids of the kills that revives named
 */
record State(
        Map<String, Killed> engaged,
        Set<String> killed,
        Set<String> revived,
        Map<String, String> stable,
        Map<String, String> candidate,
        Map<String, Long> weight) {

    static final State EMPTY = new State(Map.of(), Set.of(), Set.of(), Map.of(), Map.of(), Map.of());

    /** What a kill turned off; the gate may be {@code *} and the version {@code -}. */
    record Killed(String gate, String version) {
        boolean bears(String onGate, String onVersion) {
            return (gate.equals("*") || gate.equals(onGate)) && (version.equals("-") || version.equals(onVersion));
        }
    }

    State after(Entry entry) {
        String gate = entry.gate();
        String version = entry.text("version");
        return switch (entry.type()) {
            case "kill" -> {
                Killed kill = new Killed(gate, version == null ? "-" : version);
                Map<String, Long> weights = weight;
                if (version != null && version.equals(candidate.get(gate))) {
                    weights = with(weight, gate, 0L);
                }
                yield new State(
                        with(engaged, entry.decision().id(), kill),
                        with(killed, List.of(entry.decision().id())),
                        revived,
                        stable,
                        candidate,
                        weights);
            }
            case "revive" -> {
                Map<String, Killed> left = new TreeMap<>(engaged);
                left.keySet().removeAll(entry.texts("kills"));
                yield new State(left, killed, with(revived, entry.texts("kills")), stable, candidate, weight);
            }
            case "declare" ->
                stable.containsKey(gate) || entry.text("stable") == null
                        ? this
                        : new State(
                                engaged, killed, revived, with(stable, gate, entry.text("stable")), candidate, weight);
            case "promote" ->
                new State(
                        engaged,
                        killed,
                        revived,
                        with(stable, gate, String.valueOf(version)),
                        with(candidate, gate, "-"),
                        with(weight, gate, 0L));
            case "weight" ->
                new State(
                        engaged,
                        killed,
                        revived,
                        stable,
                        with(candidate, gate, String.valueOf(entry.text("candidate"))),
                        with(weight, gate, entry.number("weight", 0)));
            default -> this;
        };
    }

    /** The version that a caller belongs to; whether it is killed is another matter. */
    String cohort(String gate, String caller) {
        String version = candidate.getOrDefault(gate, "-");
        boolean in = !version.equals("-") && LogRouter.bucket(caller) < weight.getOrDefault(gate, 0L);
        return in ? version : stable(gate);
    }

    String stable(String gate) {
        return stable.getOrDefault(gate, "v1");
    }

    /** Whether it knows of a kill, and that it was released. */
    boolean releases(String kill) {
        return !engaged.containsKey(kill) && (killed.contains(kill) || revived.contains(kill));
    }

    /** As a process reports itself. */
    String report() {
        String kills =
                engaged.isEmpty() ? "-" : engaged.keySet().stream().sorted().collect(Collectors.joining(","));
        return kills + " "
                + FleetProcess.GATES.stream()
                        .map(gate -> gate + "=" + stable.getOrDefault(gate, "v1") + "/"
                                + candidate.getOrDefault(gate, "-") + "/" + weight.getOrDefault(gate, 0L))
                        .collect(Collectors.joining(","));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    private static Set<String> with(Set<String> set, List<String> values) {
        Set<String> more = new HashSet<>(set);
        more.addAll(values);
        return more;
    }
}
