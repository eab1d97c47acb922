package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeriodTest {

    private static final Window SAMOA = Window.day(ZoneId.of("Pacific/Apia"));
    private static final Instant SAMOA_JUMPED = Instant.parse("2011-12-30T10:00:00Z");

    @Test
    void aDayThatAZoneSkippedIsNoPeriod() {
        Period before = Period.at(SAMOA, SAMOA_JUMPED.minusNanos(1));
        Period after = before.next(SAMOA, SAMOA_JUMPED);
        assertThat(before.end()).isEqualTo(SAMOA_JUMPED).isEqualTo(after.start());
        assertThat(after.id()).isEqualTo(before.id() + 2);
        assertThat(length(before)).isEqualTo(Duration.ofDays(1));
        assertThat(length(after)).isEqualTo(Duration.ofDays(1));
        Period december = Period.at(Window.month(ZoneId.of("Pacific/Apia")), SAMOA_JUMPED);
        assertThat(length(december)).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void aMonthWhoseFirstOrLastDayAZoneSkippedIsShorter() {
        // 31 December 1994 was no day there.
        Window month = Window.month(ZoneId.of("Pacific/Kiritimati"));
        Period december = Period.at(month, Instant.parse("1994-12-15T00:00:00Z"));
        Period january = december.next(month, december.end());
        assertThat(length(december)).isEqualTo(Duration.ofDays(30));
        assertThat(january.id()).isEqualTo(december.id() + 1);
        assertThat(january.start()).isEqualTo(december.end());
        assertThat(length(january)).isEqualTo(Duration.ofDays(31));
    }

    @Test
    void aMonthHasTheHoursOfItsZone() {
        Window berlin = Window.month(ZoneId.of("Europe/Berlin"));
        assertThat(length(Period.at(berlin, Instant.parse("2026-03-10T00:00:00Z"))))
                .hasHours(31 * 24 - 1);
        assertThat(length(Period.at(berlin, Instant.parse("2026-10-10T00:00:00Z"))))
                .hasHours(31 * 24 + 1);
        assertThat(Period.at(berlin, Instant.parse("2026-10-31T22:59:59Z"))
                        .next(berlin, Instant.parse("2026-10-31T23:00:00Z")))
                .isEqualTo(Period.at(berlin, Instant.parse("2026-11-15T00:00:00Z")));
        Window leap = Window.month(ZoneOffset.UTC);
        assertThat(length(Period.at(leap, Instant.parse("2028-02-29T12:00:00Z"))))
                .hasDays(29);
    }

    @Test
    void aClockThatIsSetBackChangesNothing() {
        for (Window window : List.of(SAMOA, Window.month(ZoneOffset.UTC))) {
            Period now = Period.at(window, Instant.parse("2026-11-21T12:00:00Z"));
            assertThat(now.next(window, now.start().minusNanos(1))).isSameAs(now);
            assertThat(now.next(window, Instant.EPOCH)).isSameAs(now);
            assertThat(now.next(window, now.end().minusNanos(1))).isSameAs(now);
            assertThat(now.next(window, now.end()).id()).isEqualTo(now.id() + 1);
        }
    }

    @Test
    void aWindowWithoutACalendarHasOnePeriod() {
        for (Window window : List.of(Window.life(), Window.rolling(Duration.ofHours(1)))) {
            Period period = Period.at(window, Instant.EPOCH);
            assertThat(period.id()).isZero();
            assertThat(period.next(window, Instant.parse("9999-01-01T00:00:00Z")))
                    .isSameAs(period);
        }
    }

    @Test
    void idsCountFrom1970InEitherDirection() {
        assertThat(Period.at(Window.day(ZoneOffset.UTC), Instant.EPOCH).id()).isZero();
        assertThat(Period.at(Window.day(ZoneOffset.UTC), Instant.EPOCH.minusNanos(1))
                        .id())
                .isEqualTo(-1);
        assertThat(Period.at(Window.month(ZoneOffset.UTC), Instant.EPOCH.minusNanos(1)))
                .isEqualTo(new Period(-1, Instant.parse("1969-12-01T00:00:00Z"), Instant.EPOCH));
        assertThat(Period.at(Window.month(ZoneOffset.UTC), Instant.parse("2026-11-21T00:00:00Z"))
                        .id())
                .isEqualTo(12L * 56 + 10);
    }

    /** Every change of every zone's clocks since 1960, hour by hour for two days on each side. */
    @Test
    void inEveryZonePeriodsFollowEachOtherWithoutGapOrOverlap() {
        for (String name : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(name);
            for (ZoneOffsetTransition change : zone.getRules().getTransitions()) {
                if (change.getDateTimeBefore().getYear() >= 1960) {
                    follow(Window.day(zone), change.getInstant());
                    follow(Window.month(zone), change.getInstant());
                }
            }
        }
    }

    private static void follow(Window window, Instant change) {
        Period period = Period.at(window, change.minus(Duration.ofDays(2)));
        for (int hour = -47; hour <= 48; hour++) {
            Instant now = change.plus(Duration.ofHours(hour));
            Period next = period.next(window, now);
            if (now.isBefore(period.end())) {
                assertThat(next).isSameAs(period);
                continue;
            }
            // As a process computes it that started before, and one that starts just then.
            if (next.id() <= period.id()
                    || !next.start().equals(period.end())
                    || now.isBefore(next.start())
                    || !now.isBefore(next.end())
                    || !next.equals(Period.at(window, next.end().minusNanos(1)))) {
                throw new AssertionError(window + " at " + now + ": " + next + " after " + period);
            }
            period = next;
        }
    }

    private static Duration length(Period period) {
        return Duration.between(period.start(), period.end());
    }
}
