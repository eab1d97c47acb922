package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.StringReader;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PricesTest {

    @Test
    void everyMistakeIsListedAtOnce() {
        String text = "a.input=1\na.input=2\na.output=-1\nb.imput=3\nc.input=1e3\nd.output=0.1234567\ncurrency=usd\n";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prices.parse("p.properties", new StringReader(text)))
                .withMessageContainingAll(
                        "p.properties",
                        "\"a.input\" stands twice",
                        "\"a.output\" is \"-1\": it is negative",
                        "\"b.imput\" is unknown",
                        "\"c.input\" is \"1e3\": it is not a decimal",
                        "\"c.output\" is missing",
                        "\"d.output\" is \"0.1234567\": it has more than 6",
                        "\"d.input\" is missing",
                        "\"version\" is missing",
                        "\"currency\" is \"usd\"");
    }

    @Test
    void absentKindsCostAsMuchAsTheirWhole() {
        Prices prices =
                Prices.parse("p", new StringReader("version=1\ncurrency=USD\nx/a-1.5.input=2.50\nx/a-1.5.output=10\n"));
        assertThat(prices.price("x/a-1.5")).contains(new Price(2_500_000, 2_500_000, 10_000_000, 10_000_000));
        assertThat(prices.price("y")).isEmpty();
    }

    @Test
    void costsAreThoseOfExactArithmetic() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Price price = new Price(any(random), any(random), any(random), any(random));
            long input = any(random);
            long output = any(random);
            BigInteger sum = product(input, Math.max(price.input(), price.cachedInput()))
                    .add(product(output, Math.max(price.output(), price.reasoning())));
            long exact = sum.add(BigInteger.valueOf(999_999))
                    .divide(BigInteger.valueOf(1_000_000))
                    .min(BigInteger.valueOf(Amounts.MAX))
                    .longValueExact();
            assertThat(price.worst(input, output)).as("seed %d", seed).isEqualTo(exact);
            assertThat(price.cost(Usage.of(input, output))).as("seed %d", seed).isEqualTo(exact);
            long micros = any(random);
            long affordable = price.outputAffordable(micros, input);
            if (affordable >= 0) {
                assertThat(price.worst(input, affordable)).as("seed %d", seed).isLessThanOrEqualTo(micros);
            }
            if (affordable < Amounts.MAX) {
                assertThat(price.worst(input, affordable + 1))
                        .as("seed %d", seed)
                        .isGreaterThan(micros);
            }
        }
    }

    @Test
    void daysFollowTheZonesClocksAndNeverGoBack() {
        Window berlin = Window.day(ZoneId.of("Europe/Berlin"));
        Period spring = Period.at(berlin, Instant.parse("2026-03-29T12:00:00Z"));
        assertThat(Duration.between(spring.start(), spring.end())).hasHours(23);
        Period autumn = Period.at(berlin, Instant.parse("2026-10-25T12:00:00Z"));
        assertThat(Duration.between(autumn.start(), autumn.end())).hasHours(25);
        assertThat(autumn.next(berlin, spring.start())).isSameAs(autumn);
        // Clocks went from 00:01 back to 23:01 there.
        Window newfoundland = Window.day(ZoneId.of("America/St_Johns"));
        Instant at = Instant.parse("2010-11-07T00:00:00Z");
        Period last = Period.at(newfoundland, at);
        for (int minute = 0; minute < 400; minute++) {
            Instant now = at.plusSeconds(60L * minute);
            Period period = Period.at(newfoundland, now);
            assertThat(period.id()).isGreaterThanOrEqualTo(last.id());
            assertThat(now).isBetween(period.start(), period.end().minusNanos(1));
            last = period;
        }
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private static long any(Random random) {
        return random.nextLong(Amounts.MAX + 1) >> random.nextInt(41);
    }
}
