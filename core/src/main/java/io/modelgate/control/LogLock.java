package io.modelgate.control;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lets one writer at a time at a log, over all processes of the host and all threads and instances of this one. */
final class LogLock {

    /** What is done under the lock. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws IOException;
    }

    private LogLock() {}

    /**
     * Runs an action under the lock. An interrupt neither ends the waiting nor the action; the flag is set again afterwards.
     */
    static <T> T holding(Path file, Action<T> action) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            // A FileLock belongs to the whole JVM, and on POSIX closing any channel of the file drops it: so one
            // monitor per
            // file, which is the same for copies of this class in other class loaders only if it is an interned string.
            synchronized ((LogLock.class.getName() + ' ' + file).intern()) {
                while (true) {
                    try (FileChannel channel =
                                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                            FileLock lock = lock(channel)) {
                        if (lock != null) {
                            return action.run();
                        }
                    }
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Null if an interrupt ended the waiting, which also closes the channel. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.lock();
        } catch (FileLockInterruptionException | ClosedByInterruptException e) {
            return null;
        }
    }
}
