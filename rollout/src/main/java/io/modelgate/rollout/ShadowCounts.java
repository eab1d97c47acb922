package io.modelgate.rollout;

import java.util.Map;

/**
 * How many mirrored calls were compared, and how many agreed. Immutable.
 *
 * @param compared 0 or more
 * @param agreed at most {@code compared}
 */
record ShadowCounts(long compared, long agreed) {

    static final ShadowCounts NONE = new ShadowCounts(0, 0);

    ShadowCounts plus(ShadowCounts other) {
        return new ShadowCounts(compared + other.compared, agreed + other.agreed);
    }

    ShadowCounts minus(ShadowCounts earlier) {
        return new ShadowCounts(compared - earlier.compared, agreed - earlier.agreed);
    }

    Map<String, Object> write() {
        return Map.of("compared", compared, "agreed", agreed);
    }

    /** Reads what {@link #write} wrote, which may be anything by now; nonsense is none. */
    static ShadowCounts read(Saved saved) {
        try {
            long compared = saved.count("compared");
            long agreed = saved.count("agreed");
            return agreed <= compared ? new ShadowCounts(compared, agreed) : NONE;
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }
}
