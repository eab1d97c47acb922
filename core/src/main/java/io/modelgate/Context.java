package io.modelgate;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What belongs to a caller's thread, on its way to another: SLF4J's MDC and, where the library is on the class path, whatever is
 * registered with Micrometer's context propagation. Immutable.
 */
final class Context {

    private static final Context NONE = new Context(null, null, null);
    private static final boolean PROPAGATION = propagation();

    private final @Nullable Map<String, String> mdc;

    /** A {@link ContextSnapshot}; named by no field's type, because the library may be missing. */
    private final @Nullable Object snapshot;

    private final @Nullable Warnings warnings;

    private Context(@Nullable Map<String, String> mdc, @Nullable Object snapshot, @Nullable Warnings warnings) {
        this.mdc = mdc;
        this.snapshot = snapshot;
        this.warnings = warnings;
    }

    private static boolean propagation() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, Context.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The context of the current thread; none if it cannot be read. */
    static Context capture(Warnings warnings) {
        try {
            Map<String, String> mdc = MDC.getCopyOfContextMap();
            Object snapshot = PROPAGATION ? Snapshots.capture() : null;
            return snapshot == null && (mdc == null || mdc.isEmpty()) ? NONE : new Context(mdc, snapshot, warnings);
        } catch (Throwable e) { // whatever users' accessors throw, the call goes on
            warnings.threw("the capture of a thread's context", e);
            return NONE;
        }
    }

    /**
     * The task, to be run in this context; the thread that runs it gets its own back afterwards. Context that cannot be set is reported and
     * the task run without.
     */
    Runnable around(Runnable task) {
        return this == NONE ? task : () -> run(task);
    }

    private void run(Runnable task) {
        Map<String, String> before = null;
        AutoCloseable scope = null;
        try {
            before = MDC.getCopyOfContextMap();
            set(mdc);
            scope = snapshot == null ? null : Snapshots.open(snapshot);
        } catch (Throwable e) { // whatever users' accessors throw, the task runs
            warned(e);
        }
        try {
            task.run();
        } finally {
            close(scope);
            restore(before);
        }
    }

    private void close(@Nullable AutoCloseable scope) {
        try {
            if (scope != null) {
                scope.close();
            }
        } catch (Throwable e) {
            warned(e);
        }
    }

    private void restore(@Nullable Map<String, String> before) {
        try {
            set(before);
        } catch (Throwable e) {
            warned(e);
        }
    }

    private void warned(Throwable e) {
        if (warnings != null) {
            warnings.threw("the context of a thread", e);
        }
    }

    private static void set(@Nullable Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }

    /** The only place that touches the optional library. */
    private static final class Snapshots {

        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().build();

        static Object capture() {
            return FACTORY.captureAll();
        }

        static AutoCloseable open(Object snapshot) {
            return ((ContextSnapshot) snapshot).setThreadLocals();
        }
    }
}
