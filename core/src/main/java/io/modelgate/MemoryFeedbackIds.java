package io.modelgate;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers ids in memory, the latest ones. Thread-safe. */
final class MemoryFeedbackIds implements FeedbackIds {

    /** So many by default: 40 MB at the most. */
    static final int MOST = 250_000;

    private static final int LIMIT = 10_000_000;

    private final int most;
    private final LivedTime time;

    /** When each expires, in seconds since 1970, in the order in which they came. */
    private final Map<String, Long> known = new LinkedHashMap<>();

    MemoryFeedbackIds(int most, Ticker ticker) {
        if (most < 1 || most > LIMIT) {
            throw new IllegalArgumentException("most is " + most + ": expected 1 to " + LIMIT);
        }
        this.most = most;
        time = new LivedTime(ticker);
    }

    @Override
    public synchronized boolean first(String id, Instant now, Instant expires) {
        if (known.putIfAbsent(id, expires.getEpochSecond()) != null) {
            return false;
        }
        long past = time.surely(now).getEpochSecond();
        Iterator<Long> eldest = known.values().iterator();
        while (eldest.hasNext() && (eldest.next() < past || known.size() > most)) {
            eldest.remove();
        }
        return true;
    }
}
