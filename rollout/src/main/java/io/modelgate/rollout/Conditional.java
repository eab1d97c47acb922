package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Makes decisions of a person that depend on what the log says: on all of it, and again where it has moved on meanwhile. */
final class Conditional {

    /** So often may others write to the log while one decision is made. */
    private static final int TRIES = 3_000;

    private static final long PAUSE_NANOS = 1_000_000;

    private final Gates gates;

    Conditional(Gates gates) {
        this.gates = gates;
    }

    /**
     * Appends what {@code decide} makes of the state that the log has now.
     *
     * @throws IllegalStateException if others keep writing; nothing has changed then
     */
    Entry make(ModelGate<?, ?> gate, Supplier<Decision> decide) {
        for (int i = 0; i < TRIES; i++) {
            long seq = gates.applied(); // before the state that it speaks for
            Optional<Entry> made = gates.appendIf(seq, decide.get());
            if (made.isPresent()) {
                return made.get();
            }
            LockSupport.parkNanos(PAUSE_NANOS); // what is new is applied by another thread
        }
        throw new IllegalStateException("gate \"" + gate.name() + "\": the control log moved on " + TRIES
                + " times while this was decided; nothing has changed, try again");
    }

    /**
     * The same for what somebody does to be safe. Where the log cannot be written, or others keep writing, what was decided last is sent on its
     * way as it is: the receipt says what becomes of it.
     */
    Receipt send(Supplier<Decision> decide) {
        for (int i = 1; true; i++) {
            long seq = gates.applied(); // before the state that it speaks for
            Decision decision = decide.get();
            if (i == TRIES || settled(seq, decision)) {
                return gates.append(decision); // if it is there, that changes nothing
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean settled(long seq, Decision decision) {
        try {
            return gates.appendIf(seq, decision).isPresent();
        } catch (ControlLogException e) {
            return true; // it may be stored all the same
        }
    }
}
