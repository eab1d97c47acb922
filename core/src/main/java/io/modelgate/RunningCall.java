package io.modelgate;

import java.time.Duration;

/** The call that a {@link CallAwareModel} serves. */
record RunningCall(Caller caller, long allowedNanos, long startNanos, Ticker ticker) implements Call {
    @Override
    public Duration timeLeft() {
        return allowedNanos == Long.MAX_VALUE
                ? Duration.ofNanos(Long.MAX_VALUE)
                : Duration.ofNanos(Math.max(0, allowedNanos - (ticker.read() - startNanos)));
    }
}
