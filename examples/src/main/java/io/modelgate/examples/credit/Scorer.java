package io.modelgate.examples.credit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A trained model: the probability that a loan ends badly. Thread-safe. */
@FunctionalInterface
interface Scorer {

    /** The probability, 0 to 1, that this applicant's loan is not paid back. */
    double probabilityOfBad(Applicant applicant);

    /**
     * How well it tells the bad from the good: the probability that a random bad application gets a higher score than a random
     * good one (area under the ROC curve); 0.5 is a coin.
     */
    default double auc(List<Application> applications) {
        record Scored(double score, boolean bad) {}
        List<Scored> scored = new ArrayList<>();
        for (Application application : applications) {
            scored.add(new Scored(probabilityOfBad(application.applicant()), application.bad()));
        }
        scored.sort(Comparator.comparingDouble(Scored::score));
        double ranksOfBad = 0;
        long bad = 0;
        for (int from = 0; from < scored.size(); ) {
            int to = from;
            long badTies = 0;
            while (to < scored.size() && scored.get(to).score == scored.get(from).score) {
                badTies += scored.get(to++).bad ? 1 : 0;
            }
            ranksOfBad += badTies * (from + 1 + to) / 2.0;
            bad += badTies;
            from = to;
        }
        long good = scored.size() - bad;
        return (ranksOfBad - bad * (bad + 1) / 2.0) / ((double) bad * good);
    }
}
