package io.modelgate.rollout;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rate against stable's, by an absolute margin. Not thread-safe. */
final class RateMarginPage extends EValuePage {

    /** The misses that a part's calls make up at the margin alone. Good evidence is then worth some nats, which a bad one soon undoes. */
    private static final double EXPECTED = 5;

    private final Rate rate;
    private final double margin;

    private Blocks epoch = new Blocks(true);
    private Blocks part = new Blocks(true);
    private Blocks notWorse = new Blocks(false);

    /** The epoch's totals at the end of the last block: the candidate's misses and calls, and stable's. */
    private long[] before = new long[4];

    /** Stable's misses and calls over the rollout, and the misses of both arms. */
    private long[] known = new long[3];

    private long callsInPart;
    private StepCounts totals = StepCounts.NONE;

    RateMarginPage(Guardrail guardrail, Rate rate, double margin, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.rate = rate;
        this.margin = margin;
    }

    @Override
    boolean active() {
        return controlArm;
    }

    @Override
    void epoch(long lastFirst, long lastSecond) {
        epoch = epoch.next();
        notWorse = notWorse.next();
        before = new long[4];
        totals = StepCounts.NONE;
    }

    @Override
    void part(long lastFirst, long lastSecond) {
        part = part.next();
        callsInPart = 0;
    }

    @Override
    boolean full(long firstInPart, long secondInPart) {
        return callsInPart * Math.max(margin, Blocks.LEAST) >= EXPECTED;
    }

    @Override
    void look(StepCounts counts) {
        if (!controlArm) {
            return;
        }
        totals = counts;
        long[] now = {
            Misses.of(rate, counts.candidate(), guardrail.unit()),
                    Misses.calls(counts.candidate().calls()),
            Misses.of(rate, counts.stable(), guardrail.unit()),
                    Misses.calls(counts.stable().calls())
        };
        long candidateCalls = now[1] - before[1];
        long stableCalls = now[3] - before[3];
        if (candidateCalls <= 0 || stableCalls <= 0) {
            return; // A block has calls of both arms: it waits for them.
        }
        // A caller's miss may be counted a moment before its call.
        long candidate = Math.min(Math.max(now[0] - before[0], 0), candidateCalls);
        long stable = Math.min(Math.max(now[2] - before[2], 0), stableCalls);
        double stableRate = (known[0] + 0.5) / (known[1] + 100.0);
        epoch.add(margin, stableRate, candidate, candidateCalls, stable, stableCalls);
        part.add(margin, stableRate, candidate, candidateCalls, stable, stableCalls);
        notWorse.add(margin * notYetMissed(counts), stableRate, candidate, candidateCalls, stable, stableCalls);
        before = now;
        known = new long[] {known[0] + stable, known[1] + stableCalls, known[2] + stable + candidate};
        callsInPart += candidateCalls;
        weigh(epoch.log(), part.log(), notWorse.log(), now[0], now[2]);
    }

    /**
     * The share of the callers that can still have a first miss. The difference between the arms shrinks with it, so what is shown to be
     * within the margin has to be within as much of it.
     */
    private double notYetMissed(StepCounts counts) {
        if (guardrail.unit() == Unit.CALL || known[2] == 0) {
            return 1;
        }
        double units = Math.max(counts.candidate().units() + counts.stable().units(), 1);
        return Math.max(1 - known[2] / units, 0);
    }

    @Override
    void totals(StepCounts counts) {
        totals = counts;
    }

    @Override
    Evidence evidence() {
        return compared(rate, totals, "at most " + Figures.three(margin * 100) + " points more allowed");
    }

    /**
     * The difference of the rates, out of a confidence sequence for each arm's, which share α; for callers' first misses as if these came
     * evenly. The blocks' own e-value is not one of totals, so it cannot be asked about another margin later.
     */
    @Override
    @Nullable
    Band band() {
        long candidateCalls = Misses.calls(totals.candidate().calls());
        long stableCalls = Misses.calls(totals.stable().calls());
        if (!controlArm || candidateCalls <= 0 || stableCalls <= 0) {
            return null;
        }
        long candidate = Math.min(Misses.of(rate, totals.candidate(), guardrail.unit()), candidateCalls);
        long stable = Math.min(Misses.of(rate, totals.stable(), guardrail.unit()), stableCalls);
        double worse = Math.log(2) + logWorse();
        double not = Math.log(2) + logNotWorse();
        double low = Inversion.rate(candidate, candidateCalls, worse).low()
                - Inversion.rate(stable, stableCalls, worse).high();
        double high = Inversion.rate(candidate, candidateCalls, not).high()
                - Inversion.rate(stable, stableCalls, not).low();
        return new Band(
                RateText.band(rate, "share of calls minus stable's"),
                Band.Unit.SHARE,
                low,
                high,
                margin,
                Guardrail.Worse.HIGHER);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("before", Numbers.list(before));
        into.put("known", Numbers.list(known));
        into.put("callsInPart", callsInPart);
        into.put("ofEpoch", Numbers.list(epoch.logs()));
        into.put("ofPart", Numbers.list(part.logs()));
        into.put("ofNotWorse", Numbers.list(notWorse.logs()));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        before = from.counts("before", 4);
        known = from.counts("known", 3);
        callsInPart = from.count("callsInPart");
        epoch.restore(from.numbers("ofEpoch", epoch.logs().length));
        part.restore(from.numbers("ofPart", part.logs().length));
        notWorse.restore(from.numbers("ofNotWorse", notWorse.logs().length));
    }
}
