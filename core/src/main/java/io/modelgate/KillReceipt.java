package io.modelgate;

import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * What a kill has done so far. When {@code kill} returns it, the kill is in force in this process and no further call starts on
 * its scope; what is left is to store it, which is tried until it succeeds or the process ends,
 * and after a restart where the log keeps an outbox on disk. Thread-safe.
 */
public final class KillReceipt extends Receipt {

    private final Kill kill;
    private final Recent recent;
    private final Control control;
    private final LongSupplier inFlight;

    KillReceipt(Kill kill, CompletableFuture<Entry> stored, Recent recent, Control control, LongSupplier inFlight) {
        super(kill.id(), stored);
        this.kill = kill;
        this.recent = recent;
        this.control = control;
        this.inFlight = inFlight;
    }

    /** The kill; a revive names its id. */
    public Kill kill() {
        return kill;
    }

    /** What it turned off. */
    public Scope scope() {
        return kill.scope();
    }

    /**
     * Waits until every process that is heard of has the kill in force, at most for the given time, and says which have. Returns as soon as
     * all live ones have: it does not wait for those that are silent. Asks anew each time, so that a kill that the log's store lost and got
     * again counts at its new place. An interrupt ends the waiting and keeps the thread's flag.
     *
     * @param timeout zero or less asks once
     * @throws io.modelgate.control.ControlLogException if the control log cannot say which processes there are
     */
    public Confirmation confirmed(Duration timeout) {
        return Confirmations.await(control, id(), timeout);
    }

    /**
     * How many models are running now, in this process, of what was killed, those included whose calls have ended without them. They
     * started before; none will follow.
     */
    public long inFlight() {
        return inFlight.getAsLong();
    }

    /** How the scope compares to the callers that this process saw lately: none matching hints at a misspelt value. */
    public Recent recent() {
        return recent;
    }

    /**
     * A sample of the callers that the killed gates saw lately in this process, up to 256 for each gate; empty for gates that
     * declare no attributes.
     *
     * @param matching how many carry the value that the kill names (all of them, for a kill that is not narrowed)
     * @param lacking how many lack the attribute, and so count as killed too
     * @param sampled how many there are
     */
    public record Recent(int matching, int lacking, int sampled) {
        Recent plus(Recent other) {
            return new Recent(matching + other.matching, lacking + other.lacking, sampled + other.sampled);
        }
    }
}
