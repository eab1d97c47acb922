package io.modelgate.control;

import java.nio.file.Path;

/**
 * What was archived. Immutable.
 *
 * @param file the entries' lines, one after the other; not written if there was nothing to archive
 * @param from the first entry in it
 * @param through the last entry in it; less than {@code from} if there was nothing to archive
 * @param sha256 of the file, 64 hexadecimal digits; empty if there was nothing to archive
 * @param bytes the file's size
 */
public record Archived(Path file, long from, long through, String sha256, long bytes) {

    /** How many entries it holds. */
    public long entries() {
        return through - from + 1;
    }
}
