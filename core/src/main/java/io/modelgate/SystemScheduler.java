package io.modelgate;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The scheduler of the running system: one daemon thread for the process, started when it is first needed. */
final class SystemScheduler implements Scheduler {

    static final SystemScheduler INSTANCE = new SystemScheduler();

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread made = new Thread(task, "modelgate-scheduler");
        made.setDaemon(true);
        return made;
    });

    private SystemScheduler() {}

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the tasks handle their own failures
    public void schedule(Runnable task, Duration delay) {
        thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
