package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Worse;
import java.util.Objects;

/**
 * Where the quantity that a guardrail compares lies, and what it is compared with, for a person and a chart. Immutable.
 *
 * <p>It agrees with the finding: it lies on the worse side of the limit if that is {@link Finding#REGRESSED}, on the other side if it is
 * {@link Finding#NOT_WORSE}, and holds the limit if it is {@link Finding#INCONCLUSIVE}. The end that shows a regression may be wrong, at
 * any time of an epoch, with the probability α of the guardrail, the other with the policy's {@code promotionAlpha}; both may be looked at
 * as often as one likes. Where the finding and not this epoch's data moved an end to the limit, because a regression stands, it is as sure
 * as the finding. See {@code docs/evidence.md} for what each guardrail's is made from.
 *
 * @param quantity what it is, in words: {@code errors, times stable's}
 * @param unit what the numbers are in
 * @param low the least that it may be; finite
 * @param high the most that it may be; finite, not below {@code low}. What has no end, a ratio to nothing, is cut at ten times the limit
 * @param limit what the guardrail allows of it; finite
 * @param worse which side of the limit is worse: {@link Worse#HIGHER} or {@link Worse#LOWER}
 */
public record Band(String quantity, Unit unit, double low, double high, double limit, Worse worse) {

    /** What the numbers of a band are in, for whoever writes them out. */
    public enum Unit {
        /** A fraction, of calls or callers or of what stable's is, which a person reads in percent. */
        SHARE,
        /** So many times stable's. */
        RATIO,
        /** Seconds. */
        SECONDS,
        /** The unit of what is measured. */
        NUMBER
    }

    /**
     * Checks each component.
     *
     * @throws IllegalArgumentException if a number is not finite, the ends are the wrong way round, or {@code worse} is neither side
     */
    public Band {
        Objects.requireNonNull(quantity, "quantity");
        Objects.requireNonNull(unit, "unit");
        require(Double.isFinite(low), "low", low, "a finite number");
        require(high >= low && Double.isFinite(high), "high", high, "a finite number, at least low, " + low);
        require(Double.isFinite(limit), "limit", limit, "a finite number");
        require(worse != Worse.EITHER, "worse", worse, "HIGHER or LOWER");
    }

    private static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is " + value + ": expected " + expected);
        }
    }

    /** The same where the page's own test, which may know of earlier epochs, has the last word. */
    Band agreeing(Finding finding) {
        boolean higher = worse == Worse.HIGHER;
        boolean above = finding == Finding.REGRESSED ? higher : !higher;
        if (finding == Finding.INCONCLUSIVE) {
            return new Band(quantity, unit, Math.min(low, limit), Math.max(high, limit), limit, worse);
        }
        return above
                ? new Band(quantity, unit, Math.max(low, limit), Math.max(high, limit), limit, worse)
                : new Band(quantity, unit, Math.min(low, limit), Math.min(high, limit), limit, worse);
    }
}
