package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Values;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mean of a metric, against stable's or against an absolute limit. Not thread-safe.
 *
 * <p>The bounds that are compared hold together with probability 1−α, split evenly, and each epoch has its part of α. What shows a
 * regression begins anew after {@value #VALUES} values of the candidate, as an epoch does.
 */
final class MeanPage extends BoundsPage {

    private static final long VALUES = 50_000;

    /** The log(1/α) of each bound is taken for this many bounds. */
    private final int boundsWorse;

    private final int boundsNotWorse;
    private final boolean absolute;
    private final int metric;
    private final MetricRange range;

    private Values candidateSeen = Values.NONE;
    private Values stableSeen = Values.NONE;
    private final EmpiricalBernstein candidateWorse = new EmpiricalBernstein();
    private final EmpiricalBernstein stableWorse = new EmpiricalBernstein();
    private final EmpiricalBernstein candidateNotWorse = new EmpiricalBernstein();
    private final EmpiricalBernstein stableNotWorse = new EmpiricalBernstein();
    private boolean notWorse;

    MeanPage(Guardrail guardrail, int metric, double[] range, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.metric = metric;
        this.range = MetricRange.of(range);
        absolute = guardrail.limit() instanceof Limit.Bound;
        boundsWorse = absolute ? 1 : guardrail.worse() == Worse.EITHER ? 4 : 2;
        boundsNotWorse = absolute ? 1 : 2;
    }

    @Override
    void epochBegan() {
        candidateSeen = Values.NONE;
        stableSeen = Values.NONE;
        candidateNotWorse.restore(new double[EmpiricalBernstein.STATE]);
        stableNotWorse.restore(new double[EmpiricalBernstein.STATE]);
        notWorse = false;
    }

    @Override
    void partBegan() {
        candidateWorse.restore(new double[EmpiricalBernstein.STATE]);
        stableWorse.restore(new double[EmpiricalBernstein.STATE]);
    }

    private double logWorse() {
        return Math.log(boundsWorse / alphaOfPart());
    }

    private double logNotWorse() {
        return Math.log(boundsNotWorse / alphaOfEpoch());
    }

    @Override
    void look(StepCounts totals) {
        if (!absolute && !controlArm) {
            return;
        }
        CallCounts byRule = totals.byRule();
        Values candidate = absolute
                ? values(totals.candidate(), metric).plus(byRule.values(metric))
                : values(totals.candidate(), metric);
        Values stable = absolute ? Values.NONE : values(totals.stable(), metric);
        if (candidate.count() < candidateSeen.count() || stable.count() < stableSeen.count()) {
            candidateSeen =
                    Values.NONE; // a source that has counted labels and no calls does not look new after a restart
            stableSeen = Values.NONE;
        }
        Values newCandidate = candidate.minus(candidateSeen);
        Values newStable = stable.minus(stableSeen);
        candidateSeen = candidate;
        stableSeen = stable;
        candidateWorse.add(newCandidate, logWorse());
        stableWorse.add(newStable, logWorse());
        candidateNotWorse.add(newCandidate, logNotWorse());
        stableNotWorse.add(newStable, logNotWorse());
        judge();
        if (candidateWorse.count() >= VALUES) {
            cut();
        }
    }

    private void judge() {
        Limit limit = guardrail.limit();
        regressed |= range.at(candidateWorse, logWorse())
                .worseThanAllowed(range.at(stableWorse, logWorse()), guardrail.worse(), limit);
        notWorse = range.at(candidateNotWorse, logNotWorse())
                .allowed(range.at(stableNotWorse, logNotWorse()), guardrail.worse(), limit);
    }

    @Override
    Evidence evidence() {
        if (!absolute && !controlArm) {
            return noControlArm();
        }
        Interval candidate = range.at(candidateWorse, logWorse());
        Interval stable = range.at(stableWorse, logWorse());
        String text = "mean of the candidate " + Figures.three(candidate) + " (" + Figures.count(candidateSeen.count())
                + " " + unitInWords() + ")"
                + (absolute
                        ? ""
                        : ", of stable " + Figures.three(stable) + " (" + Figures.count(stableSeen.count()) + ")")
                + found(notWorse);
        Map<String, String> numbers = new HashMap<>();
        numbers.put("candidateLow", Double.toString(candidate.low()));
        numbers.put("candidateHigh", Double.toString(candidate.high()));
        numbers.put("candidateValues", Long.toString(candidateSeen.count()));
        if (!absolute) {
            numbers.put("stableLow", Double.toString(stable.low()));
            numbers.put("stableHigh", Double.toString(stable.high()));
            numbers.put("stableValues", Long.toString(stableSeen.count()));
        }
        return evidence(notWorse, text, numbers);
    }

    /** By the bounds that the finding is made from. */
    @Override
    @Nullable
    Band band() {
        if ((!absolute && !controlArm) || candidateSeen.count() <= 0 || (!absolute && stableSeen.count() <= 0)) {
            return null;
        }
        return new Bands(
                        "mean of " + guardrail.metric(),
                        Band.Unit.NUMBER,
                        guardrail.worse(),
                        guardrail.limit(),
                        range.least() < 0)
                .of(
                        new Bands.Arms(range.at(candidateWorse, logWorse()), range.at(stableWorse, logWorse())),
                        new Bands.Arms(
                                range.at(candidateNotWorse, logNotWorse()), range.at(stableNotWorse, logNotWorse())));
    }

    @Override
    void resume(boolean goesOn) {
        if (!goesOn) {
            candidateSeen = Values.NONE;
            stableSeen = Values.NONE;
        }
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("values", List.of(candidateSeen.count(), stableSeen.count()));
        into.put(
                "sums",
                Numbers.list(candidateSeen.sum(), candidateSeen.squares(), stableSeen.sum(), stableSeen.squares()));
        into.put("candidateWorse", Numbers.list(candidateWorse.state()));
        into.put("stableWorse", Numbers.list(stableWorse.state()));
        into.put("candidateNotWorse", Numbers.list(candidateNotWorse.state()));
        into.put("stableNotWorse", Numbers.list(stableNotWorse.state()));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        long[] values = from.counts("values", 2);
        double[] sums = from.numbers("sums", 4);
        candidateSeen = new Values(values[0], sums[0], sums[1]);
        stableSeen = new Values(values[1], sums[2], sums[3]);
        candidateWorse.restore(from.numbers("candidateWorse", EmpiricalBernstein.STATE));
        stableWorse.restore(from.numbers("stableWorse", EmpiricalBernstein.STATE));
        candidateNotWorse.restore(from.numbers("candidateNotWorse", EmpiricalBernstein.STATE));
        stableNotWorse.restore(from.numbers("stableNotWorse", EmpiricalBernstein.STATE));
        if (absolute || controlArm) {
            judge();
        }
    }
}
