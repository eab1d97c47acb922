package io.modelgate.budget;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.function.LongFunction;

/**
 * One day or month of a calendar window, computed from the clock.
 *
 * @param id counts the days or months since 1970; 0 where the window knows no periods
 * @param start the first instant
 * @param end the first instant of the next one
 */
record Period(long id, Instant start, Instant end) {

    /** The one period of a window that is no day or month. */
    static final Period ALWAYS = new Period(0, Instant.MIN, Instant.MAX);

    private static final long MONTHS = 12;
    private static final long EPOCH_YEAR = 1970;

    /** The period of an instant. */
    static Period at(Window window, Instant now) {
        if (window instanceof Window.Day day) {
            ZoneId zone = day.zone();
            long id = now.atZone(zone).toLocalDate().toEpochDay();
            return at(now, id, n -> start(LocalDate.ofEpochDay(n), zone));
        }
        if (window instanceof Window.Month month) {
            ZoneId zone = month.zone();
            LocalDate date = now.atZone(zone).toLocalDate();
            long id = (date.getYear() - EPOCH_YEAR) * MONTHS + date.getMonthValue() - 1;
            return at(now, id, n -> start(month(n).atDay(1), zone));
        }
        return ALWAYS;
    }

    private static Period at(Instant now, long local, LongFunction<Instant> start) {
        long id = local;
        Instant end = start.apply(id + 1);
        // Clocks that are set back over midnight show the day before again, which has ended.
        while (!now.isBefore(end)) {
            id++;
            end = start.apply(id + 1);
        }
        return new Period(id, start.apply(id), end);
    }

    /** The period of an instant that follows this one; this one as long as it lasts, and when the clock was set back. */
    Period next(Window window, Instant now) {
        return now.isBefore(end) ? this : at(window, now);
    }

    private static Instant start(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant();
    }

    private static YearMonth month(long id) {
        return YearMonth.of(
                Math.toIntExact(EPOCH_YEAR + Math.floorDiv(id, MONTHS)), (int) Math.floorMod(id, MONTHS) + 1);
    }
}
