package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The place of a log's files, for one instance at a time. */
final class Directory implements Closeable {

    private final Path path;
    private final String name;
    private final boolean temporary;
    private final FileChannel channel;

    private Directory(Path path, String name, boolean temporary, FileChannel channel) {
        this.path = path;
        this.name = name;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** {@code given}: null for one that goes with this instance. */
    static Directory open(@Nullable Path given, String name) {
        try {
            boolean temporary = given == null;
            Path path = given == null ? Files.createTempDirectory("modelgate") : given;
            if (!Files.isDirectory(path)) {
                throw new ControlLogException("directory " + path
                        + " does not exist: create it, writable for this process and used by no other");
            }
            return new Directory(path, name, temporary, lock(path, name));
        } catch (IOException e) {
            throw unusable(given, e);
        }
    }

    private static FileChannel lock(Path path, String name) throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw used(path, name);
        }
        channel.close();
        throw used(path, name);
    }

    private static ControlLogException used(Path path, String name) {
        return new ControlLogException(
                "directory " + path + " is in use: another process, or another part of this one, keeps its copy of"
                        + " log \"" + name + "\" there. Give each process a directory of its own");
    }

    static ControlLogException unusable(@Nullable Path path, IOException e) {
        return new ControlLogException(
                "directory " + path + " cannot be used (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                        + "): this process needs to read and write it",
                e);
    }

    Path path() {
        return path;
    }

    Path file(String suffix) {
        return path.resolve(name + suffix);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (temporary) {
            List<Path> files;
            try (Stream<Path> all = Files.walk(path)) {
                files = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
