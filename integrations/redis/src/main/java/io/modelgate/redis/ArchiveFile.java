package io.modelgate.redis;

import io.modelgate.control.Archived;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A file of a log's lines, whole and on disk.
 *
 * @param archived what it holds
 * @param lastHash of the last entry in it
 */
record ArchiveFile(Archived archived, String lastHash) {

    private static final int BATCH = 1_000;

    /** Writes entries to a file that appears with its name only when it is whole. */
    static ArchiveFile write(Path file, long from, long through, ControlLog log) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        MessageDigest sha = Sha256.begin();
        String last = "";
        long bytes;
        try (FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            OutputStream out =
                    new BufferedOutputStream(new DigestOutputStream(Channels.newOutputStream(channel), sha), 1 << 16);
            for (long at = from - 1; at < through; ) {
                for (Entry entry : next(log, at, through)) {
                    out.write(entry.line());
                    out.write('\n');
                    last = entry.hash();
                    at = entry.seq();
                }
            }
            out.flush();
            channel.force(true);
            bytes = channel.size();
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(directory(file))) {
            directory.force(true);
        }
        return new ArchiveFile(new Archived(file, from, through, HexFormat.of().formatHex(sha.digest()), bytes), last);
    }

    /**
     * What an archive left that was ended before its entry was in the log; empty if there is no such file.
     *
     * @throws IllegalArgumentException if the file holds anything else
     */
    static Optional<ArchiveFile> left(Path file, long from, ControlLog log) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        MessageDigest sha = Sha256.begin();
        long at = from - 1;
        String last = "";
        try (Lines lines = new Lines(file)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                if (at >= log.head().seq()
                        || !Arrays.equals(next(log, at, at + 1).get(0).line(), line)) {
                    throw other(file);
                }
                last = log.read(at, 1).get(0).hash();
                sha.update(line);
                sha.update((byte) '\n');
                at++;
            }
        }
        if (at < from) {
            throw other(file);
        }
        return Optional.of(new ArchiveFile(
                new Archived(file, from, at, HexFormat.of().formatHex(sha.digest()), Files.size(file)), last));
    }

    private static IllegalArgumentException other(Path file) {
        return new IllegalArgumentException(
                file + " exists, and does not hold the next entries of this log: name a file that does not exist");
    }

    private static List<Entry> next(ControlLog log, long after, long through) {
        List<Entry> batch = log.read(after, (int) Math.min(BATCH, through - after));
        if (batch.isEmpty()) {
            throw new ControlLogException("the log ends at " + after + ", and ended later just now; archive again");
        }
        return batch;
    }

    private static Path directory(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new UncheckedIOException(new IOException(file + " is in no directory"));
        }
        return parent;
    }
}
