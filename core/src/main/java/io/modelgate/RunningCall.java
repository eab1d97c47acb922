package io.modelgate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One invocation of a version that is more than a plain function: what it may ask about its call. */
class RunningCall<I, O> implements Call {

    final Invoker<I, O> invoker;
    final RegisteredVersion<I, O> version;
    private final Caller caller;
    private long allowedNanos = Long.MAX_VALUE;
    private long startNanos;

    RunningCall(Invoker<I, O> invoker, RegisteredVersion<I, O> version, Caller caller) {
        this.invoker = invoker;
        this.version = version;
        this.caller = caller;
    }

    /** Says when the invocation begins and how long it may take; before anything else is asked of it. */
    final void begin(long start, long allowed) {
        startNanos = start;
        allowedNanos = allowed;
    }

    final long startNanos() {
        return startNanos;
    }

    final long allowedNanos() {
        return allowedNanos;
    }

    /** The invocation is marked in flight; what is done here comes before the second look at the switches. */
    void marked() {}

    /** The invocation does not take place after all. */
    void unmarked() {}

    /** The model ended, with an answer or without; once. */
    final void settled(@Nullable O answer) {}

    /** The model was never invoked. */
    final void withdrawn() {}

    @Override
    public final Caller caller() {
        return caller;
    }

    @Override
    public final Duration timeLeft() {
        return allowedNanos == Long.MAX_VALUE
                ? Duration.ofNanos(Long.MAX_VALUE)
                : Duration.ofNanos(Math.max(0, allowedNanos - (invoker.ticker().read() - startNanos)));
    }

    @Override
    public boolean cancelled() {
        return false;
    }
}
