package io.modelgate.control;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the complete lines of a log file one after the other and verifies that each continues the chain. Not thread-safe. */
final class ChainReader implements Closeable {

    private static final int CHUNK = 1 << 18;

    private final RandomAccessFile file;
    private final LineReader lines = new LineReader();
    private byte[] buffer;
    private int from;
    private int to;
    private long seq;
    private @Nullable String hash;
    private long offset;

    /**
     * Starts after the entry {@code seq}.
     *
     * @param hash the hash of that entry; null accepts any
     * @param offset where the next line begins
     */
    ChainReader(Path log, long seq, @Nullable String hash, long offset) throws IOException {
        this.seq = seq;
        this.hash = hash;
        this.offset = offset;
        file = new RandomAccessFile(log.toFile(), "r");
        file.seek(offset);
        buffer = new byte[(int) Math.max(512, Math.min(CHUNK, file.length() - offset + 1))];
    }

    /** The next entry; null if no further complete line is there. */
    @Nullable
    Entry next() throws IOException, BadLineException {
        int newline = from;
        while (true) {
            while (newline < to && buffer[newline] != '\n') {
                newline++;
            }
            if (newline < to) {
                break;
            }
            int scanned = newline - from;
            if (!fill()) {
                return null;
            }
            newline = from + scanned;
        }
        Entry entry = lines.read(buffer, from, newline, seq + 1, hash);
        offset += newline + 1 - from;
        from = newline + 1;
        seq = entry.seq();
        hash = entry.hash();
        return entry;
    }

    /** Where the line after the last one returned begins. */
    long offset() {
        return offset;
    }

    /** After {@link #next} returned null: how many bytes of an unfinished line follow. */
    int unfinished() {
        return to - from;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private boolean fill() throws IOException, BadLineException {
        if (to - from > LineWriter.MAX_BYTES) {
            throw new BadLineException(seq + 1, "it is longer than " + LineWriter.MAX_BYTES + " bytes");
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = file.read(buffer, to, buffer.length - to);
        to += Math.max(read, 0);
        return read > 0;
    }
}
