package io.modelgate;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Names one outcome, for what is learnt or told of it later. Unique over all processes. Immutable.
 *
 * <p>Its text carries what joins {@linkplain ModelGate#feedback feedback} to the version that answered, and is signed with the secret of
 * the control log: nothing has to be kept for it. It holds no key and no session.
 */
public final class OutcomeId {

    /** The most characters that a {@link #text} has. */
    public static final int MOST_CHARACTERS = OutcomeIds.MOST_CHARACTERS;

    private static final long PROCESS = new SecureRandom().nextLong();

    final long high;
    final long low;

    /** The version that answered, or null. */
    final @Nullable String version;

    /** The rollout that the call was part of, 0 for none, and its place there. */
    final long rollout;

    final long place;

    /** When the call began, or {@link Descent#UNREAD}. */
    final long start;

    private final OutcomeIds ids;
    private @Nullable String text;

    /**
     * Makes a new one.
     *
     * @param start when the call began, in ticks, or {@link Descent#UNREAD}
     */
    OutcomeId(OutcomeIds ids, @Nullable String version, long rollout, long place, long start) {
        // The thread's random numbers come of one state of 64 bits, which is the low half; the high one tells processes
        // apart, and moments.
        high = PROCESS ^ start;
        low = ThreadLocalRandom.current().nextLong();
        this.ids = ids;
        this.version = version;
        this.rollout = rollout;
        this.place = place;
        this.start = start;
    }

    /** The id as text: 30 to {@value OutcomeIds#MOST_CHARACTERS} letters, digits, '-' and '_', the longer the version's id is. */
    public synchronized String text() {
        String known = text;
        if (known == null) {
            known = ids.text(
                    this); // made once: it says when the call began, to the second, as far as can be told by now
            text = known;
        }
        return known;
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
