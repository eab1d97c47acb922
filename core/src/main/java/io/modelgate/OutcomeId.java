package io.modelgate;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Names one outcome, for what is learnt or told of it later. Unique over all processes. Immutable. */
public final class OutcomeId {

    private final long high;
    private final long low;

    private OutcomeId(long high, long low) {
        this.high = high;
        this.low = low;
    }

    static OutcomeId next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new OutcomeId(random.nextLong(), random.nextLong());
    }

    /** The id as text: letters, digits, '-' and '_'. */
    public String text() {
        byte[] bytes =
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutcomeId id && high == id.high && low == id.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    /** {@link #text}. */
    @Override
    public String toString() {
        return text();
    }
}
