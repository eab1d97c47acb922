package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.CallCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundsPageTest {

    private static final double ALPHA = 0.05;
    private static final double PROMOTION = 0.1;

    private final Blank page = new Blank(Guardrail.mean("score"));

    /** One that has no data, and tells what begins. */
    private static final class Blank extends BoundsPage {
        private final List<String> begun = new ArrayList<>();

        Blank(Guardrail guardrail) {
            super(guardrail, ALPHA, PROMOTION);
        }

        @Override
        void epochBegan() {
            begun.add("epoch");
        }

        @Override
        void partBegan() {
            begun.add("part");
        }

        @Override
        void look(StepCounts totals) {}

        @Override
        Evidence evidence() {
            return evidence(false, found(false), Map.of());
        }
    }

    @Test
    void eachPartHasItsPartOfAlphaAndEachEpochThatOfPromotion() {
        page.begin(0.5, true);
        assertThat(page.alphaOfPart()).isEqualTo(ALPHA * Epochs.part(1));
        assertThat(page.alphaOfEpoch()).isEqualTo(PROMOTION * Epochs.part(1));
        page.cut();
        assertThat(page.alphaOfPart()).isEqualTo(ALPHA * Epochs.part(2));
        assertThat(page.alphaOfEpoch()).isEqualTo(PROMOTION * Epochs.part(1));
        page.begin(0.5, true);
        assertThat(page.alphaOfPart()).isEqualTo(ALPHA * Epochs.part(3));
        assertThat(page.alphaOfEpoch()).isEqualTo(PROMOTION * Epochs.part(2));
    }

    @Test
    void anEpochBeginsWithAPart() {
        page.begin(0.5, true);
        page.cut();
        assertThat(page.begun).containsExactly("part", "epoch", "part");
    }

    @Test
    void whatIsReadAgainGoesOnWithItsPartsOfAlpha() {
        page.begin(0.5, true);
        page.cut();
        page.begin(0.5, true);
        Map<String, Object> saved = new HashMap<>();
        page.write(saved);
        Blank again = new Blank(page.guardrail);
        again.read(new Saved(saved));
        assertThat(again.alphaOfPart()).isEqualTo(page.alphaOfPart());
        assertThat(again.alphaOfEpoch()).isEqualTo(page.alphaOfEpoch());
    }

    @Test
    void aTextSaysWhatWasShown() {
        assertThat(page.found(false)).isEmpty();
        assertThat(page.found(true)).isEqualTo("; shown to be not worse");
        page.regressed = true;
        assertThat(page.found(true)).isEqualTo("; shown to be worse than allowed");
    }

    @Test
    void itCountsWhatItsUnitIs() {
        CallCounts calls = CallCounts.NONE.plus(CallCounts.NONE);
        ArmCounts arm = new ArmCounts(calls, CallCounts.NONE, 0, 0, Map.of());
        assertThat(new Blank(Guardrail.mean("score").atLeast(0.5)).calls(arm)).isSameAs(arm.calls());
        assertThat(new Blank(Guardrail.mean("score").atLeast(0.5)).unitInWords())
                .isEqualTo("calls");
        assertThat(page.calls(arm)).isSameAs(arm.firstCalls());
        assertThat(page.unitInWords()).isEqualTo("callers' first calls");
    }

    @Test
    void aMeanLiesInItsMetricsRangeAndIsWrittenSo() {
        Interval anywhere = MetricRange.of(new double[] {-2, 8}).at(new EmpiricalBernstein(), 3);
        assertThat(anywhere).isEqualTo(new Interval(-2, 8));
        assertThat(Figures.three(anywhere)).isEqualTo("-2 to 8");
    }
}
