package io.modelgate.rollout;

import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rate against stable's, by a relative margin: of all that went wrong, how much came from the candidate. Not thread-safe.
 *
 * <p>Given that something went wrong it was the candidate's with probability θ. If the candidate's rate is 1+m times stable's, and its
 * share of the callers ρ, then {@code θ0 = ρ(1+m) / (ρ(1+m) + 1−ρ)}. The calls themselves need not be counted.
 */
final class RatePage extends EValuePage {

    private final double margin;
    private final Rate rate;

    /** The candidate's share when the part began; 0 before the first part. */
    private double partShare;

    private Prior prior = new Prior(1, 1);
    private @Nullable BetaMixture worse;
    private @Nullable BetaMixture notWorse;
    private StepCounts totals = StepCounts.NONE;

    RatePage(Guardrail guardrail, Rate rate, double margin, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.rate = rate;
        this.margin = margin;
    }

    @Override
    boolean active() {
        return controlArm;
    }

    private double theta() {
        double odds = share * (1 + margin);
        return odds / (odds + 1 - share);
    }

    @Override
    void epoch() {
        totals = StepCounts.NONE;
    }

    @Override
    void part(long lastFirst, long lastSecond) {
        // As bad as it was, at another weight: the odds change by as much as the weight's.
        double change = (1 - partShare) / partShare * share / (1 - share);
        prior = partShare > 0 ? prior.after(lastFirst, lastSecond, theta(), change) : Prior.above(theta());
        partShare = share;
        mixtures();
    }

    /**
     * To be shown not worse, a candidate is bet to be as good as stable, give or take half the margin: a flat prior would need several
     * times the events.
     */
    private void mixtures() {
        double theta = theta();
        worse = new BetaMixture(theta, prior.a(), prior.b(), BetaMixture.Alternative.ABOVE);
        double deviation = Math.max(theta - share, 0.05 * share * (1 - share)) / 2;
        double weight = share * (1 - share) / (deviation * deviation);
        notWorse = new BetaMixture(theta, weight * share, weight * (1 - share), BetaMixture.Alternative.BELOW);
    }

    @Override
    void look(StepCounts counts) {
        BetaMixture against = worse;
        BetaMixture inFavour = notWorse;
        if (!controlArm || against == null || inFavour == null) {
            return;
        }
        long candidate = first(Misses.of(rate, counts.candidate(), guardrail.unit()));
        long stable = second(Misses.of(rate, counts.stable(), guardrail.unit()));
        weigh(against.log(candidate, stable), inFavour.log(candidate, stable), candidate, stable);
        totals = counts;
    }

    @Override
    void totals(StepCounts counts) {
        totals = counts;
    }

    @Override
    Evidence evidence() {
        if (!controlArm) {
            return noControlArm();
        }
        long candidate = Misses.of(rate, totals.candidate(), guardrail.unit());
        long stable = Misses.of(rate, totals.stable(), guardrail.unit());
        return judged(
                RateText.compared(guardrail, totals, candidate, stable)
                        + ", at most "
                        + Figures.percent(margin)
                        + " more allowed",
                RateText.numbers(totals, candidate, stable, share));
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put(
                "prior",
                Stream.of(prior.a(), prior.b(), partShare).map(String::valueOf).toList());
    }

    @Override
    void read(Saved from) {
        super.read(from);
        double[] saved = from.numbers("prior", 3);
        prior = new Prior(saved[0], saved[1]);
        partShare = saved[2];
        if (saved[0] <= 0 || saved[1] <= 0 || partShare < 0 || partShare >= 1) {
            throw new IllegalArgumentException("prior is " + prior + " at " + partShare + ": expected numbers above 0");
        }
        if (controlArm) {
            mixtures();
        }
    }
}
