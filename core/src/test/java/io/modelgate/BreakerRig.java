package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.modelgate.Breaker.Admission;
import io.modelgate.Breaker.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** A breaker under a hand-driven ticker, used as a gate uses it. For one thread, except the counters. */
final class BreakerRig {

    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    final AtomicLongArray counted = new AtomicLongArray(Breaker.LAZY_SLOTS);
    final List<Change> changes = new ArrayList<>();
    final Breaker breaker;
    long now;
    int lazy;
    int booked;

    BreakerRig(CircuitBreakerConfig config) {
        this(config, 0);
    }

    BreakerRig(CircuitBreakerConfig config, long start) {
        now = start;
        Breaker.check("credit-risk", config);
        breaker = new Breaker("credit-risk", "v1", config, () -> now, counted::get, changes::add);
    }

    /** Null: refused. */
    Admission admit() {
        Admission admission = breaker.current();
        return admission.plain ? admission : breaker.admit(now);
    }

    void succeed(Admission admission, long took) {
        int slot = breaker.lazySlot(admission, now, took);
        if (slot >= 0) {
            counted.incrementAndGet(slot);
            lazy++;
        } else {
            breaker.success(admission, now, took);
            booked++;
        }
    }

    void fail(Admission admission) {
        fail(admission, 0, new IOException("down"));
    }

    void fail(Admission admission, long took, Throwable error) {
        breaker.failure(admission, now, took, error);
    }

    void succeed(int times) {
        for (int i = 0; i < times; i++) {
            succeed(admit(), 0);
        }
    }

    void fail(int times) {
        for (int i = 0; i < times; i++) {
            fail(admit());
        }
    }

    /** Opens a breaker that opens at a few failures, and waits until its next call is a trial. */
    void openAndWait(long waitNanos) {
        while (breaker.current().state == State.CLOSED) {
            fail(admit());
        }
        now += waitNanos + 1;
    }
}
