package io.modelgate.rollout;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of an empty file, which one process at a time has and which ends with it, whatever becomes of that. Thread-safe.
 *
 * <p>POSIX takes a lock from a process that closes any of its channels to the file. So a process opens it only while it has no lock on it.
 */
final class ExposureLock implements AutoCloseable {

    /** Beside a file that is written: whether its process lives. */
    static final String SUFFIX = ".lock";

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** What this process has. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** Channels to what another copy of this class in this process has: closing them would end its lock. */
    private static final Map<Path, FileChannel> KEPT = new ConcurrentHashMap<>();

    private final Path path;
    private final FileChannel channel;

    private ExposureLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Locks a file, which is made if it is not there; null if it is locked already, by this process or another. */
    static @Nullable ExposureLock make(Path file) throws IOException {
        return of(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    /** Where the lock of a file of exposures is. */
    static Path beside(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + SUFFIX);
    }

    /** Whether it is known that nobody writes a file any more: its lock is there, and nobody has it. */
    static boolean free(Path file) {
        Path beside = beside(file);
        try (ExposureLock lock = of(beside, Set.of(StandardOpenOption.WRITE))) {
            // One that its process has deleted since it was opened here is nobody's, and its process lives.
            return lock != null && Files.exists(beside);
        } catch (NoSuchFileException e) {
            return false; // sealed just now, or of a process that could not lock
        } catch (IOException e) {
            LOG.debug("whether the process of {} lives is not known", file, e);
            return false;
        }
    }

    private static @Nullable ExposureLock of(Path file, Set<? extends OpenOption> how) throws IOException {
        Path name = file.getFileName();
        Path folder = file.toAbsolutePath().getParent();
        if (name == null || folder == null) {
            throw new IOException(file + " names no file");
        }
        Path path = folder.toRealPath().resolve(name); // a folder may have several names
        if (!HELD.add(path)) {
            return null;
        }
        ExposureLock lock = null;
        try {
            lock = locked(path, how);
            return lock;
        } finally {
            if (lock == null) {
                HELD.remove(path);
            }
        }
    }

    private static @Nullable ExposureLock locked(Path path, Set<? extends OpenOption> how) throws IOException {
        FileChannel kept = KEPT.remove(path);
        FileChannel channel = kept == null ? FileChannel.open(path, how, ExposureWriter.ownerOnly(path)) : kept;
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new ExposureLock(path, channel);
            }
        } catch (OverlappingFileLockException e) {
            KEPT.put(path, channel);
            return null;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** Deletes the file while it is locked: nobody is to find it free. */
    void delete() throws IOException {
        try (this) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(path);
        }
    }
}
