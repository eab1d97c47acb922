package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A control log in memory that can be made to lose its end, as a store does that comes back with fewer entries or with others. Thread-safe but for {@link #forkAt}. */
public final class ForkingLog implements ControlLog {

    private final List<Runnable> onReplaced = new CopyOnWriteArrayList<>();
    private final List<Consumer<List<Entry>>> followers = new CopyOnWriteArrayList<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final byte[] secret = new MemoryControlLog().identitySecret();
    private volatile MemoryControlLog entries = new MemoryControlLog();

    /** An empty one. */
    public ForkingLog() {}

    /** All entries that it has now, the first one first. */
    public List<Entry> all() {
        return entries.read(0, Integer.MAX_VALUE);
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
        entries = new MemoryControlLog();
        entries.append(decisions);
        onReplaced.forEach(Runnable::run);
        followers.forEach(each -> subscriptions.add(entries.follow(seq, each)));
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        onReplaced.add(listener);
        return () -> onReplaced.remove(listener);
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        return entries.append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        return entries.appendIf(expectedSeq, decision);
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return entries.read(after, limit);
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        followers.add(follower);
        subscriptions.add(entries.follow(after, follower));
        return () -> followers.remove(follower);
    }

    @Override
    public Head head() {
        return entries.head();
    }

    @Override
    public byte[] identitySecret() {
        return secret.clone();
    }

    @Override
    public boolean immediate() {
        return true;
    }

    @Override
    public void close() {}
}
