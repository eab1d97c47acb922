package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Stands in for a control log that refused to open, in a process that started killed for that: empty, and refuses every append. */
final class RefusedLog implements ControlLog {

    private final ControlLogException refusal;

    RefusedLog(ControlLogException refusal) {
        this.refusal = refusal;
    }

    private ControlLogException refused() {
        return new ControlLogException(
                "the control log refused to open and this process started killed; repair the log and restart: "
                        + refusal.getMessage(),
                refusal);
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        throw refused();
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        throw refused();
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return List.of();
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return () -> {};
    }

    @Override
    public Head head() {
        return Head.EMPTY;
    }

    @Override
    public byte[] identitySecret() {
        return new byte[32];
    }

    @Override
    public void close() {}
}
