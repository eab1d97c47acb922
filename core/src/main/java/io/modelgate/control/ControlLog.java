package io.modelgate.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The append-only, hash-chained record of every decision: audit trail, replication and source of truth in one.
 *
 * <p>Sequence numbers start at 1 and have no gaps; each entry's hash covers the hash before it. Every process that shares
 * the log sees the same entries in the same order. Thread-safe. An implementation proves itself with the compatibility kit
 * in {@code modelgate-testkit}.
 */
public interface ControlLog extends AutoCloseable {

    /**
     * Appends decisions in order and returns their entries once they are durable.
     *
     * <p>Idempotent by id: a decision whose id is already in the log is not appended again, and the entry that is there is
     * returned for it. If this throws, any prefix of the decisions may have been stored; append them again with the same ids.
     *
     * @throws ControlLogException if the log cannot be written or is closed
     */
    List<Entry> append(List<Decision> decisions);

    /**
     * Appends one decision if the log still ends at the given sequence number; empty if it does not. A decision whose id is
     * already in the log is returned as it stands there.
     *
     * @throws ControlLogException if the log cannot be written or is closed
     */
    Optional<Entry> appendIf(long expectedSeq, Decision decision);

    /**
     * Reads up to {@code limit} entries that come after a sequence number, in order; empty at the end of the log.
     *
     * @throws IllegalArgumentException if {@code after} is negative or {@code limit} is less than 1
     * @throws ControlLogException if the log cannot be read or is closed
     */
    List<Entry> read(long after, int limit);

    /**
     * Calls {@code follower} with the entries after a sequence number, in order, without gaps or repeats, one batch at a time,
     * until the returned subscription is closed. Entries that this or another process appends arrive soon after they are
     * stored; how soon is the implementation's to say. A follower that throws is reported and called again with the next batch.
     *
     * @throws IllegalArgumentException if {@code after} is negative
     * @throws ControlLogException if the log is closed
     */
    Subscription follow(long after, Consumer<List<Entry>> follower);

    /** Where the log ends now, as far as can be told without waiting for a write in progress. */
    Head head();

    /**
     * The secret under which this log's entries hash the identities of callers, at least 16 bytes; kept outside the log and the
     * same for every process that shares it.
     */
    byte[] identitySecret();

    /** Whether appends neither wait nor do input or output, so that they may be made on any thread. */
    default boolean immediate() {
        return false;
    }

    /**
     * Calls a listener when entries that followers were given are no longer part of the log, because its store lost them and went on
     * without: what was folded from them has to be folded anew, from the first entry on. It is called on the thread that calls followers,
     * before they are given any later entry. A log whose entries never leave it, the default, has nothing to tell.
     */
    default Subscription onReplaced(Runnable listener) {
        return () -> {};
    }

    /**
     * Calls a listener with the entry of a kill as soon as it was read and found to continue the chain, before followers are given it. It may be
     * called for a kill of this process, or for one that followers have been given already. It may also be called for one that they will never be
     * given, because its entry gives way to another: whoever puts it in force sees to it that it gets into the log. The listener is called on a
     * thread that must not be held up; what it throws is reported. Entries arrive through {@link #follow} all the same. A log with no faster way
     * than that, the default, tells nothing.
     */
    default Subscription onKill(Consumer<Entry> listener) {
        return () -> {};
    }

    /**
     * Decisions that are durable in this process and not in the log yet, in order: kills that its store did not take before the process
     * ended, or that it lost. Whoever serves from this log puts the kills among them in force and appends all of them again.
     */
    default List<Decision> owed() {
        return List.of();
    }

    /**
     * Whether anything is known of the log. False from the opening of a log whose store cannot be reached and of which there is no copy,
     * until it is reached; what is folded until then is no state to serve from.
     */
    default boolean known() {
        return true;
    }

    /** How long ago this instance last knew that it had all entries; zero for a log of which that is always known. */
    default Duration staleness() {
        return Duration.ZERO;
    }

    /**
     * Says that everything up to an entry is in force in this process, for {@link #instances()} of all processes. Does not wait.
     *
     * @param head the entry's place and hash
     */
    default void applied(Head head) {}

    /**
     * The processes that serve from this log, this one included, as far as the log can know them; empty if it knows none.
     *
     * @throws ControlLogException if they cannot be read, or the log is closed
     */
    default List<Instance> instances() {
        return List.of();
    }

    /** The name under which {@link #instances()} of all processes list this one, once it serves; empty, the default, if they do not. */
    default String instance() {
        return "";
    }

    /** Stops following and releases what is held; entries that were stored stay stored. Idempotent. */
    @Override
    void close();

    /** Ends something that was started. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
