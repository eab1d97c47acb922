package io.modelgate.rollout;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the calendar of a policy file. */
final class CalendarSection {

    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private final FileMistakes mistakes;
    private final PolicyBuilder builder;

    CalendarSection(FileMistakes mistakes, PolicyBuilder builder) {
        this.mistakes = mistakes;
        this.builder = builder;
    }

    void read(Node node) {
        YamlMap map = new YamlMap("calendar", node, mistakes, List.of("zone", "open", "blackouts"));
        ZoneId zone = map.read("zone", CalendarSection::zone);
        if (zone != null) {
            builder.zone(zone);
        } else if (!map.has("zone")) {
            map.mistake(
                    "zone",
                    "calendar.zone is missing: say whose clocks are meant, for instance \"zone: Europe/Zurich\"");
        }
        List<Node> open = map.list("open", "\"- {days: mon-fri, from: 09:00, to: 17:00}\"");
        for (int i = 0; i < open.size(); i++) {
            hours(new YamlMap("calendar.open[" + i + "]", open.get(i), mistakes, List.of("days", "from", "to")));
        }
        List<Node> blackouts = map.list("blackouts", "\"- {from: 2026-12-20T00:00, to: 2027-01-03T00:00}\"");
        for (int i = 0; i < blackouts.size(); i++) {
            blackout(
                    new YamlMap("calendar.blackouts[" + i + "]", blackouts.get(i), mistakes, List.of("from", "to")),
                    zone);
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("expected a zone such as Europe/Zurich or UTC", e);
        }
    }

    private void hours(YamlMap hours) {
        Set<DayOfWeek> days = days(hours);
        LocalTime from = time(hours, "from", "09:00");
        LocalTime to = time(hours, "to", "17:00");
        if (!days.isEmpty() && from != null && to != null) {
            builder.businessHours(days, from, to);
        }
    }

    private static @Nullable LocalTime time(YamlMap hours, String key, String example) {
        if (!hours.has(key)) {
            hours.mistake(key, hours.path(key) + " is missing: add for instance \"" + key + ": " + example + "\"");
        }
        return hours.read(key, text -> {
            try {
                return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("expected a time of day such as " + example, e);
            }
        });
    }

    /** A word such as {@code mon-fri} or {@code sat}, several with commas between, or a list of them. */
    private static Set<DayOfWeek> days(YamlMap hours) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        if (hours.node("days") instanceof SequenceNode list) {
            for (Node each : list.getValue()) {
                if (!(each instanceof ScalarNode scalar) || !add(scalar.getValue(), days)) {
                    hours.mistake("days", hours.path("days") + " has " + Yaml.kind(each) + ": " + EXPECTED_DAYS);
                    return Set.of();
                }
            }
            if (days.isEmpty()) {
                hours.mistake("days", hours.path("days") + " is empty: " + EXPECTED_DAYS);
            }
            return days;
        }
        if (!hours.has("days")) {
            hours.mistake("days", hours.path("days") + " is missing: add for instance \"days: mon-fri\"");
        }
        hours.read("days", text -> {
            for (String word : text.split(",", -1)) {
                if (!add(word.strip(), days)) {
                    days.clear();
                    throw new IllegalArgumentException(EXPECTED_DAYS);
                }
            }
            return days;
        });
        return days;
    }

    private static final String EXPECTED_DAYS = "expected days such as mon-fri, or sat, sun";

    private static boolean add(String word, Set<DayOfWeek> days) {
        String[] ends = word.toLowerCase(Locale.ROOT).split("-", -1);
        int first = DAYS.indexOf(ends[0]);
        int last = DAYS.indexOf(ends[ends.length - 1]);
        if (first < 0 || last < 0 || ends.length > 2) {
            return false;
        }
        for (int day = first; ; day = (day + 1) % 7) { // sat-mon goes over the end of the week
            days.add(DayOfWeek.of(day + 1));
            if (day == last) {
                return true;
            }
        }
    }

    private void blackout(YamlMap map, @Nullable ZoneId zone) {
        // Where the clocks leave the time open, the longer blackout is meant.
        Instant from = moment(
                map,
                "from",
                local -> zone == null
                        ? Instant.MIN
                        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant());
        Instant to = moment(
                map,
                "to",
                local -> zone == null
                        ? Instant.MAX
                        : local.atZone(zone).withLaterOffsetAtOverlap().toInstant());
        if (from != null && to != null) {
            builder.blackout(from, to);
        }
    }

    private static @Nullable Instant moment(YamlMap map, String key, Function<LocalDateTime, Instant> local) {
        String example = "2026-12-20T18:00";
        if (!map.has(key)) {
            map.mistake(key, map.path(key) + " is missing: add for instance \"" + key + ": " + example + "\"");
        }
        return map.read(key, text -> {
            try {
                return text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:\\d\\d")
                        ? OffsetDateTime.parse(text).toInstant()
                        : local.apply(LocalDateTime.parse(text));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "expected a day and a time such as " + example + ", with Z behind it for UTC", e);
            }
        });
    }
}
