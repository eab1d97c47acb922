package io.modelgate.redis.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a process says that it did, a line each, written through at once: what was written is there after {@code kill -9}. Its stamps order
 * what the threads of one process do.
 */
final class Journal {

    private final OutputStream out;
    private final AtomicLong clock = new AtomicLong();

    Journal(OutputStream out) {
        this.out = out;
    }

    long stamp() {
        return clock.incrementAndGet();
    }

    synchronized void write(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written", e);
        }
    }
}
