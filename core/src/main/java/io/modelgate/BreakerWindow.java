package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * The results that a closed breaker looks at, and whether they open it: the sums and the arithmetic of resilience4j's windows,
 * with many successes added at once. For use under the breaker's lock.
 */
abstract sealed class BreakerWindow {

    private final int minimum;
    private final float failureRate;
    private final float slowRate;

    long calls;
    long failed;
    long slow;

    private BreakerWindow(CircuitBreakerConfig config, int minimum) {
        this.minimum = minimum;
        failureRate = config.getFailureRateThreshold();
        slowRate = config.getSlowCallRateThreshold();
    }

    /** Adds fast successes, and returns whether the breaker opens at one of them. */
    final boolean addSuccesses(long count) {
        long rest = count;
        if (nearOpening()) {
            long toMinimum = Math.min(count, minimum - calls);
            put(toMinimum, false, false);
            if (exceeded(calls)) {
                return true;
            }
            rest -= toMinimum;
        }
        put(rest, false, false);
        return false;
    }

    /** Adds one result, and returns whether the breaker opens at it. */
    final boolean add(boolean failed, boolean slow) {
        put(1, failed, slow);
        return exceeded(calls);
    }

    /** Returns whether fast successes alone, without the window moving on, would open the breaker: at the minimum number of calls. */
    final boolean nearOpening() {
        return calls < minimum && exceeded(minimum);
    }

    /** In percent and single precision as resilience4j computes it, so that no rate falls on the other side of a threshold. */
    private boolean exceeded(long calls) {
        return calls >= minimum && (failed * 100.0f / calls >= failureRate || slow * 100.0f / calls >= slowRate);
    }

    /** The latest second that the window covers; 0 if it knows no time. */
    abstract long second();

    /** Lets the window end with this second, unless it has gone further. */
    abstract void moveTo(long second);

    abstract void put(long count, boolean failed, boolean slow);

    /** The last results, as many as the configuration says. */
    static final class Count extends BreakerWindow {
        private static final int FAILED = 1;
        private static final int SLOW = 2;

        private final byte[] results;
        private int oldest;

        Count(CircuitBreakerConfig config) {
            super(config, Math.min(config.getMinimumNumberOfCalls(), config.getSlidingWindowSize()));
            results = new byte[config.getSlidingWindowSize()];
        }

        @Override
        long second() {
            return 0;
        }

        @Override
        void moveTo(long second) {}

        @Override
        void put(long count, boolean failed, boolean slow) {
            // More than a window's worth would only push each other out.
            int places = (int) Math.min(count, results.length);
            calls = Math.min(calls + places, results.length);
            byte result = (byte) ((failed ? FAILED : 0) | (slow ? SLOW : 0));
            if (result == 0 && this.failed == 0 && this.slow == 0) {
                return;
            }
            for (int i = 0; i < places; i++) {
                byte out = results[oldest];
                this.failed += (result & FAILED) - (out & FAILED);
                this.slow += ((result & SLOW) - (out & SLOW)) >> 1;
                results[oldest] = result;
                oldest = oldest + 1 == results.length ? 0 : oldest + 1;
            }
        }
    }

    /** The results of the last seconds, as many as the configuration says, the current one included. */
    static final class Time extends BreakerWindow {
        private final long[] callsOf;
        private final long[] failedOf;
        private final long[] slowOf;
        private long second;

        Time(CircuitBreakerConfig config, long second) {
            super(config, config.getMinimumNumberOfCalls());
            int seconds = config.getSlidingWindowSize();
            callsOf = new long[seconds];
            failedOf = new long[seconds];
            slowOf = new long[seconds];
            this.second = second;
        }

        @Override
        long second() {
            return second;
        }

        @Override
        void moveTo(long to) {
            for (long left = Math.min(to - second, callsOf.length); left > 0; left--) {
                int out = at(to - left + 1);
                calls -= callsOf[out];
                failed -= failedOf[out];
                slow -= slowOf[out];
                callsOf[out] = 0;
                failedOf[out] = 0;
                slowOf[out] = 0;
            }
            second = Math.max(second, to);
        }

        @Override
        void put(long count, boolean failed, boolean slow) {
            int now = at(second);
            callsOf[now] += count;
            calls += count;
            if (failed) {
                failedOf[now] += count;
                this.failed += count;
            }
            if (slow) {
                slowOf[now] += count;
                this.slow += count;
            }
        }

        private int at(long second) {
            return (int) Math.floorMod(second, (long) callsOf.length);
        }
    }
}
