package io.modelgate.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Scenario}; {@code docs/simulator.md} describes the file. */
final class ScenarioFile {

    /** A Monday morning. */
    private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

    private static final List<String> SHIFTS = List.of("rates", "latency", "metrics", "labels", "badAnswers", "groups");

    /** So much may shares written as decimals fall short of 1. */
    private static final double ROUNDING = 1e-9;

    private static final int CALLERS = 100_000;
    private static final int MOST_CALLERS = 10_000_000;
    private static final double MOST_CALLS = 1_000_000;

    private final YamlMap top;
    private final Map<String, Double> groups;
    private final Versions versions;

    private ScenarioFile(YamlMap top) {
        this.top = top.only(
                "name",
                "says",
                "candidate",
                "callers",
                "start",
                "duration",
                "traffic",
                "metrics",
                "labels",
                "groups",
                "agreement",
                "versions",
                "recording",
                "reference",
                "other",
                "bucketing",
                "exposures",
                "records",
                "blueGreen",
                "changes",
                "missing");
        groups = groups(top);
        versions = new Versions(Measures.metrics(top), Measures.labels(top), groups.keySet());
    }

    /**
     * Reads a scenario, and the recording that it names, which is looked for beside it.
     *
     * @throws BadFileException with the file, the line, the column and the fix
     */
    static Scenario load(Path path) {
        return parse(
                String.valueOf(path.getFileName()),
                read(path),
                path.toAbsolutePath().getParent());
    }

    static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException | OutOfMemoryError e) {
            throw new BadFileException(path + ": cannot be read (" + e + "): expected a readable file");
        }
    }

    static Scenario parse(String name, byte[] content, @Nullable Path folder) {
        return new ScenarioFile(YamlFile.read(name, content)).scenario(name, folder);
    }

    private Scenario scenario(String file, @Nullable Path folder) {
        List<Scenario.Change> changes = new ArrayList<>();
        List<Double> traffic;
        Behaviour stable;
        Behaviour candidate;
        if (top.oneOf("versions", "recording").equals("recording")) {
            Behaviour plain = versions.first(null);
            stable = plain;
            candidate = plain;
            traffic = List.of(0.0);
            changes.addAll(recording(folder));
        } else {
            YamlMap both = top.map("versions").only("stable", "candidate");
            stable = versions.first(both.map("stable"));
            candidate = versions.first(both.map("candidate"));
            traffic = traffic(top);
        }
        changes.addAll(changes(top));
        changes.sort(Comparator.comparingLong(Scenario.Change::atNanos));
        String name = top.textOrNull("name");
        String says = top.textOrNull("says");
        return new Scenario(
                name == null ? file.replaceFirst("\\.ya?ml$", "") : name,
                says == null ? "" : says,
                top.word("candidate", List.of("good", "bad")).equals("bad"),
                top.has("callers") ? callers() : CALLERS,
                top.has("start") ? start() : START,
                top.has("duration") ? Duration.ofNanos(positive("duration")) : null,
                traffic,
                versions.metrics(),
                groups.isEmpty() ? "" : top.map("groups").text("attribute"),
                groups,
                stable,
                candidate,
                changes,
                top.maps("missing").stream().map(ScenarioFile::missing).toList(),
                versions.labels(),
                top.has("agreement") ? (Double) top.share("agreement") : null,
                top.has("reference") ? Duration.ofNanos(positive("reference")) : null,
                top.has("other") ? other(top.map("other")) : null,
                Setting.of(top, versions));
    }

    private Beside other(YamlMap map) {
        map.only("together", "share", "versions", "changes");
        List<String> words = List.of("lockstep", "after", "exclusive", "jointly");
        Beside.Together together = Beside.Together.values()[words.indexOf(map.word("together", words))];
        if (!together.shared() && map.has("share")) {
            throw map.bad("share", "a share that nothing has: expected it beside together: exclusive or jointly alone");
        }
        double share = together.shared() ? map.share("share") : 0;
        boolean each = together == Beside.Together.EXCLUSIVE;
        if (together.shared() && (share == 0 || share > (each ? 0.5 : 1))) {
            throw map.bad(
                    "share",
                    "share is " + map.text("share") + ": expected above 0 % and up to "
                            + (each ? "50 % for each" : "100 % for both"));
        }
        YamlMap both = map.map("versions").only("stable", "candidate");
        return new Beside(
                together,
                share,
                versions.first(both.map("stable")),
                versions.first(both.map("candidate")),
                changes(map));
    }

    private List<Scenario.Change> changes(YamlMap map) {
        List<Scenario.Change> read = new ArrayList<>();
        for (YamlMap change : map.maps("changes")) {
            read.add(change(change));
        }
        read.sort(Comparator.comparingLong(Scenario.Change::atNanos));
        return read;
    }

    private List<Scenario.Change> recording(@Nullable Path folder) {
        if (top.has("traffic")) {
            throw top.bad("traffic", "traffic beside a recording, which has its own: remove it");
        }
        String name = top.text("recording");
        if (folder == null || name.isEmpty()) {
            throw top.bad("recording", "recording names no file: expected a CSV file beside the scenario");
        }
        try {
            return Recording.read(name, read(folder.resolve(name)));
        } catch (InvalidPathException e) {
            throw top.bad("recording", "recording is no file name: expected a CSV file beside the scenario");
        }
    }

    private int callers() {
        double callers = top.number("callers", 1, MOST_CALLERS);
        if (callers != Math.rint(callers)) {
            throw top.bad("callers", "callers is " + top.text("callers") + ": expected a whole number");
        }
        return (int) callers;
    }

    private Instant start() {
        try {
            return Instant.parse(top.text("start"));
        } catch (DateTimeParseException e) {
            throw top.bad(
                    "start",
                    "start is " + Quantity.quote(top.text("start"))
                            + ": expected a time in UTC, like 2026-01-05T09:00:00Z");
        }
    }

    private long positive(String key) {
        long nanos = top.nanos(key);
        if (nanos == 0) {
            throw top.bad(key, key + " is 0: expected more");
        }
        return nanos;
    }

    /** One number, or one for each hour of the day. */
    private static List<Double> traffic(YamlMap map) {
        if (map.isMap("traffic")) {
            double[] hours = map.map("traffic").only("byHour").numbers("byHour", 24, 0, MOST_CALLS);
            return Arrays.stream(hours).boxed().toList();
        }
        return List.of(map.number("traffic", 0, MOST_CALLS));
    }

    private static Map<String, Double> groups(YamlMap top) {
        if (!top.has("groups")) {
            return Map.of();
        }
        YamlMap groups = top.map("groups").only("attribute", "shares");
        if (groups.text("attribute").isEmpty()) {
            throw groups.bad(
                    "attribute", "attribute is empty: expected the name of the attribute that makes the groups");
        }
        YamlMap shares = groups.map("shares");
        Map<String, Double> read = new LinkedHashMap<>();
        double sum = 0;
        for (String group : shares.keys()) {
            double share = shares.share(group);
            if (share == 0) {
                throw shares.bad(group, group + " is 0: expected a share of the callers above 0");
            }
            read.put(group, share);
            sum += share;
        }
        if (Math.abs(sum - 1) > ROUNDING) {
            throw groups.bad("shares", "the shares sum up to " + Quantity.plain(sum) + ": expected 1");
        }
        return read;
    }

    private Scenario.Change change(YamlMap map) {
        map.only(
                "at",
                "atWeight",
                "traffic",
                "version",
                "rates",
                "latency",
                "metrics",
                "labels",
                "badAnswers",
                "groups");
        boolean timed = map.oneOf("at", "atWeight").equals("at");
        boolean shifts = SHIFTS.stream().anyMatch(map::has);
        if (!shifts && !map.has("traffic")) {
            throw map.bad(
                    "a change that changes nothing: add traffic, or a version and its rates, latency, metrics, labels, badAnswers or groups");
        }
        return new Scenario.Change(
                timed ? map.nanos("at") : -1,
                timed ? -1 : map.share("atWeight"),
                map.has("traffic") ? map.number("traffic", 0, MOST_CALLS) : null,
                shifts || map.has("version") ? who(map) : Scenario.Who.BOTH,
                versions.shift(map));
    }

    private static Scenario.Missing missing(YamlMap map) {
        map.only("from", "to", "version");
        long from = map.nanos("from");
        long to = map.nanos("to");
        if (to <= from) {
            throw map.bad("to", "to is not after from: expected a later time since the start");
        }
        return new Scenario.Missing(from, to, map.has("version") ? who(map) : Scenario.Who.BOTH);
    }

    private static Scenario.Who who(YamlMap map) {
        List<String> words = List.of("stable", "candidate", "both");
        return Scenario.Who.values()[words.indexOf(map.word("version", words))];
    }
}
