package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Latencies;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An absolute limit on a share of the candidate's calls: those that a rate counts, or those slower than a latency. All of its calls
 * count, also those of callers whom a rule sent. Not thread-safe.
 */
abstract class ShareLimitPage extends EValuePage {

    /** The calls over the limit that a part's calls make up at the limit itself. */
    private static final double EXPECTED = 5;

    private static final String SHARE = "share of calls";

    private final double limit;
    private final BetaMixture notWorse;
    private Prior epochPrior;
    private Prior partPrior;
    private BetaMixture epoch;
    private BetaMixture part;
    private long calls;
    private long over;
    private long maybe;

    private ShareLimitPage(Guardrail guardrail, double limit, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.limit = limit;
        epochPrior = Prior.above(limit);
        partPrior = Prior.above(limit);
        epoch = mixture(epochPrior);
        part = mixture(partPrior);
        // Centred at the limit, and as wide as a single call: it finds any share below soon.
        notWorse = below(limit);
    }

    private static BetaMixture below(double share) {
        return new BetaMixture(share, 1, (1 - share) / share, BetaMixture.Alternative.BELOW);
    }

    /** The page of a rate's absolute limit. */
    static ShareLimitPage of(Guardrail guardrail, Rate rate, double limit, double alpha, double promotionAlpha) {
        return new ShareLimitPage(guardrail, limit, alpha, promotionAlpha) {
            @Override
            long over(CallCounts calls, boolean surely) {
                return Misses.of(rate, calls);
            }

            @Override
            String what() {
                return "";
            }

            @Override
            String quantity() {
                return RateText.band(rate, SHARE);
            }
        };
    }

    /** The page of a latency's absolute limit: at most 1−q of the calls are slower, and one that never came back is. */
    static ShareLimitPage slowerThan(
            Guardrail guardrail, double seconds, double quantile, double alpha, double promotionAlpha) {
        long nanos = (long) Math.min(seconds * 1e9, Long.MAX_VALUE);
        return new ShareLimitPage(guardrail, 1 - quantile, alpha, promotionAlpha) {
            @Override
            long over(CallCounts calls, boolean surely) {
                Latencies latencies = calls.latencies();
                return Misses.of(calls) + (surely ? latencies.surelyAbove(nanos) : latencies.maybeAbove(nanos));
            }

            @Override
            String what() {
                return " slower than " + Figures.millis((double) nanos);
            }

            @Override
            String quantity() {
                return "slower than " + Figures.millis((double) nanos) + ", " + SHARE;
            }
        };
    }

    /** The calls over the limit; those that may be or may not be, by the width of a bucket, only if not surely. */
    abstract long over(CallCounts calls, boolean surely);

    abstract String what();

    abstract String quantity();

    @Override
    boolean active() {
        return true;
    }

    @Override
    void epoch(long lastFirst, long lastSecond) {
        calls = 0;
        over = 0;
        maybe = 0;
        epochPrior = epochPrior.after(lastFirst, lastSecond, limit, 1);
        epoch = mixture(epochPrior);
    }

    @Override
    void part(long lastFirst, long lastSecond) {
        partPrior = partPrior.after(lastFirst, lastSecond, limit, 1);
        part = mixture(partPrior);
    }

    private BetaMixture mixture(Prior prior) {
        return above(limit, prior);
    }

    private static BetaMixture above(double share, Prior prior) {
        return new BetaMixture(share, prior.a(), prior.b(), BetaMixture.Alternative.ABOVE);
    }

    @Override
    boolean full(long firstInPart, long secondInPart) {
        return (firstInPart + secondInPart) * limit >= EXPECTED;
    }

    @Override
    void look(StepCounts counts) {
        totals(counts);
        long rest = calls - over;
        weigh(
                epoch.log(over, rest),
                part.log(firstInPart(over), secondInPart(rest)),
                notWorse.log(maybe, calls - maybe),
                over,
                rest);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("epochPrior", epochPrior.write());
        into.put("partPrior", partPrior.write());
    }

    @Override
    void read(Saved from) {
        super.read(from);
        epochPrior = Prior.read(from, "epochPrior");
        partPrior = Prior.read(from, "partPrior");
        epoch = mixture(epochPrior);
        part = mixture(partPrior);
    }

    @Override
    void totals(StepCounts totals) {
        CallCounts random = totals.candidate().calls();
        CallCounts byRule = totals.byRule();
        calls = Misses.calls(random) + Misses.calls(byRule);
        over = Math.min(over(random, true) + over(byRule, true), calls);
        maybe = Math.min(over(random, false) + over(byRule, false), calls);
    }

    @Override
    Evidence evidence() {
        return judged(
                "candidate " + Figures.count(over) + " of " + Figures.count(calls) + " calls" + what() + ", at most "
                        + Figures.percent(limit) + " allowed",
                Map.of("candidate", Long.toString(over), "candidateCalls", Long.toString(calls)));
    }

    /** The shares at which this page's own e-value for the epoch, with that share in place of the limit, is below what is needed. */
    @Override
    @Nullable
    Band band() {
        if (calls <= 0) {
            return null;
        }
        double seen = (double) over / calls;
        double low = over == 0
                ? 0
                : Inversion.edge(
                        share -> above(share, Prior.above(share)).log(over, calls - over),
                        seen / 1e6,
                        seen,
                        logWorse());
        double maybeSeen = (double) maybe / calls;
        double high = maybe == calls
                ? 1
                : Inversion.edge(share -> below(share).log(maybe, calls - maybe), 1 - 1e-9, maybeSeen, logNotWorse());
        return new Band(quantity(), Band.Unit.SHARE, low, high, limit, Guardrail.Worse.HIGHER);
    }
}
