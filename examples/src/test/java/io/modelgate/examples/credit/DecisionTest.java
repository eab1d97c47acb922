package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static final Applicant SOMEONE =
            CreditData.split(1).training().get(0).applicant();

    private final List<Application> applications =
            List.of(earning(1, false), earning(2, true), earning(3, false), earning(4, true));

    private static Application earning(double income, boolean bad) {
        return new Application(SOMEONE.income(income), bad);
    }

    @Test
    void aLoanIsApprovedWhenThatIsTheCheaperErrorToRisk() {
        for (double bad = 0.005; bad < 1; bad += 0.01) {
            double approving = bad * Decision.APPROVE.cost(true) + (1 - bad) * Decision.APPROVE.cost(false);
            double refusing = bad * Decision.REFUSE.cost(true) + (1 - bad) * Decision.REFUSE.cost(false);
            assertThat(Decision.of(bad))
                    .as("probability of a bad end %s", bad)
                    .isEqualTo(approving < refusing ? Decision.APPROVE : Decision.REFUSE);
        }
    }

    @Test
    void theRuleHasNoAnswerForAnUnknownIncome() {
        assertThat(Rules.debtRatio(SOMEONE.income(Double.NaN))).isNull();
        assertThat(Rules.debtRatio(SOMEONE.income(1))).isEqualTo(Decision.REFUSE);
    }

    @Test
    void aucIsThePartOfPairsInTheRightOrder() {
        Scorer byIncome = Applicant::income;
        assertThat(byIncome.auc(applications)).isCloseTo(3 / 4.0, within(1e-12));
    }

    @Test
    void aucOfEqualScoresIsThatOfACoin() {
        Scorer constant = applicant -> 0.3;
        assertThat(constant.auc(applications)).isCloseTo(0.5, within(1e-12));
    }
}
