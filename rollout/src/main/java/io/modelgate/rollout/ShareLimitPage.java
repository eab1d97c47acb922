package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Latencies;
import java.util.List;
import java.util.Map;

/**
 * An absolute limit on a share of the candidate's calls: those that a rate counts, or those slower than a latency. All of its calls
 * count, also those of callers whom a rule sent. Not thread-safe.
 */
abstract class ShareLimitPage extends EValuePage {

    /** The calls over the limit that a part's calls make up at the limit itself. */
    private static final double EXPECTED = 20;

    private final double limit;
    private final BetaMixture notWorse;
    private Prior prior;
    private BetaMixture worse;
    private long calls;
    private long over;

    private ShareLimitPage(Guardrail guardrail, double limit, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.limit = limit;
        prior = Prior.above(limit);
        worse = mixture();
        // Centred at the limit, and as wide as a single call: it finds any share below soon.
        notWorse = new BetaMixture(limit, 1, (1 - limit) / limit, BetaMixture.Alternative.BELOW);
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
                return " slower than " + Figures.millis(nanos);
            }
        };
    }

    /** The calls over the limit; those that may be or may not be, by the width of a bucket, only if not surely. */
    abstract long over(CallCounts calls, boolean surely);

    abstract String what();

    @Override
    boolean active() {
        return true;
    }

    @Override
    void epoch() {
        calls = 0;
        over = 0;
    }

    @Override
    void part(long lastFirst, long lastSecond) {
        prior = prior.after(lastFirst, lastSecond, limit, 1);
        worse = mixture();
    }

    private BetaMixture mixture() {
        return new BetaMixture(limit, prior.a(), prior.b(), BetaMixture.Alternative.ABOVE);
    }

    @Override
    boolean full(long firstInPart, long secondInPart) {
        return (firstInPart + secondInPart) * limit >= EXPECTED;
    }

    @Override
    void look(StepCounts counts) {
        CallCounts random = counts.candidate().calls();
        CallCounts byRule = counts.byRule();
        calls = Misses.calls(random) + Misses.calls(byRule);
        over = Math.min(over(random, true) + over(byRule, true), calls);
        long maybe = Math.min(over(random, false) + over(byRule, false), calls);
        long first = first(over);
        long second = second(calls - over);
        // What may be over counts as over for "not worse", and shifts the part's calls from the one side to the other.
        long shift = Math.min(maybe - over, second);
        weigh(worse.log(first, second), notWorse.log(first + shift, second - shift), first, second);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("prior", List.of(Double.toString(prior.a()), Double.toString(prior.b())));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        double[] saved = from.numbers("prior", 2);
        prior = new Prior(saved[0], saved[1]);
        if (saved[0] <= 0 || saved[1] <= 0) {
            throw new IllegalArgumentException("prior is " + prior + ": expected numbers above 0");
        }
        worse = mixture();
    }

    @Override
    Evidence evidence() {
        return judged(
                "candidate " + Figures.count(over) + " of " + Figures.count(calls) + " calls" + what() + ", at most "
                        + Figures.percent(limit) + " allowed",
                Map.of("candidate", Long.toString(over), "candidateCalls", Long.toString(calls)));
    }
}
