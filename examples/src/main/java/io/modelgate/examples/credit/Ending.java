package io.modelgate.examples.credit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a process that serves until somebody ends it, by Ctrl-C or a signal: whoever serves hears of it, says what is left to say, and the
 * process ends with their exit code. Thread-safe.
 */
final class Ending {

    /** A process that has been told to end is not kept for longer, whatever it still does. */
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int exitCode = 1;

    /** One that hears of this process's end. */
    static Ending ofThisProcess() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(ending::end, "ending"));
        return ending;
    }

    private void end() {
        asked.countDown();
        try {
            if (done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode); // the code would be the signal's
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for so long, or for less if the end was asked for, and says whether it was. */
    boolean within(long nanos) {
        try {
            return asked.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Everything is said. */
    void done(int code) {
        exitCode = code;
        done.countDown();
    }
}
