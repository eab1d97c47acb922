package io.modelgate.rollout;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rate against stable's, by a relative margin: of all that went wrong, how much came from the candidate. Not thread-safe.
 *
 * <p>Given that something went wrong it was the candidate's with probability θ. If the candidate's rate is 1+m times stable's, and its
 * share of the callers ρ, then {@code θ0 = ρ(1+m) / (ρ(1+m) + 1−ρ)}. The calls themselves need not be counted.
 */
final class RatePage extends EValuePage {

    /** The events of the smaller kind in a part at θ0. Good evidence is then worth little, and a bad event soon undoes it. */
    private static final double EXPECTED = 5;

    /** The weight of either kind of miss in a prior that favours no ratio: Jeffreys'. */
    private static final double EVEN = 0.5;

    private final double margin;
    private final Rate rate;

    /** The candidate's share in the epoch before; 0 before the first with a control arm. */
    private double before;

    private double change;
    private Prior epochPrior = new Prior(1, 1);
    private Prior partPrior = new Prior(1, 1);
    private @Nullable BetaMixture epoch;
    private @Nullable BetaMixture part;
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
        return theta(1 + margin);
    }

    /** The candidate's share of the misses if its rate is so many times stable's. */
    private double theta(double times) {
        double odds = share * times;
        return odds / (odds + 1 - share);
    }

    @Override
    void epoch(long lastFirst, long lastSecond) {
        totals = StepCounts.NONE;
        if (controlArm) {
            // As bad as it was, at another weight: the odds change by as much as the weight's.
            change = before > 0 ? (1 - before) / before * share / (1 - share) : 1;
            before = share;
            epochPrior = epochPrior.after(lastFirst, lastSecond, theta(), change);
        }
    }

    @Override
    void part(long lastFirst, long lastSecond) {
        if (controlArm) {
            partPrior = partPrior.after(lastFirst, lastSecond, theta(), change);
            change = 1;
            mixtures();
        }
    }

    @Override
    boolean full(long firstInPart, long secondInPart) {
        double theta = theta();
        return (firstInPart + secondInPart) * Math.min(theta, 1 - theta) >= EXPECTED;
    }

    /**
     * To be shown not worse, a candidate is bet to be as good as stable, give or take half the margin: a flat prior would need several
     * times the events.
     */
    private void mixtures() {
        double theta = theta();
        epoch = above(theta, epochPrior);
        part = above(theta, partPrior);
        notWorse = below(theta);
    }

    private BetaMixture below(double theta) {
        double deviation = Math.max(theta() - share, 0.05 * share * (1 - share)) / 2;
        double weight = share * (1 - share) / (deviation * deviation);
        return new BetaMixture(theta, weight * share, weight * (1 - share), BetaMixture.Alternative.BELOW);
    }

    private static BetaMixture above(double theta, Prior prior) {
        return new BetaMixture(theta, prior.a(), prior.b(), BetaMixture.Alternative.ABOVE);
    }

    @Override
    void look(StepCounts counts) {
        BetaMixture ofEpoch = epoch;
        BetaMixture ofPart = part;
        BetaMixture inFavour = notWorse;
        if (!controlArm || ofEpoch == null || ofPart == null || inFavour == null) {
            return;
        }
        long candidate = Misses.of(rate, counts.candidate(), guardrail.unit());
        long stable = Misses.of(rate, counts.stable(), guardrail.unit());
        weigh(
                ofEpoch.log(candidate, stable),
                ofPart.log(firstInPart(candidate), secondInPart(stable)),
                inFavour.log(candidate, stable),
                candidate,
                stable);
        totals = counts;
    }

    @Override
    void totals(StepCounts counts) {
        totals = counts;
    }

    @Override
    Evidence evidence() {
        return compared(rate, totals, "at most " + Figures.percent(margin) + " more allowed");
    }

    /**
     * The ratio of the rates: those at which this page's own e-value for the epoch, with that ratio in place of the margin, is below what
     * is needed. Half of the bet on a ratio below is on any.
     */
    @Override
    @Nullable
    Band band() {
        if (!controlArm
                || Misses.calls(totals.candidate().calls()) <= 0
                || Misses.calls(totals.stable().calls()) <= 0) {
            return null;
        }
        long candidate = Misses.of(rate, totals.candidate(), guardrail.unit());
        long stable = Misses.of(rate, totals.stable(), guardrail.unit());
        double most = Bands.REACH * (1 + margin);
        double seen = stable > 0 ? candidate / (double) stable * (1 - share) / share : candidate > 0 ? most : 1;
        double in = Math.min(seen, most);
        double low = candidate == 0
                ? 0
                : Inversion.edge(
                        times -> above(theta(times), Prior.above(theta(times))).log(candidate, stable),
                        in / 1e6,
                        in,
                        logWorse());
        double high = Inversion.edge(
                times -> Inversion.half(
                        below(theta(times)).log(candidate, stable),
                        new BetaMixture(theta(times), EVEN, EVEN, BetaMixture.Alternative.BELOW)
                                .log(candidate, stable)),
                most,
                in,
                logNotWorse());
        return new Band(
                RateText.band(rate, "times stable's"), Band.Unit.RATIO, low, high, 1 + margin, Guardrail.Worse.HIGHER);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("epochPrior", epochPrior.write());
        into.put("partPrior", partPrior.write());
        into.put("before", Double.toString(before));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        epochPrior = Prior.read(from, "epochPrior");
        partPrior = Prior.read(from, "partPrior");
        before = from.positive("before");
        if (before >= 1) {
            throw new IllegalArgumentException("before is " + before + ": expected a share below 1");
        }
        change = 1;
        if (controlArm) {
            mixtures();
        }
    }
}
