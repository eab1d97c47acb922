package io.modelgate.rollout;

import io.modelgate.Cause;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one process knows of the callers of a rollout over all of its weights: which misses they had, 400 KB, and about
 * how many callers the candidate answered. Takes that room once there is something to know. Thread-safe.
 */
final class RolloutUnits {

    private static final VarHandle MARKS = MethodHandles.arrayElementVarHandle(byte[].class);

    /** By cause: a bit for each rate that counts it. */
    private static final byte[] RATES = new byte[Cause.values().length];

    static {
        for (Cause cause : Cause.values()) {
            for (Rate rate : Rate.values()) {
                if (rate.counts(cause)) {
                    RATES[cause.ordinal()] |= (byte) (1 << rate.ordinal());
                }
            }
        }
    }

    private final Map<Group, RolloutUnits> groups = new ConcurrentHashMap<>();
    private final long rollout;

    private volatile byte @Nullable [] marks;
    private volatile @Nullable HyperLogLog reached;

    /** The same of one group: a unit's first miss there is one, whatever other groups' callers in that unit had. */
    RolloutUnits of(Group group) {
        return groups.computeIfAbsent(group, each -> new RolloutUnits());
    }

    /** Knows nothing yet, of no rollout in particular. */
    RolloutUnits() {
        this(0);
    }

    /**
     * Knows nothing yet.
     *
     * @param rollout tells the rollout from others, also from those whose callers are in the same order; not 0
     */
    RolloutUnits(long rollout) {
        this.rollout = rollout;
    }

    long rollout() {
        return rollout;
    }

    /** Takes note of a unit's miss; the rates for which it is the unit's first, as a bit each by ordinal. */
    int missed(int unit, Cause cause) {
        byte[] known = marks();
        byte rates = RATES[cause.ordinal()];
        if ((rates & ~known[unit]) == 0) {
            return 0;
        }
        byte before = (byte) MARKS.getAndBitwiseOr(known, unit, rates);
        return rates & ~before;
    }

    private byte[] marks() {
        byte[] known = marks;
        return known == null ? newMarks() : known;
    }

    private synchronized byte[] newMarks() {
        byte[] known = marks;
        if (known == null) {
            known = new byte[Spots.UNITS];
            marks = known;
        }
        return known;
    }

    /** The candidate answered a caller. */
    void reached(long hash) {
        sketch().add(hash);
    }

    private HyperLogLog sketch() {
        HyperLogLog known = reached;
        return known == null ? newSketch() : known;
    }

    private synchronized HyperLogLog newSketch() {
        HyperLogLog known = reached;
        if (known == null) {
            known = new HyperLogLog();
            reached = known;
        }
        return known;
    }

    /** About how many callers the candidate answered, in this process and those whose sketches were merged. */
    long reached() {
        HyperLogLog known = reached;
        return known == null ? 0 : known.estimate();
    }

    /** The callers whom the candidate answered, for a checkpoint; empty while there are none. */
    String reachedText() {
        HyperLogLog known = reached;
        return known == null ? "" : known.toText();
    }

    /** Adds the callers of a checkpoint; false, and nothing changed, if it is not one. */
    boolean mergeReached(String text) {
        if (text.isEmpty()) {
            return true;
        }
        HyperLogLog read = HyperLogLog.fromText(text);
        if (read != null) {
            sketch().merge(read);
        }
        return read != null;
    }
}
