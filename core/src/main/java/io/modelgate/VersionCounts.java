package io.modelgate;

/**
 * The counters of one version, striped. They serve the metrics, the breaker (successes not yet fed) and the kill switch (a call
 * marks itself started before it reads the switch). Thread-safe.
 */
final class VersionCounts {

    private static final int STARTED = 0;
    private static final int WITHDRAWN = 1;
    private static final int AS_RUNG = 2;
    private static final int NANOS = 3;
    private static final int FED = 4;
    private static final int LAZY = 5;
    private static final int FAILED = LAZY + Breaker.LAZY_SLOTS;
    private static final int SLOTS = FAILED + Cause.values().length;

    private final Stripes stripes = new Stripes(SLOTS);

    long[] row() {
        return stripes.row();
    }

    /** Marks a call as in flight, as a full fence; returns how many this row had marked before. */
    static long started(long[] row) {
        return Stripes.add(row, STARTED, 1);
    }

    /** Takes a mark back: the call saw the kill before it invoked the model. */
    static void withdrawn(long[] row) {
        Stripes.add(row, WITHDRAWN, 1);
    }

    /** Ends a mark with an answer whose success the breaker has yet to be fed. */
    static void answeredLazily(long[] row, int lazySlot) {
        Stripes.add(row, LAZY + lazySlot, 1);
    }

    /** Ends a mark with an answer that the breaker hears of otherwise. */
    static void answered(long[] row) {
        Stripes.add(row, FED, 1);
    }

    /** Ends a mark with a failure. */
    static void failed(long[] row, Cause cause) {
        Stripes.add(row, FAILED + cause.ordinal(), 1);
    }

    /** Counts an answer that stood in for another version's. */
    void usedAsRung() {
        Stripes.add(stripes.row(), AS_RUNG, 1);
    }

    static void took(long[] row, long nanos) {
        Stripes.add(row, NANOS, nanos);
    }

    long lazy(int lazySlot) {
        return stripes.sum(LAZY + lazySlot);
    }

    long answers() {
        long sum = stripes.sum(FED);
        for (int slot = 0; slot < Breaker.LAZY_SLOTS; slot++) {
            sum += lazy(slot);
        }
        return sum;
    }

    long answersAsRung() {
        return stripes.sum(AS_RUNG);
    }

    long failures(Cause cause) {
        return stripes.sum(FAILED + cause.ordinal());
    }

    long nanos() {
        return stripes.sum(NANOS);
    }

    /** Model invocations that were let through, running ones included. */
    long invocations() {
        long withdrawn = stripes.sum(WITHDRAWN);
        return stripes.sum(STARTED) - withdrawn;
    }

    /** Model invocations that ended, with an answer or a failure. */
    long ended() {
        long ended = answers();
        for (Cause cause : Cause.values()) {
            ended += failures(cause);
        }
        return ended;
    }

    /**
     * Calls in flight. Ends are read before starts, so a call that is in flight throughout is never missed; one that ends
     * meanwhile may be counted still.
     */
    long inFlight() {
        long ended = stripes.sum(WITHDRAWN) + ended();
        return stripes.sum(STARTED) - ended;
    }
}
