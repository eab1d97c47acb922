package io.modelgate.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one session did, held against the limits on runaways. Of bounded size. Thread-safe: a call is checked and counted at once.
 */
final class SessionWatch {

    /** As many inputs of a session are remembered. */
    static final int REMEMBERED = 64;

    /** The digest of an input that is unknown; it is like no other, itself included. */
    static final long NO_DIGEST = 0;

    /** A lock and no monitor, because waiting for a monitor pins a virtual thread before JDK 24. */
    private final ReentrantLock lock = new ReentrantLock();

    private final List<Runaway> limits;
    private long calls;
    private long @Nullable [] inputs;
    private int oldest;
    private List<SpendRate> rates;
    private volatile boolean killed;

    SessionWatch(List<Runaway> limits) {
        this.limits = List.copyOf(limits);
        this.rates = rates(this.limits);
    }

    /**
     * Counts a call if no limit refuses it. A limit that kills the session has killed it when this returns. Whether it is killed
     * already is asked of {@link #killed()}, before.
     *
     * @param digest of the input, or {@link #NO_DIGEST}
     * @param now ticks
     * @return what it ran into; null if nothing
     */
    @Nullable
    Tripped check(long digest, long now) {
        if (limits.isEmpty()) {
            return null;
        }
        lock.lock();
        try {
            return checked(digest, now);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Tripped checked(long digest, long now) {
        int repeats = repeats(digest);
        Runaway refusing = refusing(repeats, now);
        if (refusing != null) {
            killed |= refusing.reaction() == Reaction.KILL_SESSION;
            return new Tripped(List.of(refusing));
        }
        List<Runaway> crossed = crossed(digest, repeats, now);
        calls++;
        remember(digest);
        return crossed.isEmpty() ? null : new Tripped(crossed);
    }

    /** The strictest limit that is exceeded and does more than observe. */
    private @Nullable Runaway refusing(int repeats, long now) {
        Runaway refusing = null;
        int rate = 0;
        for (Runaway limit : limits) {
            boolean exceeded;
            if (limit instanceof Runaway.CallsPerSession most) {
                exceeded = calls >= most.calls();
            } else if (limit instanceof Runaway.RepeatedInput most) {
                exceeded = repeats >= most.times();
            } else {
                exceeded = rates.get(rate++).exceeded(now);
            }
            if (exceeded
                    && limit.reaction() != Reaction.OBSERVE
                    && (refusing == null || limit.reaction() == Reaction.KILL_SESSION)) {
                refusing = limit;
            }
        }
        return refusing;
    }

    /** The observing limits that this call is the first to exceed. */
    private List<Runaway> crossed(long digest, int repeats, long now) {
        List<Runaway> crossed = null;
        int rate = 0;
        for (Runaway limit : limits) {
            boolean first;
            if (limit instanceof Runaway.CallsPerSession most) {
                first = calls == most.calls();
            } else if (limit instanceof Runaway.RepeatedInput most) {
                first = repeats == most.times() && count(digest, -1) <= most.times();
            } else {
                SpendRate spent = rates.get(rate++);
                first = spent.exceeded(now) && limit.reaction() == Reaction.OBSERVE && spent.tell();
            }
            if (first && limit.reaction() == Reaction.OBSERVE) {
                crossed = crossed == null ? new ArrayList<>() : crossed;
                crossed.add(limit);
            }
        }
        return crossed == null ? List.of() : crossed;
    }

    /** How often an input stands among those that the next one leaves in memory. */
    private int repeats(long digest) {
        return count(digest, oldest);
    }

    private int count(long digest, int except) {
        long[] remembered = inputs;
        if (remembered == null || digest == NO_DIGEST) {
            return 0;
        }
        int count = 0;
        for (int i = 0; i < remembered.length; i++) {
            if (remembered[i] == digest && i != except) {
                count++;
            }
        }
        return count;
    }

    private void remember(long digest) {
        if (digest == NO_DIGEST) {
            return;
        }
        long[] remembered = inputs;
        if (remembered == null) {
            if (limits.stream().noneMatch(Runaway.RepeatedInput.class::isInstance)) {
                return;
            }
            remembered = new long[REMEMBERED];
            inputs = remembered;
        }
        remembered[oldest] = digest;
        oldest = (oldest + 1) % REMEMBERED;
    }

    /**
     * Tells what a call spent.
     *
     * @param tokens 0 to 2<sup>40</sup>
     * @param micros 0 to 2<sup>40</sup>, in the currency of the prices
     * @param now ticks
     */
    void spent(long tokens, long micros, long now) {
        if (limits.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (SpendRate rate : rates) {
                rate.add(tokens, micros, now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the session was killed, by a limit or by {@link #kill()}, and not revived since. */
    boolean killed() {
        return killed;
    }

    void kill() {
        lock.lock();
        try {
            killed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the session go on as a fresh one: what it did before counts for no limit, or the next call would kill it again. */
    void revive() {
        lock.lock();
        try {
            calls = 0;
            inputs = null;
            oldest = 0;
            rates = rates(limits);
            killed = false;
        } finally {
            lock.unlock();
        }
    }

    /** The calls that were let through since the session began or was revived. */
    long calls() {
        lock.lock();
        try {
            return calls;
        } finally {
            lock.unlock();
        }
    }

    private static List<SpendRate> rates(List<Runaway> limits) {
        List<SpendRate> rates = new ArrayList<>();
        for (Runaway limit : limits) {
            if (limit instanceof Runaway.TokenRate rate) {
                rates.add(new SpendRate(rate, rate.tokens(), false, rate.per().toNanos()));
            } else if (limit instanceof Runaway.MoneyRate rate) {
                rates.add(new SpendRate(
                        rate, rate.money().micros(), true, rate.per().toNanos()));
            }
        }
        return List.copyOf(rates);
    }
}
