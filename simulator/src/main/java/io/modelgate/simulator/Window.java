package io.modelgate.simulator;

/** The calls and misses of the last seconds. Not thread-safe. */
final class Window {

    private final long[] calls;
    private final long[] misses;
    private int next;

    Window(int seconds) {
        calls = new long[seconds];
        misses = new long[seconds];
    }

    void add(long called, long missed) {
        calls[next] = called;
        misses[next] = missed;
        next = (next + 1) % calls.length;
    }

    /** The share of the calls that succeeded; NaN without calls. */
    double success() {
        long called = 0;
        long missed = 0;
        for (int i = 0; i < calls.length; i++) {
            called += calls[i];
            missed += misses[i];
        }
        return called == 0 ? Double.NaN : (double) (called - missed) / called;
    }
}
