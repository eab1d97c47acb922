package io.modelgate.rollout;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom a rollout's version has answered, in numbers: over the files of all processes that write to the folder. Immutable.
 *
 * @param rollout the rollout's id
 * @param gate the gate
 * @param version the version under rollout
 * @param callers how many callers with a key it answered
 * @param calls how many calls it answered
 * @param withoutKey how many of them were of callers without a key
 * @param firstAt when the first of them began, null if there was none
 * @param lastAt when the last of them began, null if there was none
 * @param files how many files hold them
 * @param bytes how many bytes those have
 * @param folder where they are
 */
public record Exposures(
        String rollout,
        String gate,
        String version,
        long callers,
        long calls,
        long withoutKey,
        @Nullable Instant firstAt,
        @Nullable Instant lastAt,
        int files,
        long bytes,
        Path folder) {

    /** When the first call began that it answered. */
    public Optional<Instant> first() {
        return Optional.ofNullable(firstAt);
    }

    /** When the last call began that it answered. */
    public Optional<Instant> last() {
        return Optional.ofNullable(lastAt);
    }
}
