package io.modelgate.budget;

/**
 * What a session spent within the last {@code length} nanoseconds, or up to a sixteenth of it longer. Not thread-safe.
 *
 * <p>A slice leaves only when all of it is older, so no time of that length ever held more than the sum.
 */
final class SpendRate {

    private static final int SLICES = 16;

    /** Where a slice saturates: far above every limit, and all slices together fit a long. */
    private static final long MOST = 1L << 56;

    private final Runaway limit;
    private final long most;
    private final boolean money;
    private final long slice;

    /** One more than fit the time, because the oldest is only partly in it. */
    private final long[] spent = new long[SLICES + 1];

    private long sum;
    /** The start of the newest slice, in ticks; meaningless before the first spending. */
    private long newest;

    private int at;
    private boolean running;
    /** Whether an observer was told; until the sum is within the limit again. */
    private boolean told;

    SpendRate(Runaway limit, long most, boolean money, long length) {
        this.limit = limit;
        this.most = most;
        this.money = money;
        this.slice = (length + SLICES - 1) / SLICES;
    }

    Runaway limit() {
        return limit;
    }

    void add(long tokens, long micros, long now) {
        if (!running) {
            running = true;
            newest = now;
        }
        advance(now);
        long amount = Math.min(money ? micros : tokens, MOST - spent[at]);
        spent[at] += amount;
        sum += amount;
    }

    boolean exceeded(long now) {
        if (running) {
            advance(now);
        }
        boolean exceeded = sum > most;
        told &= exceeded;
        return exceeded;
    }

    /** Whether this is the first time since the sum was within the limit. */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    private void advance(long now) {
        long passed = (now - newest) / slice;
        // A thread that read its clock earlier and came later belongs to the newest slice.
        if (passed <= 0) {
            return;
        }
        newest += passed * slice;
        for (long i = Math.min(passed, spent.length); i > 0; i--) {
            at = at + 1 == spent.length ? 0 : at + 1;
            sum -= spent[at];
            spent[at] = 0;
        }
    }
}
