package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A control log in memory that outlives the gates on it and can be told to fail. */
final class ScriptedLog implements ControlLog {

    private final MemoryControlLog entries = new MemoryControlLog();
    private volatile boolean failing;

    void fail(boolean failing) {
        this.failing = failing;
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        if (failing) {
            throw new ControlLogException("the disk is full");
        }
        return entries.append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        if (failing) {
            throw new ControlLogException("the disk is full");
        }
        return entries.appendIf(expectedSeq, decision);
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return entries.read(after, limit);
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return entries.follow(after, follower);
    }

    @Override
    public Head head() {
        return entries.head();
    }

    @Override
    public byte[] identitySecret() {
        return entries.identitySecret();
    }

    @Override
    public boolean immediate() {
        return true;
    }

    @Override
    public void close() {}
}
