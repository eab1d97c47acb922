package io.modelgate.rollout;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * When a rollout may step up. Never keeps it from being aborted. Immutable.
 *
 * @param zone whose days and hours are meant
 * @param open the business hours; empty is always
 * @param blackouts when it may not, open or not
 */
public record Calendar(ZoneId zone, List<Hours> open, List<Blackout> blackouts) {

    /** Copies the lists. */
    public Calendar {
        open = List.copyOf(open);
        blackouts = List.copyOf(blackouts);
    }

    /**
     * Hours of some days of the week.
     *
     * @param days the days on which they begin
     * @param from the first moment
     * @param to the first moment after; at or before {@code from}, it is on the next day
     */
    public record Hours(Set<DayOfWeek> days, LocalTime from, LocalTime to) {}

    /**
     * A time without steps.
     *
     * @param from the first moment
     * @param to the first moment after
     */
    public record Blackout(Instant from, Instant to) {}
}
