package io.modelgate;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A sample of the attributes that recent callers carried, so that a kill narrowed to {@code EU} where callers say {@code eu} is
 * noticed. Holds attributes only, never a key. Thread-safe; a sample lost in a race is a sample less.
 */
final class RecentCallers {

    private static final int SIZE = 256;

    private final AtomicReferenceArray<String[]> ring = new AtomicReferenceArray<>(SIZE);

    /** Looks at every call of a row at first and every sixteenth later: {@code nth} is the row's count so far. */
    void see(long nth, String[] attributes) {
        if (nth < 64 || (nth & 15) == 0) {
            int slot = (int) ((nth < 64 ? nth : nth >> 4) * 31
                            + Thread.currentThread().getId())
                    & (SIZE - 1);
            ring.setPlain(slot, attributes);
        }
    }

    /** How many of the sampled callers a scope would match, lack its attribute, and were sampled at all. */
    KillReceipt.Recent match(Scope scope) {
        int matching = 0;
        int lacking = 0;
        int sampled = 0;
        for (int i = 0; i < SIZE; i++) {
            String[] attributes = ring.getPlain(i);
            if (attributes == null) {
                continue;
            }
            sampled++;
            String attribute = scope.attribute();
            String value = attribute == null ? null : Caller.value(attributes, attribute);
            if (attribute != null && value == null) {
                lacking++;
            } else if (attribute == null || Objects.equals(value, scope.value())) {
                matching++;
            }
        }
        return new KillReceipt.Recent(matching, lacking, sampled);
    }
}
