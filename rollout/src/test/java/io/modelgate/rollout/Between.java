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
import java.util.function.Supplier;

/** A control log to which something else comes first, between a decision's making and its storing, or that cannot be written. */
final class Between extends ForwardingControlLog {

    private final AtomicReference<Runnable> first = new AtomicReference<>(() -> {});

    /** Runs once, ahead of what is appended whatever came before. */
    private final AtomicReference<Runnable> onAppend = new AtomicReference<>(() -> {});

    /** So many decisions are refused from now on. */
    private int refused;

    private Supplier<? extends RuntimeException> refusal = () -> new ControlLogException("cannot be written");
    private boolean losesAnAnswer;

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

    void onAppend(Runnable other) {
        onAppend.set(other);
    }

    void refuse(int decisions) {
        refused = decisions;
    }

    void refuse(int decisions, Supplier<? extends RuntimeException> by) {
        refusal = by;
        refused = decisions;
    }

    /** Stores the next decision that depends on what the log has, and fails. */
    void loseAnAnswer() {
        losesAnAnswer = true;
    }

    private void before() {
        first.getAndSet(() -> {}).run();
        if (refused > 0) {
            refused--;
            throw refusal.get();
        }
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        onAppend.getAndSet(() -> {}).run();
        before();
        return super.append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        before();
        Optional<Entry> made = super.appendIf(expectedSeq, decision);
        if (losesAnAnswer) {
            losesAnAnswer = false;
            throw new ControlLogException("no answer in time");
        }
        return made;
    }
}
