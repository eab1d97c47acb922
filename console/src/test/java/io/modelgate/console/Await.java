package io.modelgate.console;

import io.modelgate.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
final class Await {

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Await() {}

    /** Returns as soon as it is so, or after a long time: the assertion that follows says what is not. */
    static void until(BooleanSupplier so) {
        long began = Ticker.system().read();
        while (!so.getAsBoolean() && Ticker.system().read() - began < MOST_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** Returns as soon as it is so; fails if that does not come to be. */
    static void required(BooleanSupplier so) {
        until(so);
        if (!so.getAsBoolean()) {
            throw new AssertionError("it never came");
        }
    }
}
