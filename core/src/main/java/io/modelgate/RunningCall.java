package io.modelgate;

import io.modelgate.budget.Reservation;
import io.modelgate.budget.Usage;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One invocation of a version that is more than a plain function: what it may ask about its call. */
class RunningCall<I, O> implements Call {

    final Invoker<I, O> invoker;
    final RegisteredVersion<I, O> version;
    private final Caller caller;
    private long allowedNanos = Long.MAX_VALUE;
    private long startNanos;

    /** Whether another version of the same call was asked before. */
    private final boolean again;

    /** What is held of the budgets, until the model ends. */
    private volatile @Nullable Reservation reservation;

    private volatile @Nullable Usage said;

    RunningCall(Invoker<I, O> invoker, RegisteredVersion<I, O> version, Caller caller, boolean again) {
        this.again = again;
        this.invoker = invoker;
        this.version = version;
        this.caller = caller;
    }

    /** Says when the invocation begins and how long it may take; before anything else is asked of it. */
    final void begin(long start, long allowed) {
        startNanos = start;
        allowedNanos = allowed;
    }

    final long startNanos() {
        return startNanos;
    }

    final long allowedNanos() {
        return allowedNanos;
    }

    /** The invocation is marked in flight; what is done here comes before the second look at the switches. */
    void marked() {}

    /** The invocation does not take place after all. */
    void unmarked() {}

    /** Reserves what it may use; returns why that failed, or null. */
    final @Nullable Miss reserve(I input, long now) {
        Spending<I, O> spending = invoker.spending();
        if (spending == null) {
            return null;
        }
        Object admission = spending.reserve(version.id, caller, input, knowsItsCall(), again, now);
        if (admission instanceof Miss refused) {
            return refused;
        }
        reservation = (Reservation) admission;
        return null;
    }

    /** Whether whoever runs the model can ask how much output is left. */
    boolean knowsItsCall() {
        return version.knowsItsCall();
    }

    /** What the model used, as far as it or its answer says; asked before anything is decided, because users' code answers. */
    final Usage usage(@Nullable O answer) {
        Usage known = said;
        Spending<I, O> spending = invoker.spending();
        return known != null || spending == null || reservation == null
                ? Objects.requireNonNullElse(known, Usage.UNKNOWN)
                : spending.read(answer);
    }

    /** The model ended; once. */
    final void settled(Usage used) {
        Reservation held = reservation;
        if (held == null) {
            return;
        }
        reservation = null;
        try {
            held.settle(used, invoker.ticker().read());
            if (!shown()) {
                held.release(); // nobody else has it
            }
        } catch (Throwable e) { // the invocation's end is not to be lost for it
            invoker.warnings().threw("the settlement of a reservation", e);
        }
    }

    /** It was answered; a version that stands in for another is not heard of. */
    final void heard(GateState<I, O> seen, long took, O answer) {
        if (!again) {
            invoker.heard(seen, caller, took, answer);
        }
    }

    /** Whether anyone outside of the gate may hold on to this call. */
    boolean shown() {
        return version.model == null;
    }

    /** The model was never invoked. */
    final void withdrawn() {
        Reservation held = reservation;
        if (held != null) {
            reservation = null;
            held.cancel(invoker.ticker().read());
        }
    }

    @Override
    public final long maxOutputTokens() {
        Reservation held = reservation;
        return held == null ? Long.MAX_VALUE : held.maxOutputTokens();
    }

    @Override
    public final void produced(long tokens) {
        Reservation held = reservation;
        if (held != null) {
            held.produced(tokens);
        }
    }

    @Override
    public final void used(Usage usage) {
        said = usage;
    }

    @Override
    public final Caller caller() {
        return caller;
    }

    @Override
    public final Duration timeLeft() {
        return allowedNanos == Long.MAX_VALUE
                ? Duration.ofNanos(Long.MAX_VALUE)
                : Duration.ofNanos(Math.max(0, allowedNanos - (invoker.ticker().read() - startNanos)));
    }

    @Override
    public final boolean shadow() {
        return version.shadow;
    }

    @Override
    public boolean cancelled() {
        return false;
    }
}
