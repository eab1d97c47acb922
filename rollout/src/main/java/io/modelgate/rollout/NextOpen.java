package io.modelgate.rollout;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.TreeSet;

/** Looks for the first open moment of a calendar among the only ones at which it can open. */
final class NextOpen {

    private static final int YEAR = 366;

    /** Later days are those of no rollout, and the last ones have no place in a zone. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Calendar calendar;

    NextOpen(Calendar calendar) {
        this.calendar = calendar;
    }

    Optional<Instant> from(Instant from) {
        Instant at = afterBlackouts(from);
        Instant until = yearAfter(at);
        while (at.isBefore(until)) {
            if (calendar.withinHours(at)) {
                Instant later = afterBlackouts(at);
                if (later.equals(at)) {
                    return Optional.of(at);
                }
                at = later;
                until = yearAfter(at);
            } else {
                at = nextBoundary(at);
            }
        }
        return Optional.empty();
    }

    private static Instant yearAfter(Instant at) {
        return at.isBefore(LATEST) ? at.plus(Duration.ofDays(YEAR)) : at;
    }

    private Instant afterBlackouts(Instant at) {
        Instant free = at;
        for (boolean moved = true; moved; ) {
            moved = false;
            for (Calendar.Blackout blackout : calendar.blackouts()) {
                if (blackout.holds(free)) {
                    free = blackout.to();
                    moved = true;
                }
            }
        }
        return free;
    }

    /** The first moment after this one at which hours begin by the clock, or the clocks change, or two days pass. */
    private Instant nextBoundary(Instant at) {
        TreeSet<Instant> boundaries = new TreeSet<>();
        LocalDate today = LocalDate.ofInstant(at, calendar.zone());
        for (int day = -1; day <= 2; day++) {
            LocalDate date = today.plusDays(day);
            for (Calendar.Hours hours : calendar.open()) {
                var begins = date.atTime(hours.from());
                for (ZoneOffset offset : calendar.zone().getRules().getValidOffsets(begins)) {
                    boundaries.add(begins.toInstant(offset));
                }
            }
        }
        ZoneOffsetTransition change = calendar.zone().getRules().nextTransition(at);
        if (change != null) {
            boundaries.add(change.getInstant());
        }
        Instant next = boundaries.higher(at);
        Instant late = at.plus(Duration.ofDays(2));
        return next == null || next.isAfter(late) ? late : next;
    }
}
