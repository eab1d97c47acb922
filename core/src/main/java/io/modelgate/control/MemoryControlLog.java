package io.modelgate.control;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A control log that lives and dies with the process; its chain of hashes is the one a file would have.
 *
 * <p>Thread-safe. Followers are called on the appending thread before the append returns, outside of all locks; unless another
 * thread is calling them already, which then goes on with the new entries.
 */
public final class MemoryControlLog implements ControlLog {

    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final AtomicInteger deliveries = new AtomicInteger();
    private final byte[] secret = new byte[KeyFile.BYTES];
    private final String name = InstanceFiles.newName();
    private volatile @Nullable Head applied;

    // Guarded by this.
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Entry> byId = new HashMap<>();
    private boolean closed;

    /** Creates an empty log with a random identity secret. */
    public MemoryControlLog() {
        new SecureRandom().nextBytes(secret);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a decision takes more than 16 MiB as a line; nothing is appended then
     */
    @Override
    public List<Entry> append(List<Decision> decisions) {
        List<Entry> appended = add(List.copyOf(decisions));
        deliver();
        return appended;
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        Optional<Entry> appended;
        synchronized (this) {
            requireOpen();
            appended = byId.containsKey(decision.id()) || entries.size() == expectedSeq
                    ? Optional.of(add(List.of(decision)).get(0))
                    : Optional.empty();
        }
        deliver();
        return appended;
    }

    private synchronized List<Entry> add(List<Decision> decisions) {
        requireOpen();
        Map<String, Entry> fresh = new LinkedHashMap<>();
        Head head = head();
        for (Decision decision : decisions) {
            if (!byId.containsKey(decision.id()) && !fresh.containsKey(decision.id())) {
                Entry entry = Entry.after(head, decision);
                fresh.put(decision.id(), entry);
                head = entry.head();
            }
        }
        byId.putAll(fresh);
        entries.addAll(fresh.values());
        return decisions.stream()
                .map(decision -> Objects.requireNonNull(byId.get(decision.id())))
                .toList();
    }

    @Override
    public synchronized List<Entry> read(long after, int limit) {
        requireOpen();
        Arguments.after(after);
        Arguments.limit(limit);
        return after(after, limit);
    }

    private synchronized List<Entry> after(long after, int limit) {
        int size = entries.size();
        return after >= size
                ? List.of()
                : List.copyOf(entries.subList((int) after, (int) Math.min(size, after + limit)));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The entries that are there already are handed over before this returns, unless another thread is calling followers.
     */
    @Override
    public Subscription follow(long after, Consumer<List<Entry>> consumer) {
        Arguments.after(after);
        Follower follower = new Follower(after, Objects.requireNonNull(consumer, "follower"));
        synchronized (this) {
            requireOpen();
            followers.add(follower);
        }
        deliver();
        return () -> {
            follower.close();
            followers.remove(follower);
        };
    }

    /** Hands over what is new, unless a caller further up this stack or another thread is doing so: then that one goes on. */
    private void deliver() {
        if (deliveries.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        try {
            while (seen > 0) {
                followers.forEach(this::deliver);
                seen = deliveries.addAndGet(-seen);
            }
        } finally {
            if (seen > 0) {
                // Only an Error gets here, out of memory for one; the next append hands over what this one did not.
                deliveries.set(0);
            }
        }
    }

    private void deliver(Follower follower) {
        List<Entry> batch = after(follower.after(), Integer.MAX_VALUE);
        if (!batch.isEmpty()) {
            follower.deliver(batch);
        }
    }

    @Override
    public synchronized Head head() {
        if (entries.isEmpty()) {
            return Head.EMPTY;
        }
        Entry last = entries.get(entries.size() - 1);
        return last.head();
    }

    @Override
    public byte[] identitySecret() {
        return secret.clone();
    }

    /** This process, once it has said what it has applied. */
    @Override
    public List<Instance> instances() {
        Head head = applied;
        return head == null ? List.of() : List.of(new Instance(name, head, Duration.ZERO, true));
    }

    @Override
    public String instance() {
        return name;
    }

    @Override
    public void applied(Head head) {
        applied = head;
    }

    @Override
    public boolean immediate() {
        return true;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        followers.forEach(Follower::close);
        followers.clear();
    }

    private void requireOpen() {
        if (closed) {
            throw new ControlLogException("the control log in memory is closed");
        }
    }
}
