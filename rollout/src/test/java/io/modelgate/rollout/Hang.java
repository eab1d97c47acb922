package io.modelgate.rollout;

import java.util.concurrent.CountDownLatch;

/** Where code of a user hangs until a test lets it go on. */
final class Hang implements AutoCloseable {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Hangs until it is over or the thread is interrupted. */
    void here() {
        reached.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when somebody hangs. */
    void reached() throws InterruptedException {
        reached.await();
    }

    /** Lets all go on who hang and will. */
    @Override
    public void close() {
        over.countDown();
    }
}
