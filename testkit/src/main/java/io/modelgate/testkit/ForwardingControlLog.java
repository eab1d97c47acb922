package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A control log that does what another does: override what is to be watched, delayed or broken. Every method of the port is here, so that
 * what the other log says of itself is never lost behind a default. As thread-safe as the other log.
 */
public abstract class ForwardingControlLog implements ControlLog {

    private final Supplier<? extends ControlLog> log;

    /** Forwards to a log, and closes it when it is closed. */
    protected ForwardingControlLog(ControlLog log) {
        this(() -> log);
    }

    /** Forwards to the log that is given at each call. */
    ForwardingControlLog(Supplier<? extends ControlLog> log) {
        this.log = log;
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        return log.get().append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        return log.get().appendIf(expectedSeq, decision);
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return log.get().read(after, limit);
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return log.get().follow(after, follower);
    }

    @Override
    public Head head() {
        return log.get().head();
    }

    @Override
    public byte[] identitySecret() {
        return log.get().identitySecret();
    }

    @Override
    public Subscription onKill(Consumer<Entry> listener) {
        return log.get().onKill(listener);
    }

    @Override
    public boolean immediate() {
        return log.get().immediate();
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        return log.get().onReplaced(listener);
    }

    @Override
    public List<Decision> owed() {
        return log.get().owed();
    }

    @Override
    public boolean known() {
        return log.get().known();
    }

    @Override
    public Duration staleness() {
        return log.get().staleness();
    }

    @Override
    public void applied(Head head) {
        log.get().applied(head);
    }

    @Override
    public List<Instance> instances() {
        return log.get().instances();
    }

    @Override
    public String instance() {
        return log.get().instance();
    }

    @Override
    public void close() {
        log.get().close();
    }
}
