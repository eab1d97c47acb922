package io.modelgate.rollout;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.modelgate.Ticker;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to write sealed files of a folder anew, which one process at a time has: two at once would put back what the other took out, and seal what
 * is not there. It ends with its process, whatever becomes of that. Not thread-safe.
 */
final class ExposureClaim implements AutoCloseable {

    /** Empty, and left where it is: to delete it would let two have the right. */
    static final String NAME = ".claim";

    private static final long REST_NANOS = Duration.ofMillis(20).toNanos();

    private final FileChannel channel;

    private ExposureClaim(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the right.
     *
     * @throws IOException if another process has it all the time
     */
    static ExposureClaim of(Path folder, Duration patience) throws IOException {
        Ticker ticker = Ticker.system(); // it waits for another process, whatever time a test says it is
        long start = ticker.read();
        do {
            ExposureClaim claim = tryIt(folder);
            if (claim != null) {
                return claim;
            }
            LockSupport.parkNanos(REST_NANOS);
        } while (ticker.read() - start < patience.toNanos()
                && !Thread.currentThread().isInterrupted());
        throw new IOException("another process writes files in " + folder + " anew");
    }

    private static @Nullable ExposureClaim tryIt(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel = FileChannel.open(file, Set.of(CREATE, WRITE), ExposureWriter.ownerOnly(file));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new ExposureClaim(channel);
            }
        } catch (OverlappingFileLockException e) { // another ledger of this process has it
            channel.close();
            return null;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** Deletes what was half written as its process died: it names callers, and who holds the right knows that nobody writes it. */
    void sweep(Path root) throws IOException {
        for (Path path : ExposureFolder.listed(root)) {
            if (temporary(path)) {
                Files.deleteIfExists(path);
            } else {
                for (Path file : ExposureFolder.listed(path)) {
                    if (temporary(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    /** Whether there is anything to sweep. */
    static boolean leftovers(Path root) throws IOException {
        for (Path path : ExposureFolder.listed(root)) {
            if (temporary(path) || ExposureFolder.listed(path).stream().anyMatch(ExposureClaim::temporary)) {
                return true;
            }
        }
        return false;
    }

    private static boolean temporary(Path path) {
        return path.toString().endsWith(ExposureErasure.TEMPORARY);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
