package io.modelgate.budget;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;

/** The time over which a budget's ceiling holds. All are immutable and thread-safe. */
public sealed interface Window {

    /** Returns the window that never ends: the life of a session, or for ever. */
    static Window life() {
        return new Life();
    }

    /**
     * Returns the window that reaches back from now.
     *
     * @param length 1 second to 366 days
     * @throws IllegalArgumentException if it is out of range
     */
    static Window rolling(Duration length) {
        return new Rolling(length);
    }

    /** Returns the window of a calendar day in a zone, of 23 or 25 hours where its clocks are changed. */
    static Window day(ZoneId zone) {
        return new Day(zone);
    }

    /** Returns the window of a calendar month in a zone. */
    static Window month(ZoneId zone) {
        return new Month(zone);
    }

    /** What it is, in words. */
    default String text() {
        if (this instanceof Rolling rolling) {
            return "in any " + rolling.length();
        }
        if (this instanceof Day day) {
            return "a day in " + day.zone();
        }
        return this instanceof Month month ? "a month in " + month.zone() : "for life";
    }

    /** Never ends. */
    record Life() implements Window {}

    /**
     * Reaches back from now.
     *
     * @param length 1 second to 366 days
     */
    record Rolling(Duration length) implements Window {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if {@code length} is out of range
         */
        public Rolling {
            Amounts.length("length", length);
        }
    }

    /**
     * A calendar day.
     *
     * @param zone where midnight is
     */
    record Day(ZoneId zone) implements Window {
        /** Checks that there is a zone. */
        public Day {
            Objects.requireNonNull(zone, "zone");
        }
    }

    /**
     * A calendar month.
     *
     * @param zone where midnight is
     */
    record Month(ZoneId zone) implements Window {
        /** Checks that there is a zone. */
        public Month {
            Objects.requireNonNull(zone, "zone");
        }
    }
}
