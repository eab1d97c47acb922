package io.modelgate.console;

import io.modelgate.Ticker;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One request while it has a thread. It either waits for whoever sent it, to read from or to write to them, and may then be cut; or it works, and
 * is left alone. An interrupt closes the connection that a thread reads from or writes to, whatever the server's own timeouts are. Thread-safe.
 */
final class Turn implements Runnable {

    private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();

    private final Runnable request;
    private final Ticker ticker;
    private @Nullable Thread thread;
    private boolean waiting = true;
    private long since;
    private boolean cut;

    Turn(Runnable request, Ticker ticker) {
        this.request = request;
        this.ticker = ticker;
    }

    /** The turn of this thread; of a thread that is not of a console, one that nobody cuts. */
    static Turn current() {
        Turn turn = CURRENT.get();
        return turn == null ? new Turn(() -> {}, () -> 0) : turn;
    }

    @Override
    public void run() {
        begin();
        CURRENT.set(this);
        try {
            request.run();
        } finally {
            CURRENT.remove();
            end();
        }
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
        since = ticker.read();
    }

    private synchronized void end() {
        thread = null;
        if (cut) {
            Thread.interrupted(); // the thread's next request is not to pay for this one
        }
    }

    /** From now on it waits for whoever sent it. */
    synchronized void waits() {
        waiting = true;
        since = ticker.read();
    }

    /**
     * From now on it does not.
     *
     * @throws IOException if it was cut before
     */
    synchronized void works() throws IOException {
        waiting = false;
        if (cut) {
            throw new IOException("whoever sent this request took too long");
        }
    }

    /** How many nanoseconds it has waited so far; -1 if it does not wait, or was cut. */
    synchronized long waitedNanos() {
        return thread == null || !waiting || cut ? -1 : Math.max(0, ticker.read() - since);
    }

    /** Ends it if it has waited for so long: closes its connection, so that its thread is free. */
    synchronized void cutIfWaited(long nanos) {
        Thread waits = thread;
        if (waits != null && waitedNanos() >= nanos) {
            cut = true;
            waits.interrupt();
        }
    }
}
