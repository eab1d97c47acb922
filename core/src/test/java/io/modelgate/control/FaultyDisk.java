package io.modelgate.control;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A disk that fails when it is told to, and remembers what was asked of it. */
final class FaultyDisk extends Disk {

    /** Everything asked for, for instance {@code write 0+312}, {@code sync}, {@code cut 0}, {@code replace x.head}. */
    final List<String> calls = new ArrayList<>();

    final List<byte[]> writes = new ArrayList<>();
    /** How many bytes of a write still fit; a write of more writes these and fails. */
    long free = Long.MAX_VALUE;

    boolean syncFails;
    boolean cutFails;
    boolean replaceFails;
    Runnable beforeSync = () -> {};

    @Override
    void write(RandomAccessFile file, long at, byte[] bytes) throws IOException {
        calls.add("write " + at + "+" + bytes.length);
        writes.add(bytes);
        if (bytes.length > free) {
            super.write(file, at, Arrays.copyOf(bytes, (int) free));
            throw new IOException("No space left on device");
        }
        super.write(file, at, bytes);
    }

    @Override
    void sync(RandomAccessFile file) throws IOException {
        beforeSync.run();
        calls.add("sync");
        if (syncFails) {
            throw new IOException("Input/output error");
        }
        super.sync(file);
    }

    @Override
    void cut(RandomAccessFile file, long length) throws IOException {
        calls.add("cut " + length);
        if (cutFails) {
            throw new IOException("Read-only file system");
        }
        super.cut(file, length);
    }

    @Override
    void replace(Path target, byte[] content) throws IOException {
        calls.add("replace " + target.getFileName());
        if (replaceFails) {
            throw new IOException("No space left on device");
        }
        super.replace(target, content);
    }
}
