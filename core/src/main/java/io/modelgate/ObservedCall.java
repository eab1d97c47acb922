package io.modelgate;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call under observation: keeps the order that the observer is promised, and the call from what it throws. Thread-safe. */
final class ObservedCall {

    private final CallObserver.@Nullable Observed observed;
    private final Warnings warnings;
    private boolean left;
    private @Nullable Consumer<CallObserver.Observed> end;

    private ObservedCall(CallObserver.@Nullable Observed observed, Warnings warnings) {
        this.observed = observed;
        this.warnings = warnings;
    }

    static ObservedCall begin(CallObserver observer, String gate, Warnings warnings) {
        try {
            return new ObservedCall(observer.begin(gate), warnings);
        } catch (Exception e) {
            warnings.threw("the observer of calls", e);
            return new ObservedCall(null, warnings);
        }
    }

    void left() {
        Consumer<CallObserver.Observed> due;
        synchronized (this) {
            left = true;
            due = end;
        }
        tell(CallObserver.Observed::left);
        if (due != null) {
            tell(due);
        }
    }

    void ended(Outcome<?> outcome) {
        end(call -> call.ended(outcome));
    }

    void threw(Throwable thrown) {
        end(call -> call.threw(thrown));
    }

    private void end(Consumer<CallObserver.Observed> how) {
        synchronized (this) {
            if (!left) { // a stage that completes while it is begun
                end = how;
                return;
            }
        }
        tell(how);
    }

    private void tell(Consumer<CallObserver.Observed> what) {
        if (observed == null) {
            return;
        }
        try {
            what.accept(observed);
        } catch (Exception e) {
            warnings.threw("the observer of calls", e);
        }
    }
}
