package io.modelgate;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call under observation: keeps the order that the observer is promised, and the call from what it throws. Thread-safe. */
final class ObservedCall {

    private final CallObserver.@Nullable Observed observed;
    private final Warnings warnings;
    private boolean left;
    private boolean over;
    private @Nullable Consumer<CallObserver.Observed> end;

    private ObservedCall(CallObserver.@Nullable Observed observed, Warnings warnings) {
        this.observed = observed;
        this.warnings = warnings;
    }

    static ObservedCall begin(CallObserver observer, String gate, Warnings warnings) {
        try {
            return new ObservedCall(observer.begin(gate), warnings);
        } catch (Throwable e) { // a broken observer may lack a class: the call goes on
            warnings.threw("the observer of calls", e);
            return new ObservedCall(null, warnings);
        }
    }

    void left() {
        tell(CallObserver.Observed::left);
        Consumer<CallObserver.Observed> due;
        synchronized (this) {
            left = true;
            due = end;
        }
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
            if (over) {
                return;
            }
            over = true;
            if (!left) { // a stage that completes while it is begun, or while the observer is told that it was left
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
        } catch (Throwable e) { // as in begin
            warnings.threw("the observer of calls", e);
        }
    }
}
