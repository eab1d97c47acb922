package io.modelgate;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Where models and ladders run that do not run on the thread of their caller. */
final class OffThread {

    private static final Duration IDLE = Duration.ofSeconds(5);

    private OffThread() {}

    /** One virtual thread for each task where the JDK has them, else daemon threads as many as are needed; one executor a process. */
    static Executor standard() {
        return Standard.EXECUTOR;
    }

    /** Made when it is first asked for. */
    private static final class Standard {

        static final Executor EXECUTOR = virtualOrDaemons();

        private static Executor virtualOrDaemons() {
            try {
                return (Executor) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
            } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
                return daemons(IDLE); // a JDK before 21, or 21's preview of an older one
            }
        }
    }

    /**
     * Daemon threads as many as are needed, each until it has been idle for so long. A task has the class loader of who hands it over, and an idle
     * thread none of theirs: one application of this process may end while another goes on.
     */
    static Executor daemons(Duration idle) {
        AtomicLong made = new AtomicLong();
        ClassLoader own = OffThread.class.getClassLoader();
        Executor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, idle.toNanos(), TimeUnit.NANOSECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "modelgate-" + made.incrementAndGet());
                    thread.setDaemon(true);
                    thread.setContextClassLoader(own);
                    return thread;
                });
        return task -> {
            ClassLoader callers = Thread.currentThread().getContextClassLoader();
            threads.execute(() -> {
                Thread thread = Thread.currentThread();
                thread.setContextClassLoader(callers);
                try {
                    task.run();
                } finally {
                    thread.setContextClassLoader(own);
                }
            });
        };
    }
}
