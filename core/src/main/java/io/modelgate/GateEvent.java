package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.modelgate.budget.BudgetEvent;
import io.modelgate.control.Entry;
import java.util.List;

/** Something that happened, for a program to act on. Listeners get events one at a time and in order. */
public sealed interface GateEvent {

    /**
     * An entry of the control log took effect in this process.
     *
     * @param entry the entry
     */
    record Applied(Entry entry) implements GateEvent {}

    /**
     * A kill that this process made is in force here; it may not be stored yet.
     *
     * @param kill the kill
     */
    record Killed(Kill kill) implements GateEvent {}

    /**
     * A kill that this process had put in force for itself alone, while it knew too little of the control log, has ended.
     *
     * @param kill the kill
     */
    record Released(Kill kill) implements GateEvent {}

    /**
     * The store of the control log lost entries and went on without them; what they had come to was folded anew from those that are left.
     * The kills among the lost ones that were in force stay so, and are appended again; everything else has to be decided again. Comes
     * before the {@link Applied} events of what is new.
     *
     * @param lost what took effect in this process and is no longer part of the log, in the order it had
     */
    record Replaced(List<Lost> lost) implements GateEvent {

        /** Copies the list. */
        public Replaced {
            lost = List.copyOf(lost);
        }
    }

    /**
     * An entry that is no longer part of the control log.
     *
     * @param seq the sequence number that it had
     * @param id the decision's id
     * @param type its type
     * @param gate the gate that it was about, or {@code *}
     */
    record Lost(long seq, String id, String type, String gate) {
        static Lost of(Entry entry) {
            return new Lost(entry.seq(), entry.decision().id(), entry.type(), entry.gate());
        }
    }

    /**
     * A decision could not be stored.
     *
     * @param id the decision's id
     * @param type its type
     * @param willRetry whether it stays in force and is tried again
     * @param error why
     */
    record NotStored(String id, String type, boolean willRetry, Throwable error) implements GateEvent {}

    /**
     * The circuit breaker of a version changed its state.
     *
     * @param gate the gate
     * @param version the version
     * @param from the state before
     * @param to the state now
     */
    record BreakerChanged(String gate, String version, CircuitBreaker.State from, CircuitBreaker.State to)
            implements GateEvent {}

    /**
     * The budgets report something: an overrun, an expired reservation, a session that ran into a limit.
     *
     * @param report what
     */
    record Budgeted(BudgetEvent report) implements GateEvent {}

    /**
     * This process serves something else than the control log names, because it lacks a version.
     *
     * @param gate the gate
     * @param message what it lacks and what it serves instead
     */
    record Degraded(String gate, String message) implements GateEvent {}
}
