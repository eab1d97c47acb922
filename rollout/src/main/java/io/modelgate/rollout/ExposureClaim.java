package io.modelgate.rollout;

import io.modelgate.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write sealed files of a folder anew, which one process at a time has: two at once would put back what the other took out, and seal what
 * is not there. It ends with its process, whatever becomes of that. Not thread-safe.
 */
final class ExposureClaim implements AutoCloseable {

    /** Empty, and left where it is: to delete it would let two have the right. */
    static final String NAME = ".claim";

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long REST_NANOS = Duration.ofMillis(20).toNanos();

    private final ExposureLock lock;

    /** Another process has the right. */
    static final class Taken extends IOException {
        private static final long serialVersionUID = 1;

        Taken(Path folder) {
            super("another process writes files in " + folder + " anew");
        }
    }

    private ExposureClaim(ExposureLock lock) {
        this.lock = lock;
    }

    /**
     * Waits for the right.
     *
     * @throws Taken if another process has it all the time
     */
    static ExposureClaim of(Path folder, Duration patience) throws IOException {
        Ticker ticker = Ticker.system(); // it waits for another process, whatever time a test says it is
        long start = ticker.read();
        do {
            ExposureLock lock = ExposureLock.make(folder.resolve(NAME));
            if (lock != null) {
                return new ExposureClaim(lock);
            }
            LockSupport.parkNanos(REST_NANOS);
        } while (ticker.read() - start < patience.toNanos()
                && !Thread.currentThread().isInterrupted());
        throw new Taken(folder);
    }

    /** Deletes what was half written as a process died, unless another process has the right; what goes wrong is left to the next erasure. */
    static void sweepIfFree(Path root) {
        try {
            if (!leftovers(root).isEmpty()) {
                try (ExposureClaim claim = of(root, Duration.ZERO)) {
                    claim.sweep(root);
                }
            }
        } catch (IOException e) {
            LOG.debug("what is half written in {} is left to the next erasure", root, e);
        }
    }

    /** Deletes what was half written as its process died: it names callers, and who holds the right knows that nobody writes it. */
    void sweep(Path root) throws IOException {
        for (Path path : leftovers(root)) {
            Files.deleteIfExists(path);
        }
    }

    /** What there is to sweep. Of a folder that cannot be listed there is nothing, so that it keeps nothing from the others. */
    static List<Path> leftovers(Path root) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        for (Path path : ExposureFolder.listed(root)) {
            if (temporary(path)) {
                leftovers.add(path);
            } else {
                try {
                    ExposureFolder.listed(path).stream()
                            .filter(ExposureClaim::temporary)
                            .forEach(leftovers::add);
                } catch (IOException e) {
                    LOG.debug("{} cannot be listed", path, e);
                }
            }
        }
        return leftovers;
    }

    /** A folder of such a name is none of ours. */
    private static boolean temporary(Path path) {
        return path.toString().endsWith(ExposureErasure.TEMPORARY)
                && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
