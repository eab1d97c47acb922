package io.modelgate.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario sets up around its gate. Immutable.
 *
 * @param moved where its callers come from; null if they were nowhere else
 * @param listed whether a list is kept of whom the candidate answers
 * @param records when the sink of decision records hangs; null if there are no records
 * @param switching how its two versions are switched as a whole; null if the candidate is rolled out
 */
record Setting(
        @Nullable Moved moved,
        boolean listed,
        @Nullable Hang records,
        @Nullable Switching switching) {

    /** Nothing of it. */
    static final Setting PLAIN = new Setting(null, false, null, null);

    /** Whether each call is made at the gate, since there is somebody to hear of it. */
    boolean atTheGate() {
        return listed || records != null || switching != null;
    }

    /**
     * When a sink hangs. Immutable.
     *
     * @param from its first moment after the start
     * @param to the first moment after it
     */
    record Hang(Duration from, Duration to) {

        boolean at(Duration now) {
            return now.compareTo(from) >= 0 && now.compareTo(to) < 0;
        }
    }

    /**
     * A pair of versions of which the other one is switched to, and back. Immutable.
     *
     * @param smoke the calls that the candidate has to answer before
     * @param at when somebody switches to it, after the start
     * @param back how long after it turned bad, or was switched to if that is later, somebody switches back
     */
    record Switching(List<Smoke> smoke, Duration at, Duration back) {

        Switching {
            smoke = List.copyOf(smoke);
        }
    }

    /**
     * A smoke call. Immutable.
     *
     * @param name what a failure calls it
     * @param metric the number of the metric that the answer must have within bounds; -1 if any answer will do
     * @param least the least of it, scaled as {@link Behaviour#metrics}
     * @param most the most
     */
    record Smoke(String name, int metric, double least, double most) {

        boolean passes(Object answer) {
            if (metric < 0) {
                return true;
            }
            double value = ((AtTheGate.Answer) answer).metrics().get(metric);
            return value >= least && value <= most;
        }
    }

    /**
     * Reads it from the top of a scenario file.
     *
     * @param versions whose metrics smoke calls may name
     */
    static Setting of(YamlMap top, Versions versions) {
        Setting read = new Setting(
                top.has("bucketing") ? Moved.of(top.map("bucketing")) : null,
                top.has("exposures")
                        && top.word("exposures", List.of("true", "false")).equals("true"),
                top.has("records") ? hang(top.map("records")) : null,
                top.has("blueGreen") ? switching(top.map("blueGreen"), versions) : null);
        if (read.moved != null && top.has("other")) {
            throw top.bad("bucketing", "bucketing beside other, whose two rollouts have one order: remove one of them");
        }
        if (read.switching != null) {
            refuse(top, "blueGreen", "exposures", "records");
        }
        if (read.atTheGate()) {
            String what = read.switching != null ? "blueGreen" : read.listed ? "exposures" : "records";
            refuse(
                    top,
                    what,
                    "bucketing",
                    "groups",
                    "labels",
                    "agreement",
                    "missing",
                    "recording",
                    "reference",
                    "other");
        }
        return read;
    }

    private static void refuse(YamlMap top, String what, String... others) {
        for (String other : others) {
            if (top.has(other)) {
                throw top.bad(other, other + " beside " + what + ", which does not know it: remove one of them");
            }
        }
    }

    private static Hang hang(YamlMap map) {
        YamlMap hangs = map.only("hangs").map("hangs").only("from", "to");
        Duration from = Duration.ofNanos(hangs.nanos("from"));
        Duration to = Duration.ofNanos(hangs.nanos("to"));
        if (to.compareTo(from) <= 0) {
            throw hangs.bad("to", "to is not after from: expected a later time since the start");
        }
        return new Hang(from, to);
    }

    private static Switching switching(YamlMap map, Versions versions) {
        map.only("smoke", "switchAt", "switchBackAfter");
        List<Smoke> smoke = new ArrayList<>();
        for (YamlMap call : map.maps("smoke")) {
            smoke.add(smoke(call.only("name", "metric", "least", "most"), versions));
            if (smoke.stream().map(Smoke::name).distinct().count() < smoke.size()) {
                throw call.bad("name", "name is there twice: expected another for each smoke call");
            }
        }
        if (smoke.isEmpty()) {
            throw map.bad("smoke", "smoke has no call: expected one or more, each with a name");
        }
        return new Switching(
                smoke, Duration.ofNanos(map.nanos("switchAt")), Duration.ofNanos(map.nanos("switchBackAfter")));
    }

    private static Smoke smoke(YamlMap call, Versions versions) {
        String name = call.text("name");
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            throw call.bad("name", "name is " + Quantity.quote(name) + ": expected 1 to 100 printable characters");
        }
        if (!call.has("metric")) {
            for (String bound : List.of("least", "most")) {
                if (call.has(bound)) {
                    throw call.bad(bound, bound + " of no metric: add metric, or remove it");
                }
            }
            return new Smoke(name, -1, 0, 1);
        }
        int number = versions.metric(call);
        return new Smoke(name, number, versions.scaled(call, number, "least"), versions.scaled(call, number, "most"));
    }
}
