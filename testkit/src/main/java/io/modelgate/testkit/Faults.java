package io.modelgate.testkit;

import io.modelgate.Ticker;
import java.time.Duration;

/** What is wrong with the network of a {@link TcpProxy} at the moment. */
final class Faults {

    enum Way {
        REQUESTS,
        REPLIES
    }

    private long delayMillis;
    private boolean swallowing;
    private boolean hanging;

    synchronized void delay(Duration each) {
        delayMillis = each.toMillis();
    }

    synchronized void swallowReplies() {
        swallowing = true;
    }

    synchronized void hang() {
        hanging = true;
    }

    synchronized void clear() {
        delayMillis = 0;
        swallowing = false;
        hanging = false;
        notifyAll();
    }

    /** Waits as long as a piece of data is held up, and says whether it then passes or is lost. */
    synchronized boolean passes(Way way) throws InterruptedException {
        boolean lost = swallowing && way == Way.REPLIES;
        long left = delayMillis;
        while (hanging || (delayMillis > 0 && left > 0)) {
            long before = now();
            wait(hanging ? 1_000 : left);
            left -= hanging ? 0 : now() - before;
        }
        return !lost;
    }

    private static long now() {
        return Ticker.system().read() / 1_000_000;
    }
}
