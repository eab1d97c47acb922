package io.modelgate.console;

import io.modelgate.Ticker;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a console that keeps what it shows up to date: whenever it is woken, and a few times a second. Thread-safe. */
final class Keeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");
    private static final long PAUSE_MILLIS = 250;
    private static final long LONGEST_END_MILLIS = 2_000;
    private static final long WARNINGS_APART = Duration.ofMinutes(1).toNanos();

    private final BooleanSupplier round;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "modelgate-console-keeper");
    private final Ticker ticker = Ticker.system();
    private volatile boolean closed;
    private long warned;
    private boolean everWarned;

    /** {@code round} does what is due, and says whether it has more to do at once. */
    Keeper(BooleanSupplier round) {
        this.round = round;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There may be something to do. */
    void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    private void run() {
        while (!closed) {
            boolean more = false;
            try {
                more = round.getAsBoolean();
            } catch (RuntimeException e) { // the next round comes
                warn(e);
            }
            if (!more) {
                pause();
            }
        }
    }

    private void pause() {
        try {
            if (wake.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    private void warn(RuntimeException e) {
        long now = ticker.read();
        if (!closed && (!everWarned || now - warned > WARNINGS_APART)) {
            everWarned = true;
            warned = now;
            LOG.warn("the console cannot bring up to date what it shows, and tries again", e);
        }
    }

    /** Ends the thread, and waits a moment for it. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(LONGEST_END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
