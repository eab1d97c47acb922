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

    private static final CreditData DATA = CreditData.split(Story.SEED);
    private static final List<Application> HELD_OUT = DATA.heldOut();
    private static final Encoding ENCODING = new Encoding(DATA.training());
    private static final Models MODELS = Models.train(DATA);

    @Test
    void bothModelsTellTheBadFromTheGood() {
        assertThat(MODELS.v1().auc(HELD_OUT)).isBetween(0.8, 0.9);
        assertThat(MODELS.v2().trees().auc(HELD_OUT)).isBetween(0.8, 0.9);
    }

    @Test
    void trainingAgainMakesTheSameModels() {
        Models again = Models.train(DATA);
        assertThat(again.v1().artefact()).isEqualTo(MODELS.v1().artefact());
        assertThat(again.v2().trees().artefact()).isEqualTo(MODELS.v2().trees().artefact());
    }

    @Test
    void treesScoreAsXgboostDoes() throws XGBoostError {
        assumeXgboostRuns();
        Booster booster = Boosting.booster(DATA.training(), ENCODING);
        BoostedTrees trees = new BoostedTrees(Boosting.dump(booster), ENCODING);
        float[][] expected = booster.predict(Boosting.matrix(HELD_OUT, ENCODING));
        for (int i = 0; i < HELD_OUT.size(); i++) {
            assertThat(trees.probabilityOfBad(HELD_OUT.get(i).applicant())).isCloseTo(expected[i][0], within(1e-5));
        }
    }

    @Test
    void theShippedTreesAreThoseThatXgboostMakes() {
        assumeXgboostRuns();
        BoostedTrees trained = MODELS.v2().trees();
        BoostedTrees shipped = Boosting.shipped(ENCODING);
        for (Application application : HELD_OUT) {
            Applicant applicant = application.applicant();
            assertThat(shipped.probabilityOfBad(applicant))
                    .as("if the encoding or the training changed, ship the new artefact() as v2-trees.txt")
                    .isCloseTo(trained.probabilityOfBad(applicant), within(1e-3));
        }
    }

    private void assumeXgboostRuns() {
        assumeTrue(MODELS.v2().obstacle().isEmpty(), "XGBoost does not run on this machine");
    }

    @Test
    void v3DecidesWronglyWithoutFailing() {
        Scorer v3 = MODELS.v3();
        assertThat(HELD_OUT)
                .allSatisfy(application ->
                        assertThat(v3.probabilityOfBad(application.applicant())).isBetween(0.0, 1.0));
        assertThat(approved(v3)).isLessThan(approved(MODELS.v2().trees()) - 0.2);
    }

    private double approved(Scorer scorer) {
        long approved = HELD_OUT.stream()
                .filter(application ->
                        Decision.of(scorer.probabilityOfBad(application.applicant())) == Decision.APPROVE)
                .count();
        return approved / (double) HELD_OUT.size();
    }

    @Test
    void aLineThatIsNoNodeIsRefused() {
        assertThatThrownBy(() -> new BoostedTrees("0:[f0<1] yes=1,no=2,missing=1\nnonsense\n2:leaf=1", ENCODING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }
}
