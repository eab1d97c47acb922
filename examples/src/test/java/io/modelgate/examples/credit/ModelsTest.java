package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.Test;

class ModelsTest {

    private final CreditData data = CreditData.split(Story.SEED);
    private final List<Application> heldOut = data.heldOut();
    private final Encoding encoding = new Encoding(data.training());
    private final Models models = Models.train(data);

    @Test
    void bothModelsTellTheBadFromTheGood() {
        assertThat(models.v1().auc(heldOut)).isBetween(0.8, 0.9);
        assertThat(models.v2().trees().auc(heldOut)).isBetween(0.8, 0.9);
    }

    @Test
    void trainingAgainMakesTheSameModels() {
        Models again = Models.train(data);
        assertThat(again.v1().artefact()).isEqualTo(models.v1().artefact());
        assertThat(again.v2().trees().artefact()).isEqualTo(models.v2().trees().artefact());
    }

    @Test
    void treesScoreAsXgboostDoes() throws XGBoostError {
        assumeXgboostRuns();
        Booster booster = Boosting.booster(data.training(), encoding);
        BoostedTrees trees = new BoostedTrees(Boosting.dump(booster), encoding);
        float[][] expected = booster.predict(Boosting.matrix(heldOut, encoding));
        for (int i = 0; i < heldOut.size(); i++) {
            assertThat(trees.probabilityOfBad(heldOut.get(i).applicant())).isCloseTo(expected[i][0], within(1e-5));
        }
    }

    @Test
    void theShippedTreesAreThoseThatXgboostMakes() {
        assumeXgboostRuns();
        BoostedTrees trained = models.v2().trees();
        BoostedTrees shipped = Boosting.shipped(encoding);
        for (Application application : heldOut) {
            Applicant applicant = application.applicant();
            assertThat(shipped.probabilityOfBad(applicant))
                    .isCloseTo(trained.probabilityOfBad(applicant), within(1e-3));
        }
    }

    private void assumeXgboostRuns() {
        assumeTrue(models.v2().obstacle().isEmpty(), "XGBoost does not run on this machine");
    }

    @Test
    void v3DecidesWronglyWithoutFailing() {
        Scorer v3 = models.v3();
        assertThat(heldOut)
                .allSatisfy(application ->
                        assertThat(v3.probabilityOfBad(application.applicant())).isBetween(0.0, 1.0));
        assertThat(approved(v3)).isLessThan(approved(models.v2().trees()) - 0.2);
    }

    private double approved(Scorer scorer) {
        long approved = heldOut.stream()
                .filter(application ->
                        Decision.of(scorer.probabilityOfBad(application.applicant())) == Decision.APPROVE)
                .count();
        return approved / (double) heldOut.size();
    }

    @Test
    void aLineThatIsNoNodeIsRefused() {
        assertThatThrownBy(() -> new BoostedTrees("0:[f0<1] yes=1,no=2,missing=1\nnonsense\n2:leaf=1", encoding))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }
}
