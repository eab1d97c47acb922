package io.modelgate.rollout;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Whom a rollout's version has answered, in numbers: over the files of all processes that write to the folder. Immutable.
 *
 * @param rollout the rollout's id
 * @param gate the gate
 * @param version the version under rollout
 * @param callers how many callers with a key it answered
 * @param calls how many calls it answered
 * @param withoutKey how many of them were of callers without a key
 * @param first when the first of them began
 * @param last when the last of them began
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
        Optional<Instant> first,
        Optional<Instant> last,
        int files,
        long bytes,
        Path folder) {}
