package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds a control log anew once what was folded is no longer part of it, and tries that again until it succeeds; until then the last state
 * stays in force. Thread-safe.
 */
final class Refolding {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final ControlLog log;
    private final Control control;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean due;
    private boolean failing;

    Refolding(ControlLog log, Control control) {
        this.log = log;
        this.control = control;
    }

    /** Folds the log for the first time. */
    List<Decision> begin() {
        lock.lock();
        try {
            return control.begin(WholeLog.read(log, control.replaceable()), log.owed());
        } finally {
            lock.unlock();
        }
    }

    /** The log was replaced. */
    void replaced() {
        due = true;
        ifDue();
    }

    /** Folds anew what is to be folded anew. The caller does not hold the lock of the control side: others wait for the log here. */
    void ifDue() {
        if (!due || control.closed()) {
            return;
        }
        lock.lock();
        try {
            if (due) {
                due = false; // before it is read: it may be replaced once more
                control.adopt(WholeLog.read(log, true), log.owed());
                failing = false;
            }
        } catch (Throwable e) {
            due = true;
            if (!failing) {
                failing = true;
                LOG.error(
                        "the control log was replaced and cannot be folded anew: the last state stays in force, and it is"
                                + " tried again",
                        e);
            }
        } finally {
            lock.unlock();
        }
    }
}
