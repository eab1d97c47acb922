package io.modelgate.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Temporary. */
public final class MemoryControlLog implements ControlLog {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Entry> ids = new HashMap<>();
    private final List<Consumer<List<Entry>>> followers = new CopyOnWriteArrayList<>();

    @Override
    public List<Entry> append(List<Decision> decisions) {
        List<Entry> result = new ArrayList<>();
        synchronized (this) {
            for (Decision d : decisions) {
                Entry e = ids.get(d.id());
                if (e == null) {
                    e = new Entry(entries.size() + 1L, d, Entry.GENESIS, Entry.GENESIS);
                    entries.add(e);
                    ids.put(d.id(), e);
                }
                result.add(e);
            }
        }
        followers.forEach(f -> f.accept(result));
        return result;
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        return Optional.empty();
    }

    @Override
    public synchronized List<Entry> read(long after, int limit) {
        return List.copyOf(
                entries.subList((int) Math.min(after, entries.size()), (int) Math.min(after + limit, entries.size())));
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    @Override
    public synchronized Head head() {
        return new Head(entries.size(), Entry.GENESIS);
    }

    @Override
    public byte[] identitySecret() {
        return new byte[32];
    }

    @Override
    public boolean immediate() {
        return true;
    }

    @Override
    public void close() {}
}
