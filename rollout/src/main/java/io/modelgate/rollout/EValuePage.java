package io.modelgate.rollout;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A guardrail that is judged by e-processes: against "no worse than allowed", and against "worse by the margin". Not thread-safe.
 *
 * <p>A candidate that turns bad late in a long epoch would have all of the epoch's good evidence to undo. So half of the stake is bet
 * epoch by epoch, and half by parts of epochs, each of which is an epoch to {@link Epochs}. Up to the end of the first part both bet the
 * same, so that nothing is lost by it there. Where to cut is known from the past alone.
 */
abstract class EValuePage extends Page {

    private final Epochs epochs = new Epochs();
    private final Epochs parts = new Epochs();
    private final Epochs notWorse = new Epochs();
    private double logEpoch;
    private double logPart;
    private double logNotWorse;

    /** The largest e-value so far. */
    private double reached = 1;

    /** The epoch's events of the two kinds, and how many of them there were when the part began. */
    private long first;

    private long second;
    private long firstBefore;
    private long secondBefore;

    EValuePage(Guardrail guardrail, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
    }

    /** Whether this guardrail has data at this weight. */
    abstract boolean active();

    /** A new epoch begins, and so do its totals. What happened in the last one may tell what to bet on. */
    abstract void epoch(long lastFirst, long lastSecond);

    /** A new part begins. What happened in the last one may tell what to bet on. */
    abstract void part(long lastFirst, long lastSecond);

    /** Whether a part with these events is long enough. */
    abstract boolean full(long firstInPart, long secondInPart);

    @Override
    final void begin() {
        epochs.begin(logEpoch);
        notWorse.begin(logNotWorse);
        logEpoch = 0;
        logNotWorse = 0;
        epoch(first, second);
        cut();
        first = 0;
        second = 0;
        firstBefore = 0;
        secondBefore = 0;
    }

    private void cut() {
        parts.begin(logPart);
        logPart = 0;
        part(first - firstBefore, second - secondBefore);
        firstBefore = first;
        secondBefore = second;
    }

    /** The events of the first kind in this part, of so many in the epoch. */
    final long firstInPart(long inEpoch) {
        return Math.max(inEpoch - firstBefore, 0);
    }

    /** The events of the second kind in this part, of so many in the epoch. */
    final long secondInPart(long inEpoch) {
        return Math.max(inEpoch - secondBefore, 0);
    }

    /** Takes the logarithms of the e-values of the epoch and of the part, and the epoch's events. */
    final void weigh(double ofEpoch, double ofPart, double inFavour, long firstInEpoch, long secondInEpoch) {
        logEpoch = ofEpoch;
        logPart = ofPart;
        logNotWorse = inFavour;
        first = Math.max(firstInEpoch, firstBefore);
        second = Math.max(secondInEpoch, secondBefore);
        reached = Math.max(reached, now());
        regressed |= reached >= 1 / alpha;
        if (full(first - firstBefore, second - secondBefore)) {
            cut();
        }
    }

    private double now() {
        return (epochs.value(logEpoch) + parts.value(logPart)) / 2;
    }

    /** What an e-value of this epoch alone has to reach to show a regression. What was bet earlier does not count for it. */
    final double logWorse() {
        return -Math.log(alpha * Epochs.part(epochs.epoch()));
    }

    /** The same to show that it is not worse. */
    final double logNotWorse() {
        return -Math.log(promotionAlpha * Epochs.part(notWorse.epoch()));
    }

    /** What holds now of the two e-values, in words, after what was counted. */
    final Evidence judged(String counted, Map<String, String> numbers) {
        double inFavour = notWorse.value(logNotWorse);
        StringBuilder text = new StringBuilder(counted)
                .append("; e = ")
                .append(Figures.three(regressed ? reached : now()))
                .append(regressed ? ", needed " : ", needs ")
                .append(Figures.three(1 / alpha))
                .append(" to be worse");
        if (!regressed) {
            text.append("; e = ")
                    .append(Figures.three(inFavour))
                    .append(", needs ")
                    .append(Figures.three(1 / promotionAlpha))
                    .append(" to be not worse");
        }
        return evidence(
                inFavour >= 1 / promotionAlpha,
                OptionalDouble.of(reached),
                OptionalDouble.of(inFavour),
                text.toString(),
                numbers);
    }

    /** The same of a rate beside stable's; {@code allowed} says how much worse it may be. */
    final Evidence compared(Rate rate, StepCounts totals, String allowed) {
        if (!controlArm) {
            return noControlArm();
        }
        long candidate = Misses.of(rate, totals.candidate(), guardrail.unit());
        long stable = Misses.of(rate, totals.stable(), guardrail.unit());
        return judged(
                RateText.compared(guardrail, totals, candidate, stable) + ", " + allowed,
                RateText.numbers(totals, candidate, stable, share));
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("epoch", (long) epochs.epoch());
        into.put("part", (long) parts.epoch());
        into.put(
                "evidence",
                Numbers.list(
                        epochs.carried(),
                        parts.carried(),
                        notWorse.carried(),
                        logEpoch,
                        logPart,
                        logNotWorse,
                        reached));
        into.put("events", List.of(first, second, firstBefore, secondBefore));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        double[] evidence = from.numbers("evidence", 7);
        for (int i : new int[] {0, 1, 2, 6}) {
            if (evidence[i] < 0) {
                throw new IllegalArgumentException("evidence is " + evidence[i] + ": expected 0 and up");
            }
        }
        int epoch = (int) Math.min(from.count("epoch"), Integer.MAX_VALUE);
        epochs.restore(epoch, evidence[0]);
        parts.restore((int) Math.min(from.count("part"), Integer.MAX_VALUE), evidence[1]);
        notWorse.restore(epoch, evidence[2]);
        logEpoch = evidence[3];
        logPart = evidence[4];
        logNotWorse = evidence[5];
        reached = evidence[6];
        long[] events = from.counts("events", 4);
        first = events[0];
        second = events[1];
        firstBefore = Math.min(events[2], first);
        secondBefore = Math.min(events[3], second);
    }
}
