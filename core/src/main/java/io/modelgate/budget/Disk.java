package io.modelgate.budget;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The writes on which the ledger rests; tests replace them to make them fail.
 *
 * <p>Through {@code java.io}, because an interrupt closes a {@link FileChannel} in the middle of a write, and a mark must be
 * written also by a thread that is being interrupted.
 */
class Disk {

    void write(RandomAccessFile file, long at, byte[] bytes) throws IOException {
        file.seek(at);
        file.write(bytes);
    }

    void sync(RandomAccessFile file) throws IOException {
        file.getFD().sync();
    }

    void cut(RandomAccessFile file, long length) throws IOException {
        file.setLength(length);
    }

    /** Puts a file in the place of another, with its permissions, and makes the new name survive a crash of the machine. */
    void replace(Path target, Path by) throws IOException {
        permissions(target, by);
        Files.move(by, target, StandardCopyOption.ATOMIC_MOVE);
        Path directory = target.getParent();
        if (directory != null) {
            syncDirectory(directory);
        }
    }

    private static void permissions(Path from, Path to) throws IOException {
        try {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        } catch (NoSuchFileException | UnsupportedOperationException e) {
            return; // the first of its name, or a system that has no such thing
        }
    }

    private static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open a directory; it needs no such call either.
            return;
        }
    }
}
