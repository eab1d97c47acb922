package io.modelgate.control;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A log file and the files beside it, under the names that every process sharing them arrives at, whatever link it came by.
 *
 * @param log the entries
 * @param head the place up to which they were acknowledged
 * @param lock locked while something is written
 * @param key the secret that hashes identities
 */
record LogFiles(Path log, Path head, Path lock, Path key) {

    static LogFiles at(Path file) {
        if (!file.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(
                    "file is " + file.toUri() + ": expected a path of the default file system");
        }
        Path log;
        try {
            if (Files.isDirectory(file)) {
                throw new ControlLogException("control log " + file + " is a directory; give the path of a file");
            }
            log = Files.exists(file)
                    ? file.toRealPath()
                    : parent(file).toRealPath().resolve(String.valueOf(file.getFileName()));
        } catch (IOException e) {
            throw new ControlLogException(
                    "control log " + file + ": its directory " + parent(file)
                            + " cannot be used; create it, writable for this process (" + reason(e) + ")",
                    e);
        }
        return new LogFiles(log, beside(log, ".head"), beside(log, ".lock"), beside(log, ".key"));
    }

    Path directory() {
        return parent(log);
    }

    static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** What went wrong, in words: the message of a file system exception may be nothing but the path. */
    static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean bare = e instanceof FileSystemException failed && failed.getReason() == null;
        return bare ? e.getClass().getSimpleName() + ": " + message : message;
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
