package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.Receipt;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all operations have in common that decide something. */
final class Decisions {

    /** So long does a request wait for what it decided to be stored or given up, which takes two seconds; it is not known by then seldom. */
    private static final Duration PATIENCE = Duration.ofMillis(2_500);

    /** So long for a kill, which is in force already. */
    private static final Duration PATIENCE_WITH_A_KILL = Duration.ofSeconds(1);

    private static final int LONGEST_REASON = 2_000;

    private Decisions() {}

    /**
     * Makes a decision, on gates that are open.
     *
     * @throws Problem 503 if they are closed
     */
    static <T> T made(Gates gates, Supplier<T> decision) {
        if (gates.closed()) {
            throw closed();
        }
        try {
            return decision.get();
        } catch (IllegalStateException e) {
            throw gates.closed() ? closed() : e;
        }
    }

    private static Problem closed() {
        return new Problem(503, "the gates of this process are closed: nothing can be decided here any more");
    }

    /**
     * Whether it is stored, waiting a moment for it.
     *
     * @throws Problem 503 if it was given up
     */
    static boolean stored(Receipt receipt) {
        boolean stored = receipt.stored(PATIENCE);
        if (!stored) {
            receipt.failure().ifPresent(why -> {
                throw new Problem(503, "it is not stored and has no effect: " + why.getMessage());
            });
        }
        return stored;
    }

    /** Whether a kill is stored, waiting a moment for it: it is in force all the same, and tried until it is. */
    static boolean storedOrTriedOn(KillReceipt kill) {
        return kill.stored(PATIENCE_WITH_A_KILL);
    }

    /**
     * Why somebody decides something: whoever wakes up next needs it.
     *
     * @throws Problem 400 if nothing is said, or too much
     */
    static String reason(@Nullable String given) {
        if (given == null || given.isBlank() || given.length() > LONGEST_REASON) {
            throw Problem.bad("reason: expected why, in 1 to " + LONGEST_REASON + " characters");
        }
        return given;
    }

    /** A part of a body that has to be there. */
    static String required(String name, @Nullable String given) {
        if (given == null) {
            throw Problem.bad("the body has no " + name);
        }
        return given;
    }

    /**
     * Refuses an operator whose role allows the operation, but not for this.
     *
     * @throws Problem 403
     */
    static void requireMay(Request request, Role least, String what) {
        if (!request.role().includes(least)) {
            throw new Problem(
                    403,
                    request.actor().name() + " is " + request.role() + ", and " + what + " takes " + least
                            + "; nothing was done");
        }
    }
}
