package io.modelgate.rollout;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A control log to which something else comes first, between a decision's making and its storing, or that cannot be written. */
final class Between extends ForwardingControlLog {

    private final AtomicReference<Runnable> first = new AtomicReference<>(() -> {});

    /** So many decisions are refused from now on. */
    private int refused;

    Between() {
        this(new MemoryControlLog());
    }

    Between(ControlLog log) {
        super(log);
    }

    /** Does something when the next decision is about to be stored, ahead of it. */
    void first(Runnable other) {
        first.set(other);
    }

    void refuse(int decisions) {
        refused = decisions;
    }

    private void before() {
        first.getAndSet(() -> {}).run();
        if (refused > 0) {
            refused--;
            throw new ControlLogException("cannot be written");
        }
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        before();
        return super.append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        before();
        return super.appendIf(expectedSeq, decision);
    }
}
