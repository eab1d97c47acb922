package io.modelgate.console;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** How many requests of a kind are answered at once, so that those who look never take all threads from whoever has to kill. Thread-safe. */
final class Places {

    private static final long BUSY_NANOS = Duration.ofSeconds(1).toNanos();

    private final int most;
    private final String what;
    private final Semaphore free;

    /** {@code what} is the kind in words, in the plural. */
    Places(int most, String what) {
        this.most = most;
        this.what = what;
        free = new Semaphore(most);
    }

    /**
     * Answers it in a place.
     *
     * @throws Problem 429 if none is free
     */
    Reply answer(Request request, Route.Handler handler) throws IOException {
        if (!free.tryAcquire()) {
            throw Problem.tooMany(most + " " + what + " are being answered", BUSY_NANOS);
        }
        try {
            return handler.handle(request);
        } finally {
            free.release();
        }
    }
}
