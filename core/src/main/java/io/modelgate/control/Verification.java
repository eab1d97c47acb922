package io.modelgate.control;

import org.jspecify.annotations.Nullable;

/**
 * What {@link FileControlLog#verify} found. Immutable.
 *
 * @param entries how many entries, from the first on, form an unbroken chain
 * @param head where that chain ends
 * @param tornBytes the bytes of an unfinished line after the last complete one: a write in progress, or the trace of a process
 *     that died in one; no problem as such
 * @param problemLine the number of the line that breaks the chain; 0 if there is none
 * @param problem the first problem and its fix; null if there is none
 */
public record Verification(
        long entries,
        Head head,
        long tornBytes,
        long problemLine,
        @Nullable String problem) {

    /** Whether the log and its head file are as they were acknowledged. */
    public boolean intact() {
        return problem == null;
    }
}
