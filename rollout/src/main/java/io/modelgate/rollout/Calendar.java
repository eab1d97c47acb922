package io.modelgate.rollout;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a rollout may step up, or, as its windows, when callers go to its candidate. Never keeps it from being aborted. Immutable.
 *
 * <p>The hours are those that the zone's clocks show: an hour that a change of the clocks leaves out is not open, and one that comes
 * twice is open twice.
 *
 * @param zone whose days and hours are meant
 * @param open the business hours; empty is always
 * @param blackouts when it may not, open or not
 */
public record Calendar(ZoneId zone, List<Hours> open, List<Blackout> blackouts) {

    /** At any time. */
    public static final Calendar ALWAYS = new Calendar(ZoneOffset.UTC, List.of(), List.of());

    private static final Instant ANY_MONDAY = Instant.parse("2026-01-05T00:00:00Z");
    private static final Instant HALF_A_YEAR_LATER = Instant.parse("2026-07-05T00:00:00Z");

    /** Copies the lists. */
    public Calendar {
        open = List.copyOf(open);
        blackouts = List.copyOf(blackouts);
    }

    /** Whether a rollout may step up at a moment. */
    public boolean open(Instant at) {
        return blackouts.stream().noneMatch(blackout -> blackout.holds(at)) && withinHours(at);
    }

    /**
     * The first moment from the given one on at which a rollout may step up; empty if there is none within a year of it or of the
     * blackout that holds it, or before the year 10,000.
     */
    public Optional<Instant> nextOpen(Instant from) {
        return new NextOpen(this).from(from);
    }

    /** Why a rollout may not step up at a moment, and until when; null if it may. */
    @Nullable
    String closed(Instant at) {
        return open(at)
                ? null
                : "the calendar is closed"
                        + nextOpen(at).map(next -> " until " + next).orElse(" for more than a year");
    }

    /** Why nobody may go to the candidate at a moment, where these are its windows, and until when; null if callers may. */
    @Nullable
    String outside(Instant at) {
        return open(at)
                ? null
                : "outside its windows"
                        + nextOpen(at).map(next -> " until " + next).orElse(" for more than a year");
    }

    /** Whether there is a moment within half a year at which both are open, blackouts aside. */
    boolean meets(Calendar other) {
        return meet(List.of(this, other));
    }

    /** Whether there is a moment within half a year at which all are open, blackouts aside. */
    static boolean meet(List<Calendar> calendars) {
        List<Calendar> all = calendars.stream()
                .map(each -> new Calendar(each.zone, each.open, List.of()))
                .distinct()
                .toList();
        Instant at = ANY_MONDAY;
        while (at.isBefore(HALF_A_YEAR_LATER)) {
            Instant latest = at;
            for (Calendar each : all) {
                Optional<Instant> next = each.nextOpen(latest);
                if (next.isEmpty()) {
                    return false;
                }
                latest = next.get();
            }
            if (latest.equals(at)) {
                return true; // none is open later than from then on
            }
            at = latest;
        }
        return false;
    }

    boolean withinHours(Instant at) {
        return open.isEmpty() || open.stream().anyMatch(hours -> hours.hold(at.atZone(zone)));
    }

    /**
     * Hours of some days of the week.
     *
     * @param days the days on which they begin
     * @param from the first moment
     * @param to the first moment after; at or before {@code from}, it is on the next day
     */
    public record Hours(Set<DayOfWeek> days, LocalTime from, LocalTime to) {

        /** Copies the set. */
        public Hours {
            days = Set.copyOf(days);
        }

        boolean hold(ZonedDateTime at) {
            LocalTime time = at.toLocalTime();
            boolean overnight = !to.isAfter(from);
            if (days.contains(at.getDayOfWeek()) && !time.isBefore(from) && (overnight || time.isBefore(to))) {
                return true;
            }
            return overnight && days.contains(at.getDayOfWeek().minus(1)) && time.isBefore(to);
        }
    }

    /**
     * A time without steps.
     *
     * @param from the first moment
     * @param to the first moment after
     */
    public record Blackout(Instant from, Instant to) {

        boolean holds(Instant at) {
            return !at.isBefore(from) && at.isBefore(to);
        }
    }
}
