package io.modelgate.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The lines of a file that end with a newline, one after the other. Not thread-safe. */
final class Lines implements Closeable {

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);

    Lines(Path path) throws IOException {
        this(Files.newInputStream(path));
    }

    Lines(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /** The next line without its newline; null if no further one is finished. */
    byte @Nullable [] next() throws IOException {
        line.reset();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toByteArray();
            }
            line.write(b);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
