package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over which time a ceiling holds. */
class WindowedBudgetTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Budget DAY = Budget.tokens("day", 100, Per.caller()).within(Window.day(BERLIN));

    private final BudgetRig rig = new BudgetRig();

    @Test
    void aDayBeginsAtMidnightOfItsZoneWithoutAnybodyResettingIt() {
        rig.instant = Instant.parse("2026-11-21T22:59:59Z");
        Spender spender = rig.session(rig.gate(DAY), "s");
        rig.spend(spender, 100, 0);
        assertThat(rig.ask(spender, 1, 0)).isInstanceOf(Refusal.class);
        assertThat(rig.balance("day", "caller").end()).contains(Instant.parse("2026-11-21T23:00:00Z"));

        rig.instant = Instant.parse("2026-11-21T23:00:00Z");

        rig.spend(spender, 100, 0);
        assertThat(rig.balance("day", "caller").start()).contains(rig.instant);
        assertThat(rig.balance("day", "caller").spent()).isEqualTo(100);
    }

    @Test
    void aMonthBeginsOnItsFirstDay() {
        rig.instant = Instant.parse("2026-11-30T22:59:59Z");
        Budget month = Budget.tokens("month", 100, Per.gate()).within(Window.month(BERLIN));
        Spender spender = rig.session(rig.gate(month), "s");
        rig.spend(spender, 100, 0);
        assertThat(rig.ask(spender, 1, 0)).isInstanceOf(Refusal.class);

        rig.instant = Instant.parse("2026-11-30T23:00:00Z");

        assertThat(rig.ask(spender, 100, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void aReservationBelongsToTheWindowItWasMadeIn() {
        rig.instant = Instant.parse("2026-11-21T22:59:59Z");
        Spender spender = rig.session(rig.gate(DAY), "s");
        Reservation yesterday = rig.reserve(spender, 80, 0);
        rig.instant = rig.instant.plusSeconds(2);
        Reservation today = rig.reserve(spender, 100, 0);

        yesterday.settle(Usage.of(5_000, 0), 0);

        assertThat(rig.balance("day", "caller").reserved()).isEqualTo(100);
        assertThat(rig.balance("day", "caller").spent()).isZero();
        today.settle(Usage.of(40, 0), 0);
        assertThat(rig.balance("day", "caller").spent()).isEqualTo(40);
    }

    @Test
    void aClockThatIsSetBackOpensNoDayAgain() {
        rig.instant = Instant.parse("2026-11-21T23:00:01Z");
        Spender spender = rig.session(rig.gate(DAY), "s");
        rig.spend(spender, 90, 0);

        rig.instant = Instant.parse("2026-11-21T20:00:00Z");

        assertThat(rig.refusal(spender, 20, 0).remaining()).isEqualTo(10);
        rig.instant = Instant.parse("2026-11-22T22:59:59Z");
        assertThat(rig.refusal(spender, 20, 0).remaining()).isEqualTo(10);
    }

    @Test
    void aLateSettlementIsChargedToTheWindowOfItsReservation() {
        Spender spender = rig.session(rig.gate(DAY), "s");
        Reservation late = rig.reserve(spender, 80, 0);
        rig.pass(Duration.ofMinutes(20));
        rig.expire();
        late.settle(Usage.of(80, 0), rig.now());
        assertThat(rig.balance("day", "caller").spent()).isEqualTo(80);

        Reservation later = rig.reserve(spender, 20, 0);
        rig.pass(Duration.ofDays(1));
        rig.expire();
        rig.spend(spender, 30, 0);
        later.settle(Usage.of(20, 0), rig.now());
        assertThat(rig.balance("day", "caller").spent()).isEqualTo(30);
    }

    private static final class Made {
        final long at;
        long amount;

        Made(long at, long amount) {
            this.at = at;
            this.amount = amount;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noStretchOfTheLengthOfARollingWindowHoldsMoreThanTheCeiling(long seed) {
        long length = Duration.ofSeconds(97).toNanos();
        long ceiling = 1_000;
        Random random = new Random(seed);
        GateBudgets gate = rig.gate(
                Budget.tokens("rolling", ceiling, Per.session()).within(Window.rolling(Duration.ofSeconds(97))));
        Spender spender = rig.session(gate, "s");
        List<Made> made = new ArrayList<>();
        List<Reservation> open = new ArrayList<>();
        List<Made> openMade = new ArrayList<>();
        int granted = 0;
        for (int step = 0; step < 5_000; step++) {
            rig.pass(Duration.ofMillis((long) (random.nextDouble() * random.nextDouble() * 8_000)));
            if (random.nextInt(200) == 0) {
                rig.pass(Duration.ofNanos(length * random.nextInt(3)));
            }
            if (random.nextInt(3) > 0) {
                long amount = 1L + random.nextInt(200);
                if (rig.ask(spender, amount, 0) instanceof Reservation reservation) {
                    Made mine = new Made(rig.now(), amount);
                    made.add(mine);
                    open.add(reservation);
                    openMade.add(mine);
                    granted++;
                } else {
                    // Refused only if the window and the sixtieth before it are too full.
                    assertThat(sum(made, rig.now() - length - length / 60 - 60, rig.now()) + amount)
                            .as("seed %d step %d", seed, step)
                            .isGreaterThan(ceiling);
                }
            } else if (!open.isEmpty()) {
                int i = random.nextInt(open.size());
                long used = random.nextInt((int) openMade.get(i).amount + 1);
                open.remove(i).settle(Usage.of(used, 0), rig.now());
                openMade.remove(i).amount = used;
            }
            assertThat(sum(made, rig.now() - length, rig.now()))
                    .as("seed %d step %d", seed, step)
                    .isLessThanOrEqualTo(ceiling);
        }
        assertThat(granted).as("seed %d", seed).isGreaterThan(500);
    }

    /** The exact model: everything made after an instant, at what it is worth now. */
    private static long sum(List<Made> made, long after, long until) {
        long sum = 0;
        for (int i = made.size() - 1; i >= 0 && made.get(i).at > after; i--) {
            sum += made.get(i).at <= until ? made.get(i).amount : 0;
        }
        return sum;
    }

    @Test
    void whatIsChargedToASliceThatHasLeftCountsNow() {
        GateBudgets gate =
                rig.gate(Budget.tokens("rolling", 1_000, Per.session()).within(Window.rolling(Duration.ofSeconds(60))));
        Spender spender = rig.session(gate, "s");
        Reservation slow = rig.reserve(spender, 600, 0);
        Reservation slower = rig.reserve(spender, 400, 0);
        rig.pass(Duration.ofSeconds(62));
        assertThat(rig.balance("rolling", "s").remaining()).isEqualTo(1_000);

        slow.settle(Usage.of(100, 0), rig.now());
        assertThat(rig.balance("rolling", "s").remaining())
                .as("nothing is given back twice")
                .isEqualTo(1_000);
        slower.settle(Usage.of(700, 0), rig.now());
        assertThat(rig.balance("rolling", "s").remaining())
                .as("300 were never counted")
                .isEqualTo(700);
    }
}
