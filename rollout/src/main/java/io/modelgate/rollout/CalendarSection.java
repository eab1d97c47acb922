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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the calendar of a policy file, or its windows. */
final class CalendarSection {

    private static final String EXAMPLE = "\"- {days: mon-fri, from: 09:00, to: 17:00}\"";
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private final FileMistakes mistakes;
    private final String name;
    private final Consumer<ZoneId> zones;
    private final Consumer<Calendar.Hours> hours;
    private final @Nullable BiConsumer<Instant, Instant> blackouts;

    private CalendarSection(
            FileMistakes mistakes,
            String name,
            Consumer<ZoneId> zones,
            Consumer<Calendar.Hours> hours,
            @Nullable BiConsumer<Instant, Instant> blackouts) {
        this.mistakes = mistakes;
        this.name = name;
        this.zones = zones;
        this.hours = hours;
        this.blackouts = blackouts;
    }

    static CalendarSection calendar(FileMistakes mistakes, PolicyBuilder builder) {
        return new CalendarSection(
                mistakes,
                "calendar",
                builder::zone,
                each -> builder.businessHours(each.days(), each.from(), each.to()),
                builder::blackout);
    }

    /** Windows are hours and nothing else, of which there is at least one. */
    static CalendarSection windows(FileMistakes mistakes, PolicyBuilder builder) {
        return new CalendarSection(mistakes, "windows", builder::windowZone, builder::window, null);
    }

    void read(Node node) {
        BiConsumer<Instant, Instant> taker = blackouts;
        YamlMap map = new YamlMap(
                name, node, mistakes, taker == null ? List.of("zone", "open") : List.of("zone", "open", "blackouts"));
        ZoneId zone = map.read("zone", CalendarSection::zone);
        if (zone != null) {
            zones.accept(zone);
        } else if (!map.has("zone")) {
            map.mistake(
                    "zone",
                    name + ".zone is missing: say whose clocks are meant, for instance \"zone: Europe/Zurich\"");
        }
        List<Node> open = map.list("open", EXAMPLE);
        for (int i = 0; i < open.size(); i++) {
            hours(new YamlMap(name + ".open[" + i + "]", open.get(i), mistakes, List.of("days", "from", "to")));
        }
        if (taker == null) {
            if (open.isEmpty() && (!map.has("open") || map.node("open") instanceof SequenceNode)) {
                map.mistake(
                        "open",
                        name + ".open is " + (map.has("open") ? "empty" : "missing") + ": add for instance " + EXAMPLE);
            }
            return;
        }
        List<Node> list = map.list("blackouts", "\"- {from: 2026-12-20T00:00, to: 2027-01-03T00:00}\"");
        for (int i = 0; i < list.size(); i++) {
            YamlMap each = new YamlMap(name + ".blackouts[" + i + "]", list.get(i), mistakes, List.of("from", "to"));
            blackout(each, zone, taker);
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("expected a zone such as Europe/Zurich or UTC", e);
        }
    }

    private void hours(YamlMap map) {
        Set<DayOfWeek> days = days(map);
        LocalTime from = time(map, "from", "09:00");
        LocalTime to = time(map, "to", "17:00");
        if (!days.isEmpty() && from != null && to != null) {
            hours.accept(new Calendar.Hours(days, from, to));
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

    private static void blackout(YamlMap map, @Nullable ZoneId zone, BiConsumer<Instant, Instant> taker) {
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
            taker.accept(from, to);
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
