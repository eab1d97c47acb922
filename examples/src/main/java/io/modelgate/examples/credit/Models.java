package io.modelgate.examples.credit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The trained models.
 *
 * @param v1 logistic regression
 * @param v2 boosted trees
 */
record Models(LogisticRegression v1, Boosting.Trained v2) {

    /** Trains both; every process that does so on one machine gets the same models. */
    static Models train(CreditData data) {
        Encoding encoding = new Encoding(data.training());
        return new Models(
                LogisticRegression.train(data.training(), encoding), Boosting.train(data.training(), encoding));
    }

    /**
     * The model v3: the trees of v2 behind new serving code, which takes the income per week where the training had it per month.
     * Nothing throws, every score is a probability, and the decisions are wrong.
     */
    Scorer v3() {
        return applicant -> v2.trees().probabilityOfBad(applicant.income(applicant.income() * 12 / 52));
    }

    /**
     * The model v4: the scores of v2, made stricter with those who rent and laxer with all others, so that it approves as many. On
     * average nothing has changed.
     */
    Scorer v4() {
        return applicant -> {
            double bad = v2.trees().probabilityOfBad(applicant);
            return applicant.home().equals("rent") ? Math.min(1, 2.2 * bad) : 0.84 * bad;
        };
    }

    /** The SHA-256 of an artefact, by which a gate tells that a version is the same one everywhere. */
    static String digest(String artefact) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(artefact.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
