package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class UsageTest {

    private static final long MOST = 1L << 40;

    @Test
    void unknownIsNotZero() {
        assertThat(Usage.UNKNOWN.input()).isEmpty();
        assertThat(Usage.UNKNOWN.output()).isEmpty();
        assertThat(Usage.UNKNOWN.known()).isFalse();
        assertThat(Usage.UNKNOWN).isNotEqualTo(Usage.of(0, 0));
        assertThat(Usage.of(0, 0).input()).hasValue(0);
        assertThat(Usage.ofInput(3).output()).isEmpty();
        assertThat(Usage.ofOutput(3).input()).isEmpty();
        assertThat(Usage.of(3, 4).cachedInput()).isEmpty();
        assertThat(Usage.of(3, 4).reasoning()).isEmpty();
    }

    @Test
    void whatIsUnknownCannotBeCharged() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Price(1, 1, 1, 1).cost(Usage.ofInput(3)))
                .withMessageContaining("output is unknown");
        assertThatIllegalArgumentException()
                .isThrownBy(Usage.ofOutput(3)::tokens)
                .withMessageContaining("input is unknown");
    }

    @Test
    void countsEndAtTwoToTheFortieth() {
        assertThat(Usage.of(MOST, MOST).cachedInput(MOST).reasoning(MOST).tokens())
                .as("saturated")
                .isEqualTo(MOST);
        for (long wrong : new long[] {-1, Long.MIN_VALUE, MOST + 1, Long.MAX_VALUE}) {
            refused(() -> Usage.of(wrong, 0), "input is " + wrong + ": expected 0 to " + MOST);
            refused(() -> Usage.of(0, wrong), "output is " + wrong);
            refused(() -> Usage.ofInput(wrong), "input is " + wrong);
            refused(() -> Usage.ofOutput(wrong), "output is " + wrong);
            refused(() -> Usage.of(5, 5).cachedInput(wrong), "cachedInput is " + wrong);
            refused(() -> Usage.of(5, 5).reasoning(wrong), "reasoning is " + wrong);
            refused(() -> Usage.UNKNOWN.cachedInput(wrong), "cachedInput is " + wrong);
        }
    }

    @Test
    void aPartIsNoMoreThanItsWhole() {
        assertThat(Usage.of(5, 6).cachedInput(5).cachedInput()).hasValue(5);
        refused(() -> Usage.of(5, 6).cachedInput(6), "cachedInput is 6: expected 0 to 5, as it is a part of input");
        refused(() -> Usage.of(5, 6).reasoning(7), "reasoning is 7: expected 0 to 6, as it is a part of output");
        refused(() -> Usage.of(0, 6).cachedInput(1), "cachedInput is 1: expected 0 to 0");
    }

    @Test
    void onlyWhatIsUnknownIsFilledAndThatIsAnEstimate() {
        assertThat(Usage.of(5, 6).filled(100, 200)).isEqualTo(Usage.of(5, 6));
        assertThat(Usage.of(5, 6).filled(100, 200).estimated()).isFalse();
        assertThat(Usage.ofInput(5).filled(100, 200)).isEqualTo(Usage.of(5, 200).asEstimate());
        assertThat(Usage.ofOutput(6).filled(100, 200))
                .isEqualTo(Usage.of(100, 6).asEstimate());
        assertThat(Usage.UNKNOWN.filled(100, 200)).isEqualTo(Usage.of(100, 200).asEstimate());
        assertThat(Usage.of(5, 6).asEstimate().filled(1, 2))
                .isEqualTo(Usage.of(5, 6).asEstimate());
    }

    @Test
    void whatIsFilledIsNoLessThanAPartThatIsKnown() {
        Usage filled = Usage.UNKNOWN.cachedInput(50).reasoning(60).filled(10, 20);
        assertThat(filled)
                .isEqualTo(Usage.of(50, 60).cachedInput(50).reasoning(60).asEstimate());
        assertThat(new Price(10_000_000, 1_000_000, 10_000_000, 1_000_000).cost(filled))
                .isEqualTo(110);
    }

    @Test
    void anEstimateStaysOneAndSaysSo() {
        Usage estimate = Usage.of(5, 6).asEstimate();
        assertThat(estimate.cachedInput(1).reasoning(2).estimated()).isTrue();
        assertThat(estimate)
                .isNotEqualTo(Usage.of(5, 6))
                .isEqualTo(Usage.of(5, 6).asEstimate());
        assertThat(Usage.ofInput(5).asEstimate())
                .hasToString("Usage[input=5, cachedInput=unknown, output=unknown, reasoning=unknown, estimated]");
    }

    private static void refused(Runnable usage, String message) {
        assertThatIllegalArgumentException().isThrownBy(usage::run).withMessageContaining(message);
    }
}
