package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import io.modelgate.control.MemoryControlLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A control log in memory that outlives the gates on it and can be told to fail, to lose entries, to be owed some, to be out of reach and to
 * be unknown.
 */
final class ScriptedLog implements ControlLog {

    private final List<Following> followings = new CopyOnWriteArrayList<>();
    private final List<Runnable> onReplaced = new CopyOnWriteArrayList<>();
    private final List<Consumer<Entry>> onKill = new CopyOnWriteArrayList<>();
    private final List<Head> applied = new CopyOnWriteArrayList<>();
    private final List<String> appended = new CopyOnWriteArrayList<>();
    private final byte[] secret = new MemoryControlLog().identitySecret();
    private volatile MemoryControlLog entries = new MemoryControlLog();
    private volatile boolean failing;
    private volatile String refused = "";
    private volatile boolean unreadable;
    private volatile boolean known = true;
    private volatile Duration staleness = Duration.ZERO;
    private volatile List<Decision> owed = List.of();
    private volatile List<Instance> instances = List.of();

    private final class Following {
        final Consumer<List<Entry>> follower;
        volatile Subscription subscription = () -> {};

        Following(Consumer<List<Entry>> follower) {
            this.follower = follower;
        }

        void from(long after) {
            subscription = entries.follow(after, follower);
        }
    }

    void fail(boolean failing) {
        this.failing = failing;
    }

    /** Refuses decisions of a type for good. */
    void refuse(String type) {
        refused = type;
    }

    void unreadable(boolean unreadable) {
        this.unreadable = unreadable;
    }

    void known(boolean known) {
        this.known = known;
    }

    void stale(Duration staleness) {
        this.staleness = staleness;
    }

    void owes(Decision... decisions) {
        owed = List.of(decisions);
    }

    void served(Instance... by) {
        instances = List.of(by);
    }

    /** What it was told to be in force, in order. */
    List<Head> applied() {
        return applied;
    }

    List<Entry> all() {
        return entries.read(0, Integer.MAX_VALUE);
    }

    List<String> ids() {
        return all().stream().map(entry -> entry.decision().id()).toList();
    }

    /** The ids that it was told to append, each as often as it was. */
    List<String> appended() {
        return appended;
    }

    /** Followers hear of nothing any more, though it can be read. */
    void silence() {
        followings.forEach(following -> following.subscription.close());
    }

    /** Tells of a kill that comes next, and has no entry of it yet. */
    void arrives(Decision kill) {
        Entry entry = Entry.after(head(), kill);
        onKill.forEach(listener -> listener.accept(entry));
    }

    /** Makes it lose all that came after an entry and go on with other decisions; followers hear of it as they do of a server's loss. */
    void forkAt(long seq, Decision... others) {
        fork(seq, others);
        onReplaced.forEach(Runnable::run);
        followings.forEach(following -> following.from(seq));
    }

    /** Makes it lose entries without a word. */
    void forkSilentlyAt(long seq, Decision... others) {
        fork(seq, others);
        followings.forEach(following -> following.from(seq));
    }

    private void fork(long seq, Decision... others) {
        followings.forEach(following -> following.subscription.close());
        MemoryControlLog fork = new MemoryControlLog();
        List<Decision> decisions = new ArrayList<>();
        all().stream().limit(seq).forEach(entry -> decisions.add(entry.decision()));
        decisions.addAll(List.of(others));
        fork.append(decisions);
        entries = fork;
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        if (decisions.stream().anyMatch(each -> each.type().equals(refused))) {
            throw new IllegalArgumentException("a decision takes too many bytes");
        }
        requireReachable();
        decisions.forEach(decision -> appended.add(decision.id()));
        return entries.append(decisions);
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        requireReachable();
        return entries.appendIf(expectedSeq, decision);
    }

    private void requireReachable() {
        if (failing) {
            throw new ControlLogException("the disk is full");
        }
    }

    @Override
    public List<Entry> read(long after, int limit) {
        if (unreadable) {
            throw new ControlLogException("the disk is gone");
        }
        return entries.read(after, limit);
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        Following following = new Following(follower);
        followings.add(following);
        following.from(after);
        return () -> {
            followings.remove(following);
            following.subscription.close();
        };
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        onReplaced.add(listener);
        return () -> onReplaced.remove(listener);
    }

    @Override
    public Subscription onKill(Consumer<Entry> listener) {
        onKill.add(listener);
        return () -> onKill.remove(listener);
    }

    @Override
    public List<Decision> owed() {
        return owed;
    }

    @Override
    public boolean known() {
        return known;
    }

    @Override
    public Duration staleness() {
        return staleness;
    }

    @Override
    public void applied(Head head) {
        applied.add(head);
    }

    @Override
    public List<Instance> instances() {
        if (unreadable) {
            throw new ControlLogException("the disk is gone");
        }
        return instances;
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
