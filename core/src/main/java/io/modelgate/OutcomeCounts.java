package io.modelgate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts the calls of a gate that the routed version did not answer, by what did. Thread-safe. */
final class OutcomeCounts {

    /** The rung of a call that ended in hard failure. */
    static final String NO_RUNG = "none";

    /**
     * How a call ended.
     *
     * @param routed the version routed to, or null
     * @param rung the rung that answered, or {@link #NO_RUNG}
     * @param cause why the routed version did not
     */
    record Key(@Nullable String routed, String rung, Cause cause) {}

    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final Consumer<Key> onNew;

    OutcomeCounts(Consumer<Key> onNew) {
        this.onNew = onNew;
    }

    LongAdder counter(@Nullable String routed, String rung, Cause cause) {
        Key key = new Key(routed, rung, cause);
        LongAdder known = counts.get(key);
        if (known != null) {
            return known;
        }
        LongAdder made = new LongAdder();
        LongAdder raced = counts.putIfAbsent(key, made);
        if (raced == null) {
            onNew.accept(key);
        }
        return raced == null ? made : raced;
    }

    Map<Key, LongAdder> all() {
        return counts;
    }
}
