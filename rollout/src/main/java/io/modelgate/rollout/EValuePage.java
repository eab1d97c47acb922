package io.modelgate.rollout;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A guardrail that is judged by two e-processes: one against "no worse than allowed", one against "worse by the margin". Not thread-safe.
 *
 * <p>An epoch is cut into parts, and each part is an epoch to {@link Epochs}: a candidate that turns bad late
 * in a long epoch would otherwise have all of the epoch's good evidence to undo. Where to cut is known from the past alone.
 */
abstract class EValuePage extends Page {

    private static final long EVENTS = 500;

    private final Epochs worse = new Epochs();
    private final Epochs notWorse = new Epochs();
    private double logWorse;
    private double logNotWorse;

    /** The largest e-value so far. */
    private double reached = 1;

    /** The epoch's events when the part began, and those of the part since. */
    private long firstBefore;

    private long secondBefore;
    private long first;
    private long second;

    EValuePage(Guardrail guardrail, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
    }

    /** Whether this guardrail has data at this weight. */
    abstract boolean active();

    /** A new epoch begins: the totals begin with zero. */
    abstract void epoch();

    /** Whether a part with these events is long enough. */
    boolean full(long firstInPart, long secondInPart) {
        return firstInPart + secondInPart >= EVENTS;
    }

    /** A new part begins. What happened in the last one may tell what to bet on. */
    abstract void part(long lastFirst, long lastSecond);

    @Override
    final void begin() {
        cut();
        firstBefore = 0;
        secondBefore = 0;
        epoch();
    }

    private void cut() {
        worse.begin(logWorse);
        notWorse.begin(logNotWorse);
        logWorse = 0;
        logNotWorse = 0;
        if (active()) {
            part(first, second);
        }
        first = 0;
        second = 0;
    }

    /** The events of the first kind in this part, of so many in the epoch. */
    final long first(long inEpoch) {
        return Math.max(inEpoch - firstBefore, 0);
    }

    /** The events of the second kind in this part, of so many in the epoch. */
    final long second(long inEpoch) {
        return Math.max(inEpoch - secondBefore, 0);
    }

    /** Takes the logarithms of the part's e-values, and the events in the part that they stand for. */
    final void weigh(double logAgainst, double logFor, long firstInPart, long secondInPart) {
        logWorse = logAgainst;
        logNotWorse = logFor;
        first = firstInPart;
        second = secondInPart;
        reached = Math.max(reached, worse.value(logWorse));
        regressed |= reached >= 1 / alpha;
        if (full(first, second)) {
            firstBefore += first;
            secondBefore += second;
            cut();
        }
    }

    /** What holds now of the two e-values, in words, after what was counted. */
    final Evidence judged(String counted, Map<String, String> numbers) {
        double now = notWorse.value(logNotWorse);
        StringBuilder text = new StringBuilder(counted)
                .append("; e = ")
                .append(Figures.three(regressed ? reached : worse.value(logWorse)))
                .append(regressed ? ", needed " : ", needs ")
                .append(Figures.three(1 / alpha))
                .append(" to be worse");
        if (!regressed) {
            text.append("; e = ")
                    .append(Figures.three(now))
                    .append(", needs ")
                    .append(Figures.three(1 / promotionAlpha))
                    .append(" to be not worse");
        }
        return evidence(
                now >= 1 / promotionAlpha,
                OptionalDouble.of(reached),
                OptionalDouble.of(now),
                text.toString(),
                numbers);
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("part", (long) worse.epoch());
        into.put("worse", Double.toString(worse.carried()));
        into.put("notWorse", Double.toString(notWorse.carried()));
        into.put("logWorse", Double.toString(logWorse));
        into.put("logNotWorse", Double.toString(logNotWorse));
        into.put("reached", Double.toString(reached));
        into.put("events", List.of(firstBefore, secondBefore, first, second));
    }

    @Override
    void read(Saved from) {
        super.read(from);
        int part = (int) Math.min(from.count("part"), Integer.MAX_VALUE);
        worse.restore(part, from.positive("worse"));
        notWorse.restore(part, from.positive("notWorse"));
        logWorse = from.number("logWorse");
        logNotWorse = from.number("logNotWorse");
        reached = from.positive("reached");
        long[] events = from.counts("events", 4);
        firstBefore = events[0];
        secondBefore = events[1];
        first = events[2];
        second = events[3];
    }
}
