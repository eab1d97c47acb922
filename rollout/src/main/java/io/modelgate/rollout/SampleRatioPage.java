package io.modelgate.rollout;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The split of the callers between the arms against the weight. Not thread-safe.
 *
 * <p>Source: Lindon and Malek, as {@link BetaMixture}, with the prior Beta(100ρ, 100(1−ρ)) on either side of ρ. A caller stays in its
 * cohort, so the callers of two epochs are the same ones: their e-values must not be multiplied, and each epoch gets its part of α.
 */
final class SampleRatioPage extends Page {

    private static final double WEIGHT = 100;

    private long epoch;
    private double log;
    private long candidate;
    private long stable;

    /** The same with those of the calls under way that it takes for granted. */
    private long came;

    private long others;
    private long candidateUnderWay;
    private long stableUnderWay;

    SampleRatioPage(Guardrail guardrail, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
    }

    @Override
    void begin() {
        epoch++;
        log = 0;
        candidate = 0;
        stable = 0;
        came = 0;
        others = 0;
    }

    private double needed() {
        return 1 / (alpha * Epochs.part(epoch));
    }

    @Override
    void underWay(long ofCandidate, long ofStable) {
        candidateUnderWay = Math.max(ofCandidate, 0);
        stableUnderWay = Math.max(ofStable, 0);
    }

    private static long between(long counted, long wanted, long underWay) {
        return Math.max(counted, Math.min(wanted, counted + underWay));
    }

    @Override
    void look(StepCounts totals) {
        if (!controlArm) {
            return;
        }
        candidate = Math.max(totals.candidate().units(), 0);
        stable = Math.max(totals.stable().units(), 0);
        // A caller is counted once its call is over. Those whose calls are under way came too: of all that they may be,
        // the likeliest.
        double odds = share / (1 - share);
        came = between(candidate, Math.round(stable * odds), candidateUnderWay);
        others = between(stable, Math.round(candidate / odds), stableUnderWay);
        log = new BetaMixture(share, WEIGHT * share, WEIGHT * (1 - share), BetaMixture.Alternative.OTHER)
                .log(came, others);
        regressed |= log >= Math.log(needed());
    }

    @Override
    Evidence evidence() {
        if (!controlArm) {
            return noControlArm();
        }
        long all = candidate + stable;
        String text = Figures.count(candidate) + " of " + Figures.count(all) + " callers got the candidate, expected "
                + Figures.percent(share) + (all == 0 ? "" : ", seen " + Figures.percent((double) candidate / all))
                + "; e = " + Figures.three(Math.exp(log)) + ", needs " + Figures.three(needed())
                + " for a mismatch" + (regressed ? ", which was shown: the routing or the counting is broken" : "");
        return evidence(
                false,
                OptionalDouble.of(Math.min(Math.exp(log), 1e300)),
                OptionalDouble.empty(),
                text,
                Map.of(
                        "candidateCallers", Long.toString(candidate),
                        "stableCallers", Long.toString(stable),
                        "share", Double.toString(share)));
    }

    /** The shares at which this page's own e-value is below what is needed. Its worse side is that on which the candidate's share lies. */
    @Override
    @Nullable
    Band band() {
        if (!controlArm || came + others <= 0) {
            return null;
        }
        Interval at = Inversion.share(came, others, WEIGHT * share, WEIGHT * (1 - share), Math.log(needed()));
        Guardrail.Worse side = came >= share * (came + others) ? Guardrail.Worse.HIGHER : Guardrail.Worse.LOWER;
        return new Band("the candidate's share of the callers", Band.Unit.SHARE, at.low(), at.high(), share, side);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("epoch", epoch);
        into.put("log", Double.toString(log));
        into.put("callers", List.of(candidate, stable));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        epoch = from.count("epoch");
        log = from.number("log");
        long[] callers = from.counts("callers", 2);
        candidate = callers[0];
        stable = callers[1];
        came = candidate;
        others = stable;
    }
}
