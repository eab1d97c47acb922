package io.modelgate;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Where models and ladders run that do not run on the thread of their caller. */
final class OffThread {

    private OffThread() {}

    /** One virtual thread for each task where the JDK has them, else daemon threads as many as are needed; one executor a process. */
    static Executor standard() {
        return Standard.EXECUTOR;
    }

    /** Made when it is first asked for. */
    private static final class Standard {

        static final Executor EXECUTOR = virtualOrDaemons();

        private static ExecutorService virtualOrDaemons() {
            try {
                return (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
            } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
                AtomicLong made = new AtomicLong(); // a JDK before 21, or 21's preview of an older one
                return Executors.newCachedThreadPool(task -> {
                    Thread thread = new Thread(task, "modelgate-" + made.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
            }
        }
    }
}
