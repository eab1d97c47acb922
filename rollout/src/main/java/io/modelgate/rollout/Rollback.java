package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.List;

/**
 * What a rollback did, for the person who asked for it. It is stored and in force in this process. Immutable.
 *
 * @param entry the entry that did it
 * @param restored the version that everyone gets now
 * @param bad the version that was taken back
 * @param since since when the bad version served callers: since its latest promotion, or since the first step of the rollout that came to it
 * @param callers about how many callers it answered in the rollout, as far as this process and the checkpoints of others know; after the
 *     rollout was complete it answered more. -1 if it was promoted without a rollout, so that nobody counted
 * @param calls how many calls it answered, in the same way; -1 if nobody counted
 * @param remedies what the bad version's declared side effects ask for, and what else a person should look at; empty if nothing
 */
public record Rollback(
        Entry entry, String restored, String bad, Instant since, long callers, long calls, List<String> remedies) {

    /** Copies the list. */
    public Rollback {
        remedies = List.copyOf(remedies);
    }
}
