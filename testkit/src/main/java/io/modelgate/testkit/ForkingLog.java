package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A control log in memory that can be made to lose its end, as a store does that comes back with fewer entries or with others. Thread-safe but for {@link #forkAt}. */
public final class ForkingLog extends ForwardingControlLog {

    private final AtomicReference<ControlLog> entries;
    private final List<Runnable> onReplaced = new CopyOnWriteArrayList<>();
    private final List<Consumer<List<Entry>>> followers = new CopyOnWriteArrayList<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final byte[] secret = new MemoryControlLog().identitySecret();

    /** An empty one. */
    public ForkingLog() {
        this(new AtomicReference<>(new MemoryControlLog()));
    }

    private ForkingLog(AtomicReference<ControlLog> entries) {
        super(entries::get);
        this.entries = entries;
    }

    /** All entries that it has now, the first one first. */
    public List<Entry> all() {
        return read(0, Integer.MAX_VALUE);
    }

    /**
     * Goes on after an entry, with other decisions than those that came after it, and tells whoever follows.
     *
     * @param seq the sequence number of the last entry that stays; 0 for none
     */
    public void forkAt(long seq, Decision... others) {
        List<Decision> decisions = new ArrayList<>();
        all().stream().limit(seq).forEach(entry -> decisions.add(entry.decision()));
        decisions.addAll(List.of(others));
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
        entries.set(new MemoryControlLog());
        append(decisions);
        onReplaced.forEach(Runnable::run);
        followers.forEach(each -> subscriptions.add(super.follow(seq, each)));
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        onReplaced.add(listener);
        return () -> onReplaced.remove(listener);
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        followers.add(follower);
        subscriptions.add(super.follow(after, follower));
        return () -> followers.remove(follower);
    }

    @Override
    public byte[] identitySecret() {
        return secret.clone();
    }

    /** Does nothing: it may be read and forked all the same. */
    @Override
    public void close() {}
}
