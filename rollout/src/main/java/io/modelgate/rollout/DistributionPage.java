package io.modelgate.rollout;

import io.modelgate.Bins;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a metric's values are spread, against stable's. Not thread-safe.
 *
 * <p>The bounds of the two arms hold together with probability 1−α, α/2 each, and each epoch has its part of α. What shows a regression
 * begins anew after {@value #VALUES} values of the candidate, as an epoch does.
 */
final class DistributionPage extends BoundsPage {

    private static final long VALUES = 50_000;

    private final int metric;
    private final double margin;

    private Bins candidateSeen = Bins.NONE;
    private Bins stableSeen = Bins.NONE;

    /** Of this epoch, and of its part. */
    private Bins candidate = Bins.NONE;

    private Bins stable = Bins.NONE;
    private Bins candidatePart = Bins.NONE;
    private Bins stablePart = Bins.NONE;

    DistributionPage(Guardrail guardrail, int metric, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.metric = metric;
        margin = ((Limit.Absolute) guardrail.limit()).points();
    }

    @Override
    void epochBegan() {
        candidateSeen = Bins.NONE;
        stableSeen = Bins.NONE;
        candidate = Bins.NONE;
        stable = Bins.NONE;
    }

    @Override
    void partBegan() {
        candidatePart = Bins.NONE;
        stablePart = Bins.NONE;
    }

    private Bins of(ArmCounts arm) {
        return calls(arm).bins(metric);
    }

    @Override
    void look(StepCounts totals) {
        if (!controlArm) {
            return;
        }
        Bins newCandidate = added(candidateSeen, of(totals.candidate()));
        Bins newStable = added(stableSeen, of(totals.stable()));
        candidateSeen = of(totals.candidate());
        stableSeen = of(totals.stable());
        candidate = candidate.plus(newCandidate);
        stable = stable.plus(newStable);
        candidatePart = candidatePart.plus(newCandidate);
        stablePart = stablePart.plus(newStable);
        regressed |= forWorse().low() > margin;
        if (candidatePart.count() >= VALUES) {
            cut();
        }
    }

    /** Counts that became fewer are nonsense, and no data. */
    private static Bins added(Bins before, Bins now) {
        Bins added = now.minus(before);
        for (int bin = 0; bin < Bins.COUNT; bin++) {
            if (added.at(bin) < 0) {
                return Bins.NONE;
            }
        }
        return added;
    }

    private Interval forWorse() {
        return Distance.of(candidatePart, stablePart, alphaOfPart());
    }

    private Interval forNotWorse() {
        return Distance.of(candidate, stable, alphaOfEpoch());
    }

    private boolean notWorse() {
        return forNotWorse().high() < margin;
    }

    @Override
    Evidence evidence() {
        if (!controlArm) {
            return noControlArm();
        }
        Interval distance = forWorse();
        boolean notWorse = notWorse();
        String text = "the distributions of " + guardrail.metric() + " are " + Figures.three(distance)
                + " apart (candidate " + Figures.count(candidatePart.count()) + " " + unitInWords()
                + ", stable " + Figures.count(stablePart.count()) + "), at most " + Figures.three(margin) + " allowed"
                + found(notWorse);
        return evidence(
                notWorse,
                text,
                Map.of(
                        "low", Double.toString(distance.low()),
                        "high", Double.toString(distance.high()),
                        "candidateValues", Long.toString(candidate.count()),
                        "stableValues", Long.toString(stable.count())));
    }

    /** By the bounds that the finding is made from. */
    @Override
    @Nullable
    Band band() {
        if (!controlArm || candidate.count() <= 0 || stable.count() <= 0) {
            return null;
        }
        return Bands.of(
                "distance of the distributions of " + guardrail.metric(),
                Band.Unit.NUMBER,
                forWorse().low(),
                Math.max(forNotWorse().high(), forWorse().low()),
                margin,
                Worse.HIGHER,
                1);
    }

    @Override
    void resume(boolean goesOn) {
        if (!goesOn) {
            candidateSeen = Bins.NONE;
            stableSeen = Bins.NONE;
        }
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put(
                "bins",
                List.of(
                        Numbers.list(candidateSeen.counts()),
                        Numbers.list(stableSeen.counts()),
                        Numbers.list(candidate.counts()),
                        Numbers.list(stable.counts()),
                        Numbers.list(candidatePart.counts()),
                        Numbers.list(stablePart.counts())));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        List<?> bins = from.list("bins");
        if (bins.size() != 6) {
            throw new IllegalArgumentException("bins are " + bins.size() + ": expected 6");
        }
        candidateSeen = bins(bins.get(0));
        stableSeen = bins(bins.get(1));
        candidate = bins(bins.get(2));
        stable = bins(bins.get(3));
        candidatePart = bins(bins.get(4));
        stablePart = bins(bins.get(5));
    }

    private static Bins bins(@Nullable Object saved) {
        return Bins.of(new Saved(Map.of("bins", saved == null ? List.of() : saved)).counts("bins", Bins.COUNT));
    }
}
