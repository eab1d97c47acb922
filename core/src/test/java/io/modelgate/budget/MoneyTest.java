package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0.00",
        "20, 20000000, 20.00",
        "20.00, 20000000, 20.00",
        "0.000001, 1, 0.000001",
        "007.5, 7500000, 7.50",
        "281474976.710655, 281474976710655, 281474976.710655"
    })
    void decimalTextIsExact(String text, long micros, String shown) {
        Money money = Money.of(text, "USD");
        assertThat(money).isEqualTo(new Money(micros, "USD")).hasToString(shown + " USD");
    }

    @Test
    void whatIsShownIsReadAsTheSame() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Money money = new Money(random.nextLong(Amounts.MAX_HELD + 1) >> random.nextInt(48), "EUR");
            String shown = money.toString();
            assertThat(Money.of(shown.substring(0, shown.length() - 4), "EUR"))
                    .as("seed %d", seed)
                    .isEqualTo(money);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " 1",
                "1 ",
                "1\n",
                "1\u0000",
                "\u00a01",
                "NaN",
                "Infinity",
                "-Infinity",
                "null",
                "1e3",
                "1E-3",
                "1e999999999",
                "0x10",
                "0x1p3",
                "1d",
                "1f",
                "1L",
                "+1",
                "--1",
                "-",
                ".",
                ".5",
                "5.",
                "1.2.3",
                "1,000",
                "1_000",
                "1,5",
                "$1",
                "\u0661\u0662",
                "\uff11",
                "\u2212" + "1",
                "\u00bd",
                "\ud835\udfcf",
                "1.\u0660"
            })
    void onlyPlainDigitsAreANumber(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Money.of(text, "USD"))
                .withMessageContaining("decimal is " + Names.quote(text))
                .withMessageContaining("is not a decimal number");
    }

    @ParameterizedTest
    @CsvSource({
        "-1, it is negative",
        "-0, it is negative",
        "-0.000001, it is negative",
        "0.0000001, it has more than 6 decimals",
        "1.0000000, it has more than 6 decimals",
        "281474976.710656, at most 281474976.710655",
        "999999999999, at most 281474976.710655",
    })
    void whatIsWrongIsSaid(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Money.of(text, "USD"))
                .withMessageContaining("decimal is \"" + text + '"')
                .withMessageContaining(message);
    }

    @Test
    void endlessTextIsRefusedAtOnceAndCutInTheMessage() {
        for (String text : new String[] {"9".repeat(1_000_000), "0." + "1".repeat(1_000_000), "0".repeat(1_000_000)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Money.of(text, "USD"))
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "usd", "US", "USDX", "QQQ", "$", " USD", "USD\n", "\u0130SD", "840"})
    void aCurrencyIsOneOfTheStandard(String currency) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Money.of("1", currency))
                .withMessageContaining("currency is " + Names.quote(currency));
        assertThatIllegalArgumentException().isThrownBy(() -> new Money(1, currency));
    }

    @Test
    void anAmountIsInItsRange() {
        assertThat(new Money(Amounts.MAX_HELD, "JPY").micros()).isEqualTo(Amounts.MAX_HELD);
        for (long wrong : new long[] {-1, Amounts.MAX_HELD + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Money(wrong, "USD"))
                    .withMessageContaining("micros is " + wrong);
        }
    }
}
