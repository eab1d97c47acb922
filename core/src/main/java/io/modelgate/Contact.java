package io.modelgate;

import io.modelgate.control.ControlLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process is in touch with its control log, and what comes of it where it is not: all gates are killed here while nothing is
 * known of the log, and while it has not been heard of for longer than its limit. It also has kills appended again that arrived and were not
 * folded. Thread-safe.
 */
final class Contact {

    private static final Duration LONGEST_ROUND = Duration.ofMillis(100);

    private final ControlLog log;
    private final Control control;
    private final Runnable onKnown;
    private final @Nullable Duration limit;
    private final Scheduler scheduler;
    private final InstantSource instants;
    private final Warnings warnings;
    private final ReentrantLock checking = new ReentrantLock();
    private volatile Duration staleness = Duration.ZERO;

    /** Guarded by {@code checking}. */
    private boolean unknown;

    private boolean stale;

    Contact(
            ControlLog log,
            Control control,
            Runnable onKnown,
            @Nullable Duration limit,
            Scheduler scheduler,
            InstantSource instants,
            Warnings warnings) {
        this.log = log;
        this.control = control;
        this.onKnown = onKnown;
        this.limit = limit;
        this.scheduler = scheduler;
        this.instants = instants;
        this.warnings = warnings;
    }

    /** How long ago this process last knew that it had all entries, as of the last look. */
    Duration staleness() {
        return staleness;
    }

    /** Goes on looking, as often as it takes, until the control side is closed. */
    void open() {
        check();
        next();
    }

    private void next() {
        try {
            scheduler.schedule(this::round, round(limit));
        } catch (Throwable e) { // entries that arrive make it look too
            warnings.threw("the scheduler", e);
        }
    }

    private static Duration round(@Nullable Duration limit) {
        Duration quarter = limit == null ? LONGEST_ROUND : limit.dividedBy(4);
        return quarter.compareTo(LONGEST_ROUND) < 0 ? quarter : LONGEST_ROUND;
    }

    private void round() {
        if (!control.closed()) {
            check();
            attempt(control::appendOverdue);
            next();
        }
    }

    /** Looks now, unless another thread does. */
    void check() {
        if (!checking.tryLock()) {
            return;
        }
        try {
            attempt(this::checkStale);
            attempt(this::checkKnown);
            control.refoldIfDue();
        } finally {
            checking.unlock();
        }
    }

    private void attempt(Runnable look) {
        try {
            look.run();
        } catch (Throwable e) { // the next look comes
            warnings.warn("the contact", "whether the control log is current is not known: " + e);
        }
    }

    private void checkKnown() {
        boolean known = log.known();
        if (!known && !unknown) {
            unknown = true;
            engage(
                    ProcessKill.LOG_UNKNOWN,
                    "nothing is known of the control log yet: its store cannot be reached, and there is no copy of it here");
        } else if (known && unknown) {
            onKnown.run();
            control.takeIn(); // before the gates are let go: what arrives may be a kill
            unknown = false;
            control.release(ProcessKill.LOG_UNKNOWN.id());
        }
    }

    private void checkStale() {
        Duration now = log.staleness();
        staleness = now.isNegative() || now.isZero() ? Duration.ZERO : now;
        boolean over = limit != null && now.compareTo(limit) > 0;
        if (over && !stale) {
            stale = true;
            engage(
                    ProcessKill.LOG_STALE,
                    "the control log was not heard of for " + now.toMillis() + " ms, and the limit is "
                            + String.valueOf(limit));
        } else if (!over && stale) {
            control.takeIn(); // before the gates are let go: what arrived meanwhile may be a kill
            stale = false;
            control.release(ProcessKill.LOG_STALE.id());
        }
    }

    private void engage(ProcessKill kill, String reason) {
        control.engageHere(kill.engaged(reason, instants.instant()));
    }
}
