package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Latencies;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A quantile of the latency against stable's. A call without a usable answer took for ever. Not thread-safe.
 *
 * <p>The bounds of the two arms hold together with probability 1−α, α/2 each, and each epoch has its part of α. What shows a regression
 * begins anew after {@value #CALLS} calls of the candidate, as an epoch does: a candidate that becomes slow late is found by its late calls.
 */
final class LatencyPage extends BoundsPage {

    private static final long CALLS = 50_000;

    private final RankBounds candidateWorse;
    private final RankBounds stableWorse;
    private final RankBounds candidateNotWorse;
    private final RankBounds stableNotWorse;

    private CallCounts candidate = CallCounts.NONE;
    private CallCounts stable = CallCounts.NONE;
    private CallCounts candidateBefore = CallCounts.NONE;
    private CallCounts stableBefore = CallCounts.NONE;
    private Interval candidateAt = Interval.ANYWHERE;
    private Interval stableAt = Interval.ANYWHERE;
    private Bands.Arms forNotWorse = new Bands.Arms(Interval.ANYWHERE, Interval.ANYWHERE);
    private boolean notWorse;

    LatencyPage(Guardrail guardrail, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        candidateWorse = new RankBounds(guardrail.quantile());
        stableWorse = new RankBounds(guardrail.quantile());
        candidateNotWorse = new RankBounds(guardrail.quantile());
        stableNotWorse = new RankBounds(guardrail.quantile());
    }

    @Override
    void epochBegan() {
        candidate = CallCounts.NONE;
        stable = CallCounts.NONE;
        candidateBefore = CallCounts.NONE;
        stableBefore = CallCounts.NONE;
        candidateAt = Interval.ANYWHERE;
        stableAt = Interval.ANYWHERE;
        forNotWorse = new Bands.Arms(Interval.ANYWHERE, Interval.ANYWHERE);
        notWorse = false;
    }

    @Override
    void partBegan() {
        candidateBefore = candidate;
        stableBefore = stable;
    }

    @Override
    void look(StepCounts totals) {
        if (!controlArm) {
            return;
        }
        totals(totals);
        if (Misses.calls(candidate) - Misses.calls(candidateBefore) >= CALLS) {
            cut();
        }
    }

    private void judge() {
        double logWorse = Math.log(2 / alphaOfPart());
        candidateAt = at(candidateWorse, candidate, candidateBefore, logWorse);
        stableAt = at(stableWorse, stable, stableBefore, logWorse);
        // The limit of a latency is in seconds, its buckets in nanoseconds.
        Guardrail.Limit limit = guardrail.limit() instanceof Guardrail.Limit.Absolute absolute
                ? new Guardrail.Limit.Absolute(absolute.points() * 1e9)
                : guardrail.limit();
        regressed |= candidateAt.worseThanAllowed(stableAt, guardrail.worse(), limit);
        double logNotWorse = Math.log(2 / alphaOfEpoch());
        forNotWorse = new Bands.Arms(
                at(candidateNotWorse, candidate, CallCounts.NONE, logNotWorse),
                at(stableNotWorse, stable, CallCounts.NONE, logNotWorse));
        notWorse = forNotWorse.candidate().allowed(forNotWorse.stable(), guardrail.worse(), limit);
    }

    private static Interval at(RankBounds bounds, CallCounts calls, CallCounts before, double logNeeded) {
        Latencies latencies =
                before.calls() == 0 ? calls.latencies() : calls.latencies().minus(before.latencies());
        long n = latencies.count() + Misses.of(calls) - Misses.of(before);
        long low = bounds.atLeast(n, logNeeded);
        long high = bounds.atMost(n, logNeeded);
        return new Interval(
                low < 1 ? 0 : latencies.notBefore(low), high > n ? Double.POSITIVE_INFINITY : latencies.notAfter(high));
    }

    @Override
    Evidence evidence() {
        if (!controlArm) {
            return noControlArm();
        }
        String text = quantile() + " of the candidate " + text(candidateAt) + " ("
                + Figures.count(Misses.calls(candidate))
                + " " + unitInWords() + ", "
                + Figures.count(Misses.of(candidate)) + " without an answer), of stable " + text(stableAt) + " ("
                + Figures.count(Misses.calls(stable)) + ", " + Figures.count(Misses.of(stable)) + ")"
                + found(notWorse);
        return evidence(
                notWorse,
                text,
                Map.of(
                        "candidateLowNanos", Double.toString(candidateAt.low()),
                        "candidateHighNanos", Double.toString(candidateAt.high()),
                        "stableLowNanos", Double.toString(stableAt.low()),
                        "stableHighNanos", Double.toString(stableAt.high()),
                        "candidateCalls", Long.toString(Misses.calls(candidate)),
                        "stableCalls", Long.toString(Misses.calls(stable))));
    }

    /** By the bounds that the finding is made from; in seconds. */
    @Override
    @Nullable
    Band band() {
        return !controlArm
                ? null
                : new Bands(
                                quantile() + " of the latency",
                                Band.Unit.SECONDS,
                                guardrail.worse(),
                                guardrail.limit(),
                                false)
                        .of(
                                new Bands.Arms(seconds(candidateAt), seconds(stableAt)),
                                new Bands.Arms(seconds(forNotWorse.candidate()), seconds(forNotWorse.stable())));
    }

    private String quantile() {
        return "p" + Figures.three(guardrail.quantile() * 100);
    }

    private static Interval seconds(Interval nanos) {
        return new Interval(nanos.low() / 1e9, nanos.high() / 1e9);
    }

    private static String text(Interval at) {
        return Double.isInfinite(at.high())
                ? "at least " + Figures.millis(at.low())
                : Figures.millis(at.low()) + " to " + Figures.millis(at.high());
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("candidateBefore", SavedCounts.write(candidateBefore, true));
        into.put("stableBefore", SavedCounts.write(stableBefore, true));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        candidateBefore = SavedCounts.read(from.in("candidateBefore"));
        stableBefore = SavedCounts.read(from.in("stableBefore"));
    }

    @Override
    void totals(StepCounts totals) {
        candidate = calls(totals.candidate());
        stable = calls(totals.stable());
        if (controlArm) {
            judge();
        }
    }
}
