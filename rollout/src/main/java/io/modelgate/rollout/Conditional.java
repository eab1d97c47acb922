package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Ticker;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes decisions of a person that depend on what the log says: on all of it, and again where it has moved on meanwhile. */
final class Conditional {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** So often may others write to the log while one decision is made. */
    private static final int TRIES = 3_000;

    private static final long PAUSE_NANOS = 1_000_000;

    /** So long may a person wait for what is to be safe. */
    private static final Duration LONGEST = Duration.ofMillis(500);

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int AGAIN = 3;

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
     * way as it is, and the receipt says what becomes of it. What comes to the log ahead of it may turn it into something that changes nothing:
     * so it is decided again once it is stored.
     *
     * @param decide throws an {@link IllegalStateException} once there is nothing to decide any more
     */
    Receipt send(Supplier<Decision> decide) {
        Ticker ticker = Ticker.system(); // somebody waits, whatever time a test says it is
        long began = ticker.read();
        Decision unsure = null;
        while (true) {
            long seq = gates.applied(); // before the state that it speaks for
            Decision decision = decided(decide, unsure);
            if (decision.equals(unsure) || ticker.read() - began > LONGEST.toNanos()) {
                Receipt receipt = gates.append(decision);
                onceMore(receipt, decide, AGAIN);
                return receipt;
            }
            try {
                if (gates.appendIf(seq, decision).isPresent()) {
                    return gates.append(decision); // it is there, and this changes nothing
                }
            } catch (RuntimeException e) {
                // A user's log may throw anything; if the gates are closed, append says so too.
                LOG.debug("whether {} is stored is not known", decision.id(), e);
                unsure = decision;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** What was tried before may be stored although the log did not say so, and be why there is nothing left to decide. */
    private static Decision decided(Supplier<Decision> decide, @Nullable Decision before) {
        try {
            return decide.get();
        } catch (IllegalStateException e) {
            if (before == null) {
                throw e;
            }
            return before;
        }
    }

    private void onceMore(Receipt receipt, Supplier<Decision> decide, int times) {
        if (times == 0 || gates.closed() || receipt.failure().isPresent()) {
            return;
        }
        if (!receipt.stored(Duration.ZERO)) {
            gates.scheduler().schedule(() -> onceMore(receipt, decide, times), SECOND);
            return;
        }
        try {
            Receipt again = gates.append(decide.get());
            gates.scheduler().schedule(() -> onceMore(again, decide, times - 1), SECOND);
        } catch (RuntimeException e) {
            LOG.debug("nothing is left to decide again", e);
        }
    }
}
