package io.modelgate.redis;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Archived entries as Redis keeps them for new processes: their lines, compressed. Immutable. */
final class Segment {

    /** What is unpacked in one piece, and what Redis copies in one step. */
    private static final long MOST_BYTES = 8 << 20;

    private static final int BATCH = 500;

    private final long from;
    private final long through;
    private final String lastHash;
    private final byte[] bytes;

    private Segment(long from, long through, String lastHash, byte[] bytes) {
        this.from = from;
        this.through = through;
        this.lastHash = lastHash;
        this.bytes = bytes;
    }

    /** The segment of as many entries as it holds, beginning with one and going no further than another. */
    static Segment pack(ControlLog log, long from, long most) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        long at = from - 1;
        String hash = "";
        long plain = 0;
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            while (at < most && plain < MOST_BYTES) {
                List<Entry> batch = log.read(at, (int) Math.min(BATCH, most - at));
                if (batch.isEmpty()) {
                    throw new ControlLogException(
                            "the log ends at " + at + ", and ended later just now; archive again");
                }
                for (Entry entry : batch) {
                    byte[] line = entry.line();
                    out.write(line);
                    out.write('\n');
                    plain += line.length;
                    at = entry.seq();
                    hash = entry.hash();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written", e);
        }
        return new Segment(from, at, hash, packed.toByteArray());
    }

    /**
     * The lines of a segment.
     *
     * @throws IOException if it is damaged
     */
    static List<byte[]> unpack(byte[] packed) throws IOException {
        List<byte[]> all = new ArrayList<>();
        try (Lines lines = new Lines(new GZIPInputStream(new ByteArrayInputStream(packed)))) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                all.add(line);
            }
        }
        return all;
    }

    String name() {
        return from + "-" + through;
    }

    long through() {
        return through;
    }

    String lastHash() {
        return lastHash;
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
