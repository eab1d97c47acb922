package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A source of counts behind two replicas, of which one lags a little. */
class FlappingSourceTest {

    private static final long SECOND = 1_000_000_000L;

    private static ArmCounts arm(int answered, int errors) {
        CallTally tally = new CallTally(0);
        for (int i = 0; i < answered; i++) {
            tally.answered(1_000, 1);
        }
        for (int i = 0; i < errors; i++) {
            tally.missed(Cause.ERROR, 1);
        }
        Map<Rate, Long> missed = new EnumMap<>(Rate.class);
        missed.put(Rate.ERRORS, (long) errors);
        return new ArmCounts(tally.counts(), CallCounts.NONE, answered, answered, missed);
    }

    @Test
    void readingTheSameFewErrorsAgainAndAgainIsNoRegression() {
        EvidenceBook book = new EvidenceBook(
                RolloutPolicy.of(p -> p.name("even")
                        .step(Weight.percent(50))
                        .sampleRatio(false)
                        .guardrail(Guardrail.rate(Rate.ERRORS).requiredForPromotion())),
                List.of(),
                List.of(),
                name -> null);
        book.begin(0.5, true);
        StepCounts ahead = new StepCounts(arm(1_000, 5), arm(1_000, 6), CallCounts.NONE, 1_000);
        StepCounts behind = new StepCounts(arm(1_000, 5), arm(1_000, 5), CallCounts.NONE, 1_000);
        Steady steady = new Steady();
        for (int i = 0; i < 100; i++) {
            book.look(steady.of(i % 2 == 0 ? ahead : behind, SECOND * i));
        }
        assertThat(book.regressed()).as(book.evidence().toString()).isFalse();
    }

    @Test
    void aSourceThatStaysBehindBeganAnewAfterAMinute() {
        StepCounts five = new StepCounts(arm(1_000, 5), arm(1_000, 6), CallCounts.NONE, 1_000);
        StepCounts four = new StepCounts(arm(800, 4), arm(800, 5), CallCounts.NONE, 800);
        Steady steady = new Steady();
        assertThat(steady.of(five, 0)).isSameAs(five);
        for (int i = 1; i <= 60; i++) {
            assertThat(steady.of(four, SECOND * i)).as("second %d", i).isSameAs(five);
        }
        assertThat(steady.of(four, SECOND * 61)).isSameAs(four);
        assertThat(steady.of(StepCounts.NONE, SECOND * 62)).as("less than half").isSameAs(StepCounts.NONE);
    }
}
