package io.modelgate;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The scheduler of the running system: one daemon thread for the process, while it is needed and a little longer. */
final class SystemScheduler implements Scheduler {

    private static final long IDLE_SECONDS = 5;

    static final SystemScheduler INSTANCE = new SystemScheduler();

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread made = new Thread(task, "modelgate-scheduler");
        made.setDaemon(true);
        made.setContextClassLoader(SystemScheduler.class.getClassLoader()); // and not that of whose call came first
        return made;
    });

    private SystemScheduler() {
        thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the tasks handle their own failures
    public void schedule(Runnable task, Duration delay) {
        thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
