package io.modelgate.rollout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the file of one rollout in this process. What is taken is with the system once {@link #flush} returns. Not thread-safe.
 *
 * <p>Through {@code java.io}, because an interrupt closes a channel in the middle of a write.
 */
final class ExposureWriter {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final Path path;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private RandomAccessFile file;
    private long length;
    private long unwritten;
    private boolean closed;
    private ExposureLines lines;

    /** As they were when all was written. */
    private ExposureLines written;

    /** Tells the others that this process lives; null where files cannot be locked. */
    private final @Nullable ExposureLock lock;

    private ExposureWriter(Path path, ExposureFile.Header header, @Nullable ExposureLock lock) throws IOException {
        this.path = path;
        this.lock = lock;
        written = new ExposureLines(header);
        lines = written.copy();
        file = new RandomAccessFile(path.toFile(), "rw");
    }

    /** Makes the file of a process, which its owner alone may read. */
    static ExposureWriter make(Path folder, ExposureFile.Header header) throws IOException {
        Files.createDirectories(folder);
        Path path = folder.resolve(header.instance() + ExposureFile.OPEN);
        for (int i = 1; Files.exists(path) || Files.exists(sealed(path)); i++) { // the same rollout ran here before
            path = folder.resolve(header.instance() + "-" + i + ExposureFile.OPEN);
        }
        ExposureLock lock = locked(path); // before the file: nobody is to find it without
        try {
            Files.createFile(path, ownerOnly(path));
            ExposureWriter writer = new ExposureWriter(path, header, lock);
            writer.waiting.writeBytes(header.line().getBytes(StandardCharsets.UTF_8));
            return writer;
        } catch (IOException e) {
            if (lock != null) {
                lock.delete();
            }
            throw e instanceof FileAlreadyExistsException ? new IOException(path + " is there already", e) : e;
        }
    }

    private static @Nullable ExposureLock locked(Path path) throws IOException {
        Path beside = ExposureLock.beside(path);
        try {
            ExposureLock lock = ExposureLock.make(beside);
            if (lock != null) {
                return lock;
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be locked: others find out by its age that its process died", beside, e);
            Files.deleteIfExists(beside);
            return null;
        }
        throw new IOException(beside + " is locked already");
    }

    static FileAttribute<?>[] ownerOnly(Path path) {
        Set<String> views = path.getFileSystem().supportedFileAttributeViews();
        return views.contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    Path path() {
        return path;
    }

    /** How many bytes it has, those that wait included. */
    long bytes() {
        return length + waiting.size();
    }

    void take(String caller, long at, String outcome) {
        waiting.writeBytes(lines.line(caller, at, outcome).getBytes(StandardCharsets.UTF_8));
        unwritten++;
    }

    /** How many bytes it has taken and not written. */
    long waiting() {
        return waiting.size();
    }

    /** Writes what waits, all or nothing, so that another try does not double it. */
    void flush() throws IOException {
        if (waiting.size() == 0) {
            return;
        }
        try {
            file.seek(length);
            file.write(waiting.toByteArray());
        } catch (IOException e) {
            file.setLength(length);
            throw e;
        }
        length += waiting.size();
        waiting.reset();
        unwritten = 0;
        written = lines.copy();
    }

    /** Gives up what could not be written; how many exposures that were. The first line, which says of what the file is, stays. */
    long giveUp(ExposureFile.Header header) {
        long given = unwritten;
        waiting.reset();
        unwritten = 0;
        lines = written.copy();
        if (length == 0) {
            waiting.writeBytes(header.line().getBytes(StandardCharsets.UTF_8));
        }
        return given;
    }

    /** Puts another file in its place and goes on at its end, with nothing waiting. */
    void replace(Path by, ExposureFile.Header header) throws IOException {
        file.close();
        try {
            ExposureErasure.move(by, path);
            written = new ExposureLines(header); // whole ids again: those that were there may be gone
            lines = written.copy();
        } finally {
            file = new RandomAccessFile(path.toFile(), "rw");
            length = file.length();
        }
    }

    /** Idempotent, and may be tried again if it fails. */
    void close() throws IOException {
        if (!closed) {
            file.getFD().sync();
            file.close();
            closed = true;
        }
    }

    /** Deletes the file if nothing could be written to it, not even of what it is; whether it is gone. */
    boolean forgetIfEmpty() throws IOException {
        if (length > 0) {
            return false;
        }
        file.close();
        Files.deleteIfExists(path);
        unlock(true);
        return true;
    }

    /** Lets go of the file, for good if it is sealed, or else so that another process may seal it. */
    void unlock(boolean sealed) throws IOException {
        if (lock != null) {
            if (sealed) {
                lock.delete();
            } else {
                lock.close();
            }
        }
    }

    /** The path of a file once it is sealed. */
    static Path sealed(Path open) {
        String name = String.valueOf(open.getFileName());
        return open.resolveSibling(name.substring(0, name.length() - ExposureFile.OPEN.length()) + ExposureFile.SEALED);
    }
}
