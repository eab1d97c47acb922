package io.modelgate.budget;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The durable ledger. */
final class LedgerFile implements AutoCloseable {

    /** Says which periods are over, so that their marks are dropped. */
    @FunctionalInterface
    interface Over {
        boolean over(String budget, long period);
    }

    private final Map<List<Object>, Long> marks = new ConcurrentHashMap<>();

    static LedgerFile open(Path file) {
        return open(file, (budget, period) -> false);
    }

    static LedgerFile open(Path file, Over over) {
        return new LedgerFile();
    }

    Optional<String> repaired() {
        return Optional.empty();
    }

    long mark(String budget, String keyHash, long period) {
        return marks.getOrDefault(List.of(budget, keyHash, period), 0L);
    }

    void raise(String budget, String keyHash, long period, long mark) {
        marks.merge(List.of(budget, keyHash, period), mark, Math::max);
    }

    void exact(String budget, String keyHash, long period, long spent) {
        marks.put(List.of(budget, keyHash, period), spent);
    }

    void sync() {}

    void compact(Over over) {}

    @Override
    public void close() {}
}
