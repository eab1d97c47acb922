package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Head;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Tells a control log what is in force in this process: the latest last, one thread at a time. Thread-safe. */
final class AppliedReport {

    private final ControlLog log;
    private final Supplier<Head> inForce;
    private final Warnings warnings;
    private final AtomicInteger telling = new AtomicInteger();

    /** {@code inForce} is asked anew each time; nothing is told of an empty head. */
    AppliedReport(ControlLog log, Supplier<Head> inForce, Warnings warnings) {
        this.log = log;
        this.inForce = inForce;
        this.warnings = warnings;
    }

    void tell() {
        if (telling.getAndIncrement() != 0) {
            return; // the thread that is at it goes round once more
        }
        int rounds = 1;
        do {
            try {
                Head head = inForce.get();
                if (head.seq() > 0) {
                    log.applied(head);
                }
            } catch (Throwable e) { // whoever waits for a confirmation sees that it does not come
                warnings.threw("the control log's account of what is applied", e);
            }
            rounds = telling.addAndGet(-rounds);
        } while (rounds != 0);
    }
}
