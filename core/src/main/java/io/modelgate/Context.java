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

    private static final Context NONE = new Context(null, null);
    private static final boolean PROPAGATION = propagation();

    private final @Nullable Map<String, String> mdc;

    /** A {@link ContextSnapshot}; named by no field's type, because the library may be missing. */
    private final @Nullable Object snapshot;

    private Context(@Nullable Map<String, String> mdc, @Nullable Object snapshot) {
        this.mdc = mdc;
        this.snapshot = snapshot;
    }

    private static boolean propagation() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, Context.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The context of the current thread. */
    static Context capture() {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        Object snapshot = PROPAGATION ? Snapshots.capture() : null;
        return snapshot == null && (mdc == null || mdc.isEmpty()) ? NONE : new Context(mdc, snapshot);
    }

    /** The task, to be run in this context; the thread that runs it gets its own back afterwards. */
    Runnable around(Runnable task) {
        if (this == NONE) {
            return task;
        }
        return () -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(mdc);
            try {
                if (snapshot == null) {
                    task.run();
                } else {
                    Snapshots.run(snapshot, task);
                }
            } finally {
                set(before);
            }
        };
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

        static void run(Object snapshot, Runnable task) {
            try (ContextSnapshot.Scope scope = ((ContextSnapshot) snapshot).setThreadLocals()) {
                task.run();
            }
        }
    }
}
