package io.modelgate.rollout;

import java.util.Map;

/**
 * How many mirrored calls were compared, and how many agreed; and of how many callers, each by its first call that the candidate was asked. Immutable.
 *
 * @param compared 0 or more
 * @param agreed at most {@code compared}
 * @param callers of how many callers that call was compared, at most {@code compared}
 * @param callersAgreed of how many callers it agreed
 */
record ShadowCounts(long compared, long agreed, long callers, long callersAgreed) {

    static final ShadowCounts NONE = new ShadowCounts(0, 0, 0, 0);

    ShadowCounts plus(ShadowCounts other) {
        return new ShadowCounts(
                compared + other.compared,
                agreed + other.agreed,
                callers + other.callers,
                callersAgreed + other.callersAgreed);
    }

    ShadowCounts minus(ShadowCounts earlier) {
        return new ShadowCounts(
                compared - earlier.compared,
                agreed - earlier.agreed,
                callers - earlier.callers,
                callersAgreed - earlier.callersAgreed);
    }

    Map<String, Object> write() {
        return Map.of("compared", compared, "agreed", agreed, "callers", callers, "callersAgreed", callersAgreed);
    }

    /** Reads what {@link #write} wrote, which may be anything by now; nonsense is none. */
    static ShadowCounts read(Saved saved) {
        try {
            ShadowCounts read = new ShadowCounts(
                    saved.count("compared"),
                    saved.count("agreed"),
                    saved.count("callers"),
                    saved.count("callersAgreed"));
            return read.sound() ? read : NONE;
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    private boolean sound() {
        return agreed <= compared
                && callers <= compared
                && callersAgreed <= Math.min(callers, agreed)
                && callers - callersAgreed <= compared - agreed;
    }
}
