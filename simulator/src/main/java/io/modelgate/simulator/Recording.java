package io.modelgate.simulator;

import io.modelgate.Cause;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads what two versions did once: {@code at,version,calls,errors,…}, a line for each version and interval, in the order of time.
 * {@code at} is the interval's begin, in seconds or as a time in UTC; the columns after {@code calls} count what was missed, by cause. The
 * last interval is as long as the one before it.
 */
final class Recording {

    private static final int LONGEST = 64 << 20;
    private static final Map<String, Cause> COLUMNS = Map.of(
            "errors", Cause.ERROR,
            "timeouts", Cause.TIMEOUT,
            "invalid", Cause.INVALID_OUTPUT,
            "low_confidence", Cause.LOW_CONFIDENCE,
            "breaker_open", Cause.BREAKER_OPEN,
            "rate_limited", Cause.RATE_LIMITED,
            "full", Cause.FULL,
            "over_budget", Cause.OVER_BUDGET);

    private final String name;
    private final Map<Double, List<Row>> rows = new TreeMap<>();

    private Recording(String name) {
        this.name = name;
    }

    private record Row(Scenario.Who who, long calls, Map<Cause, Long> missed) {

        Behaviour.Shift shift() {
            Map<Cause, Double> shares = new EnumMap<>(Cause.class);
            missed.forEach((cause, times) -> shares.put(cause, (double) times / calls));
            return new Behaviour.Shift(shares, null, Map.of(), null, Map.of());
        }
    }

    /**
     * The recording as change points: the traffic of both versions together, and the rates of each.
     *
     * @throws BadFileException with the line and the fix
     */
    static List<Scenario.Change> read(String name, byte[] content) {
        if (content.length > LONGEST) {
            throw new BadFileException(name + ": " + content.length + " bytes: expected at most " + LONGEST);
        }
        Recording recording = new Recording(name);
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (CSVParser parser =
                CSVParser.parse(new StringReader(new String(content, StandardCharsets.UTF_8)), format)) {
            recording.columns(parser.getHeaderNames());
            for (CSVRecord line : parser) {
                recording.add(line, parser.getCurrentLineNumber());
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            throw new BadFileException(name + ": not CSV: " + e.getMessage());
        }
        return recording.changes();
    }

    private void columns(List<String> header) {
        List<String> known = new ArrayList<>(List.of("at", "version", "calls"));
        known.addAll(COLUMNS.keySet().stream().sorted().toList());
        for (String column : header) {
            if (!known.contains(column)) {
                throw new BadFileException(
                        name + ":1: " + Suggestion.unknown("column", column, "the recording", known));
            }
        }
        for (String column : known.subList(0, 3)) {
            if (!header.contains(column)) {
                throw new BadFileException(
                        name + ":1: no column " + Quantity.quote(column) + ": add it to the first line");
            }
        }
    }

    private void add(CSVRecord line, long number) {
        if (!line.isConsistent()) {
            throw bad(number, "has " + line.size() + " values: expected as many as the first line");
        }
        String version = line.get("version");
        if (!version.equals("stable") && !version.equals("candidate")) {
            throw bad(number, "version is " + Quantity.quote(version) + ": expected stable or candidate");
        }
        Map<Cause, Long> missed = new EnumMap<>(Cause.class);
        long calls = count(line, "calls", number);
        long sum = 0;
        for (Map.Entry<String, Cause> column : COLUMNS.entrySet()) {
            if (line.isMapped(column.getKey())) {
                long times = count(line, column.getKey(), number);
                missed.put(column.getValue(), times);
                sum += times;
            }
        }
        if (sum > calls) {
            throw bad(number, "more calls are missed than there are: expected at most " + calls);
        }
        Scenario.Who who = version.equals("stable") ? Scenario.Who.STABLE : Scenario.Who.CANDIDATE;
        List<Row> interval = rows.computeIfAbsent(at(line, number), at -> new ArrayList<>(2));
        if (interval.stream().anyMatch(row -> row.who() == who)) {
            throw bad(number, "a second line for " + version + " at the same time: keep one");
        }
        interval.add(new Row(who, calls, missed));
    }

    private long count(CSVRecord line, String column, long number) {
        double value = Quantity.number(line.get(column));
        if (!(value >= 0 && value <= 1e12) || value != Math.rint(value)) {
            throw bad(
                    number,
                    column + " is " + Quantity.quote(line.get(column)) + ": expected a whole number, 0 or more");
        }
        return (long) value;
    }

    private double at(CSVRecord line, long number) {
        String text = line.get("at");
        double seconds = Quantity.number(text);
        if (seconds >= 0) {
            return seconds;
        }
        try {
            return Instant.parse(text).toEpochMilli() / 1000.0;
        } catch (DateTimeParseException e) {
            throw bad(
                    number,
                    "at is " + Quantity.quote(text) + ": expected seconds, or a time like 2026-01-05T09:00:00Z");
        }
    }

    private BadFileException bad(long line, String problem) {
        return new BadFileException(name + ":" + line + ": " + problem);
    }

    private List<Scenario.Change> changes() {
        List<Double> times = List.copyOf(rows.keySet());
        if (times.size() < 2) {
            throw new BadFileException(name + ": " + times.size() + " intervals: expected two or more");
        }
        List<Scenario.Change> changes = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            double begin = times.get(i);
            double length = i + 1 < times.size() ? times.get(i + 1) - begin : begin - times.get(i - 1);
            long nanos = nanos(begin - times.get(0));
            List<Row> interval = List.copyOf(rows.getOrDefault(begin, List.of()));
            double calls = interval.stream().mapToLong(Row::calls).sum();
            changes.add(new Scenario.Change(
                    nanos,
                    -1,
                    calls / length,
                    Scenario.Who.BOTH,
                    new Behaviour.Shift(null, null, Map.of(), null, Map.of())));
            for (Row row : interval) {
                if (row.calls() > 0) {
                    changes.add(new Scenario.Change(nanos, -1, null, row.who(), row.shift()));
                }
            }
        }
        double length = times.get(times.size() - 1) - times.get(times.size() - 2);
        changes.add(new Scenario.Change(
                nanos(times.get(times.size() - 1) - times.get(0) + length),
                -1,
                0.0,
                Scenario.Who.BOTH,
                new Behaviour.Shift(null, null, Map.of(), null, Map.of())));
        return changes;
    }

    private static long nanos(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000)).toNanos();
    }
}
