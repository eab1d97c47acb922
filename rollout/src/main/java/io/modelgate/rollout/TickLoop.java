package io.modelgate.rollout;

import io.modelgate.Gates;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls for a look, over and over, off the scheduler's thread. A look that is still going on when the next is due is that one too. */
final class TickLoop {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final Gates gates;
    private final Duration every;
    private final boolean manual;
    private final Runnable look;
    private final LookUnderWay underWay;
    private final Runnable meanwhile;
    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Calls {@code meanwhile}, on the scheduler's thread, where a look is due and the last one has not ended. */
    TickLoop(Gates gates, RolloutsBuilder config, LookUnderWay underWay, Runnable look, Runnable meanwhile) {
        this.gates = gates;
        this.look = look;
        this.underWay = underWay;
        this.meanwhile = meanwhile;
        every = config.every;
        manual = config.manual;
        own = config.executor != null || manual ? null : ownThread();
        executor = config.executor != null ? config.executor : own == null ? Runnable::run : own;
    }

    private static ThreadPoolExecutor ownThread() {
        ThreadPoolExecutor thread =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread made = new Thread(task, "modelgate-rollouts");
                    made.setDaemon(true);
                    return made;
                });
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    void start() {
        if (!manual) {
            gates.scheduler().schedule(this::due, every);
        }
    }

    private void due() {
        if (stopped.get() || gates.closed()) {
            return;
        }
        try {
            if (looking.compareAndSet(false, true)) {
                handOver();
            } else {
                underWay.ask();
                meanwhile.run();
            }
        } catch (
                Throwable
                        e) { // a user's clock may throw, and there may be no thread to be had: the next look is due all
            // the same
            LOG.warn("a look at the rollouts was not begun or not watched; the next one is in {}", every, e);
        } finally {
            gates.scheduler().schedule(this::due, every);
        }
    }

    private void handOver() {
        try {
            executor.execute(this::once);
        } catch (Throwable e) {
            looking.set(false);
            LOG.warn("the executor of rollouts refused a look; the next one is in {}", every, e);
        }
    }

    private void once() {
        try {
            underWay.begin();
            look.run();
        } catch (Throwable e) {
            LOG.warn("a look at the rollouts failed; the next one is in {}", every, e);
        } finally {
            underWay.end();
            looking.set(false);
        }
    }

    /** True the first time. */
    boolean stop() {
        boolean first = stopped.compareAndSet(false, true);
        if (first && own != null) {
            own.shutdown();
        }
        return first;
    }
}
