package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a rollout may step up. The clocks of Zurich go forward on 2026-03-29 at 01:00Z and back on 2026-10-25 at 01:00Z. */
class CalendarTest {

    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");

    private static Calendar calendar(String days, String from, String to, Calendar.Blackout... blackouts) {
        EnumSet<DayOfWeek> set = EnumSet.noneOf(DayOfWeek.class);
        for (String day : days.split(" ", -1)) {
            set.add(DayOfWeek.valueOf(day));
        }
        return new Calendar(
                ZURICH,
                List.of(new Calendar.Hours(set, LocalTime.parse(from), LocalTime.parse(to))),
                List.of(blackouts));
    }

    private static Calendar.Blackout blackout(String from, String to) {
        return new Calendar.Blackout(Instant.parse(from), Instant.parse(to));
    }

    @Test
    void withoutHoursAndBlackoutsItIsAlwaysOpen() {
        assertThat(Calendar.ALWAYS.open(Instant.MIN)).isTrue();
        assertThat(Calendar.ALWAYS.nextOpen(Instant.EPOCH)).contains(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-05T07:59:59.999Z, false", // Monday 08:59:59
        "2026-01-05T08:00:00Z, true",
        "2026-01-05T15:59:59Z, true",
        "2026-01-05T16:00:00Z, false",
        "2026-01-06T12:00:00Z, false", // Tuesday
        "2026-07-06T06:59:59Z, false", // in summer an hour earlier
        "2026-07-06T07:00:00Z, true",
        "2026-07-06T15:00:00Z, false",
    })
    void theHoursAreThoseOfTheZonesClocks(Instant at, boolean open) {
        assertThat(calendar("MONDAY", "09:00", "17:00").open(at)).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-09T20:59:59Z, false", // Friday 21:59:59
        "2026-01-09T21:00:00Z, true",
        "2026-01-10T04:59:59Z, true", // Saturday 05:59:59
        "2026-01-10T05:00:00Z, false",
        "2026-01-10T21:00:00Z, false", // not begun on Saturday
        "2026-01-09T04:00:00Z, false", // nor on Thursday
    })
    void hoursOverMidnightBelongToTheDayOnWhichTheyBegin(Instant at, boolean open) {
        assertThat(calendar("FRIDAY", "22:00", "06:00").open(at)).isEqualTo(open);
    }

    @Test
    void equalEndsAreAWholeDay() {
        Calendar day = calendar("FRIDAY", "00:00", "00:00");
        assertThat(day.open(Instant.parse("2026-01-08T22:59:59Z"))).isFalse();
        assertThat(day.open(Instant.parse("2026-01-08T23:00:00Z"))).isTrue();
        assertThat(day.open(Instant.parse("2026-01-09T22:59:59Z"))).isTrue();
        assertThat(day.open(Instant.parse("2026-01-09T23:00:00Z"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-29T00:29:59Z, false",
        "2026-03-29T00:30:00Z, true", // 01:30
        "2026-03-29T00:59:59Z, true",
        "2026-03-29T01:00:00Z, false", // 03:00, and it never was 02:30
        "2026-10-24T23:30:00Z, true", // 01:30
        "2026-10-25T00:29:59Z, true", // 02:29:59 in summer time
        "2026-10-25T00:30:00Z, false",
        "2026-10-25T01:00:00Z, true", // 02:00 again
        "2026-10-25T01:29:59Z, true",
        "2026-10-25T01:30:00Z, false",
    })
    void anHourThatIsLeftOutIsNotOpenAndOneThatComesTwiceIsOpenTwice(Instant at, boolean open) {
        assertThat(calendar("SUNDAY", "01:30", "02:30").open(at)).isEqualTo(open);
    }

    @Test
    void aBlackoutIsStrongerThanTheHoursAndEndsAtItsEnd() {
        Calendar calendar =
                calendar("MONDAY", "09:00", "17:00", blackout("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"));
        assertThat(calendar.open(Instant.parse("2026-01-05T09:59:59Z"))).isTrue();
        assertThat(calendar.open(Instant.parse("2026-01-05T10:00:00Z"))).isFalse();
        assertThat(calendar.open(Instant.parse("2026-01-05T11:00:00Z"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-05T07:00:00Z, 2026-01-05T08:00:00Z",
        "2026-01-05T08:30:00Z, 2026-01-05T08:30:00Z",
        "2026-01-05T16:00:00Z, 2026-01-12T08:00:00Z", // a week later
        "2026-03-27T12:00:00Z, 2026-03-30T07:00:00Z", // over the change of the clocks
        "2026-12-18T12:00:00Z, 2027-01-04T08:00:00Z", // over a blackout that swallows two Mondays
    })
    void itOpensNext(Instant from, Instant opens) {
        Calendar calendar =
                calendar("MONDAY", "09:00", "17:00", blackout("2026-12-20T00:00:00Z", "2027-01-03T00:00:00Z"));
        assertThat(calendar.nextOpen(from)).contains(opens);
    }

    @Test
    void itOpensAfterTheGapWhereItsBeginningIsLeftOut() {
        assertThat(calendar("SUNDAY", "02:15", "03:30").nextOpen(Instant.parse("2026-03-28T12:00:00Z")))
                .contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(calendar("SUNDAY", "02:15", "02:45").nextOpen(Instant.parse("2026-03-28T12:00:00Z")))
                .as("the whole window is left out: a week later")
                .contains(Instant.parse("2026-04-05T00:15:00Z"));
    }

    @Test
    void whyItIsClosedSaysUntilWhen() {
        Calendar calendar = calendar("MONDAY", "09:00", "17:00");
        assertThat(calendar.closed(Instant.parse("2026-01-05T16:00:00Z")))
                .isEqualTo("the calendar is closed until 2026-01-12T08:00:00Z");
        assertThat(calendar.closed(Instant.parse("2026-01-05T15:59:59Z"))).isNull();
    }

    @Test
    void whatNeverOpensSaysSo() {
        assertThat(new Calendar(ZURICH, List.of(), List.of(new Calendar.Blackout(Instant.MIN, Instant.MAX)))
                        .nextOpen(Instant.EPOCH))
                .isEqualTo(Optional.empty());
    }

    /** Against a walk minute by minute, around both changes of the clocks. */
    @Test
    void nextOpenIsTheFirstOpenMinute() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Instant change = Instant.parse(random.nextBoolean() ? "2026-03-29T01:00:00Z" : "2026-10-25T01:00:00Z");
            List<Calendar.Hours> hours = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                hours.add(new Calendar.Hours(
                        EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)), DayOfWeek.SUNDAY),
                        LocalTime.of(random.nextInt(5), random.nextInt(60)),
                        LocalTime.of(random.nextInt(5), random.nextInt(60))));
            }
            Instant from = change.minus(Duration.ofMinutes(random.nextInt(3_000)));
            Instant dark = change.minus(Duration.ofMinutes(random.nextInt(3_000)));
            Calendar calendar = new Calendar(
                    ZURICH,
                    hours,
                    List.of(new Calendar.Blackout(dark, dark.plus(Duration.ofMinutes(random.nextInt(3_000))))));
            Instant walked = from;
            while (!calendar.open(walked)) {
                walked = walked.plus(Duration.ofMinutes(1));
            }
            assertThat(calendar.nextOpen(from)).as("seed %d", seed).contains(walked);
        }
    }
}
