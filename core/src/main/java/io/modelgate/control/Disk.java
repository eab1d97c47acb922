package io.modelgate.control;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The writes on which durability rests; tests replace them to make them fail.
 *
 * <p>Through {@code java.io}, because an interrupt closes a {@link FileChannel} in the middle of a write, and a decision must
 * be stored also by a thread that is being interrupted.
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

    /** Replaces a small file as a whole: whoever reads it, also after a crash, finds the old content or the new, and may still read it. */
    void replace(Path target, byte[] content) throws IOException {
        Path temporary = LogFiles.beside(target, ".tmp");
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            out.write(content);
            Ownership.like(target, temporary);
            out.getFD().sync();
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes new names in a directory survive a crash of the machine, where the platform has a way to ask for it. */
    void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open a directory; it needs no such call either.
            return;
        }
    }
}
