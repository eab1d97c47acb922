package io.modelgate.simulator;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What came of many runs, each figure with its simulation error. Immutable.
 *
 * @param runs how many there were
 * @param rolledBack the share that was rolled back
 * @param falselyRolledBack the share that was rolled back while the candidate was no worse
 * @param missed the share of those with a bad candidate that were not rolled back; unknown for a good candidate
 * @param complete the share that was completed
 * @param undecided the share that was still running or held at the end
 * @param alerted the share in which a person was called because it was held up
 * @param bad the bad answers served until the rollback, or else until the end: the median of all runs
 * @param bad90 the same, the 90 % quantile
 * @param reached the callers that the candidate answered until then: the median of all runs
 * @param toRollback seconds from when the candidate turned bad to the rollback: the median of those rolled back
 * @param toRollback90 the same, the 90 % quantile
 * @param toPromotion seconds from the start to the promotion: the median of those promoted
 * @param other the ends of the second gate's rollout; null if there is none
 * @param heard what those know who heard of the calls
 * @param typical the run in the middle: by how it ended, then by its bad answers, then by its length
 */
record Summary(
        int runs,
        Estimate rolledBack,
        Estimate falselyRolledBack,
        Estimate missed,
        Estimate complete,
        Estimate undecided,
        Estimate alerted,
        Estimate bad,
        Estimate bad90,
        Estimate reached,
        Estimate toRollback,
        Estimate toRollback90,
        Estimate toPromotion,
        @Nullable Ends other,
        Known heard,
        int typical) {

    /**
     * What those know who heard of the calls, medians; unknown if nobody did. Immutable.
     *
     * @param named the callers whom the list names
     * @param answeredBadly how many of them got a bad answer
     * @param recorded the calls that are recorded
     * @param lost the records that are lost
     * @param meanwhile the calls that were made while the sink hung
     */
    record Known(Estimate named, Estimate answeredBadly, Estimate recorded, Estimate lost, Estimate meanwhile) {

        private static Known of(List<Run> runs) {
            List<Run.Listed> lists =
                    runs.stream().map(Run::listed).filter(Objects::nonNull).toList();
            List<Run.Recorded> records =
                    runs.stream().map(Run::recorded).filter(Objects::nonNull).toList();
            return new Known(
                    median(lists, Run.Listed::named),
                    median(lists, Run.Listed::answeredBadly),
                    median(records, Run.Recorded::written),
                    median(records, Run.Recorded::lost),
                    median(records, Run.Recorded::meanwhile));
        }

        private static <T> Estimate median(List<T> all, ToDoubleFunction<T> value) {
            return Estimate.quantile(all.stream().mapToDouble(value).toArray(), 0.5);
        }
    }

    /**
     * How rollouts ended. Immutable.
     *
     * @param rolledBack the share that was rolled back
     * @param complete the share that was completed
     * @param undecided the share that was still running or held at the end
     * @param bad the bad answers served by then: the median
     */
    record Ends(Estimate rolledBack, Estimate complete, Estimate undecided, Estimate bad) {

        private static @Nullable Ends of(List<Run> runs) {
            List<Run> others =
                    runs.stream().map(Run::other).filter(Objects::nonNull).toList();
            return others.isEmpty()
                    ? null
                    : new Ends(
                            share(others, Run::rolledBack),
                            share(others, run -> run.ending() == Ending.COMPLETE),
                            share(others, run -> run.ending() == Ending.UNDECIDED),
                            Estimate.quantile(values(others, run -> true, Run::bad), 0.5));
        }
    }

    static Summary of(List<Run> runs, boolean badCandidate) {
        double[] bad = values(runs, run -> true, Run::bad);
        double[] toRollback = values(runs, Run::rolledBack, run -> seconds(run.toRollback()));
        double[] toPromotion =
                values(runs, run -> run.promoted() != null, run -> seconds(Objects.requireNonNull(run.promoted())));
        return new Summary(
                runs.size(),
                share(runs, Run::rolledBack),
                share(runs, run -> run.falselyRolledBack(badCandidate)),
                badCandidate ? share(runs, run -> !run.rolledBack()) : Estimate.share(0, 0),
                share(runs, run -> run.ending() == Ending.COMPLETE),
                share(runs, run -> run.ending() == Ending.UNDECIDED),
                share(runs, run -> run.alerts() > 0),
                Estimate.quantile(bad, 0.5),
                Estimate.quantile(bad, 0.9),
                Estimate.quantile(values(runs, run -> true, Run::reached), 0.5),
                Estimate.quantile(toRollback, 0.5),
                Estimate.quantile(toRollback, 0.9),
                Estimate.quantile(toPromotion, 0.5),
                Ends.of(runs),
                Known.of(runs),
                typical(runs));
    }

    private static int typical(List<Run> runs) {
        return runs.stream()
                .sorted(Comparator.comparing(Run::ending)
                        .thenComparingLong(Run::bad)
                        .thenComparing(Run::length)
                        .thenComparingInt(Run::number))
                .skip((runs.size() - 1) / 2)
                .findFirst()
                .orElseThrow()
                .number();
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static Estimate share(List<Run> runs, Predicate<Run> of) {
        return Estimate.share(runs.stream().filter(of).count(), runs.size());
    }

    private static double[] values(List<Run> runs, Predicate<Run> of, ToDoubleFunction<Run> value) {
        return runs.stream().filter(of).mapToDouble(value).toArray();
    }
}
