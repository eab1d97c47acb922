package io.modelgate.rollout;

import io.modelgate.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a shadow's calls came to in this process, for a person. Immutable, but for the inputs and answers in it where they are kept.
 *
 * @param rollout the rollout's id
 * @param candidate the version that was asked as a shadow
 * @param baseline the version whose answers the callers got
 * @param running whether calls are still mirrored
 * @param sampled how many calls were to be mirrored: those dropped, refused, compared here and not compared, and those under way
 * @param dropped how many of them were not, because too many waited or the shadow ended meanwhile
 * @param refused how many of them the candidate was not asked for, by cause: these are not compared
 * @param failed how many of them the candidate had no usable answer to, by cause: these do not agree
 * @param uncompared how many of them were not compared because a function of the user's threw: one that compares, digests or reads a metric
 * @param compared how many were compared, failed ones included; with what the checkpoint of an earlier process of this name says
 * @param agreed how many of those agreed
 * @param callers of how many callers that have a key the first call that the candidate was asked was compared, told apart by 400,000 units; an earlier process
 *     may have met the same ones
 * @param callersAgreed of how many of them it agreed, which is what is evidence
 * @param atLeast the lower bound of the confidence sequence for the rate of agreement by callers, 0 to 1; it holds at every look, at the policy's
 *     {@code promotionAlpha} divided by its {@code processes}
 * @param atMost the upper bound, 0 to 1
 * @param needed what the policy asks {@code atLeast} to reach
 * @param differences how far the candidate's numbers were from stable's, by metric of the gate, and as {@code answer} where answers are
 *     numbers themselves; since this process started
 * @param worst the disagreements with the largest differences, at most 50, the largest first and those without a number last, the latest of
 *     them first; since this process started
 */
public record ShadowReport(
        String rollout,
        String candidate,
        String baseline,
        boolean running,
        long sampled,
        long dropped,
        Map<Cause, Long> refused,
        Map<Cause, Long> failed,
        long uncompared,
        long compared,
        long agreed,
        long callers,
        long callersAgreed,
        double atLeast,
        double atMost,
        double needed,
        List<Difference> differences,
        List<Disagreement> worst) {

    /** Copies the collections. */
    public ShadowReport {
        refused = Map.copyOf(refused);
        failed = Map.copyOf(failed);
        differences = List.copyOf(differences);
        worst = List.copyOf(worst);
    }

    /** The share of {@code callers} that agreed; empty while there is none. */
    public OptionalDouble agreement() {
        return callers == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) callersAgreed / callers);
    }

    /**
     * How far the candidate's number was from stable's, in the number's units.
     *
     * @param of the metric's name, or {@code answer}
     * @param count in how many calls both had one
     * @param mean the mean of the candidate's less stable's
     * @param p50 the distance that half of them had at most, of a random sample of 1,024
     * @param p90 the same for nine in ten
     * @param p99 the same for 99 in a hundred
     * @param most the largest distance of all
     */
    public record Difference(String of, long count, double mean, double p50, double p90, double p99, double most) {}

    /**
     * Two answers that did not agree. The digests are keyed, so that nobody can guess what is behind them without the secret of the
     * control log; equal ones are of equal texts. A decision record has the same one where its bytes are this text in UTF-8.
     *
     * @param at when the call began
     * @param difference how far apart: of the metric that the policy judges by, in its units; or else the largest of all metrics, each as a share of its
     *     range; or else of answers that are numbers; null where there is no number
     * @param failed why the candidate had no usable answer; null if it had one
     * @param input the digest of what was asked
     * @param stable the digest of what the caller got
     * @param shadow the digest of the candidate's answer; null if it failed
     * @param kept the input and both answers; null unless the user allows it
     */
    public record Disagreement(
            Instant at,
            @Nullable Double difference,
            @Nullable Cause failed,
            String input,
            String stable,
            @Nullable String shadow,
            @Nullable Kept kept) {}

    /**
     * What was asked and answered.
     *
     * @param input what was asked
     * @param stable what the caller got
     * @param shadow the candidate's answer; null if it failed
     */
    public record Kept(
            Object input, Object stable, @Nullable Object shadow) {}
}
