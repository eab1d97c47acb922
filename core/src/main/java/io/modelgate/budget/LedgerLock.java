package io.modelgate.budget;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a ledger the property of whoever opened it, until it is closed or its process ends.
 *
 * <p>It locks a file beside the ledger, because the ledger itself is replaced when it is compacted.
 */
final class LedgerLock implements AutoCloseable {

    /** On POSIX, closing any channel of a file drops all locks of the process on it: so a second one is never even opened. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private LedgerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The file that a link leads to: it is replaced, and not the link. */
    static Path real(Path file) throws IOException {
        if (Files.exists(file)) {
            return file.toRealPath();
        }
        if (Files.isSymbolicLink(file)) {
            throw new IOException("it is a link to " + Files.readSymbolicLink(file) + ", which does not exist");
        }
        Path absolute = file.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        return directory == null ? absolute : directory.toRealPath().resolve(absolute.getFileName());
    }

    static LedgerLock of(Path ledger) throws IOException {
        Path file = ledger.resolveSibling(ledger.getFileName() + ".lock");
        if (!HELD.add(file)) {
            throw inUse(ledger, "by this process");
        }
        try {
            return new LedgerLock(file, locked(ledger, file));
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static FileChannel locked(Path ledger, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw inUse(ledger, "by another process");
    }

    private static IllegalStateException inUse(Path ledger, String by) {
        return new IllegalStateException("ledger " + ledger + " is in use " + by
                + ": a ledger belongs to one; give each process a ledger of its own");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
