package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.time.Instant;

/**
 * What the hours and its lockstep group have come to for a rollout. Immutable.
 *
 * @param start the entry that started the rollout
 * @param ready the place of {@link RolloutRun#place} that it may take as far as itself is concerned, or {@link #NOT_READY}
 * @param shut whether it is outside its windows, so that nobody goes to the candidate
 * @param seq the entry that last changed one of these
 * @param shutAt when a window last opened or closed
 */
record Conditions(long start, int ready, boolean shut, long seq, Instant shutAt) {

    static final int NOT_READY = -2;

    static Conditions at(Entry start) {
        return new Conditions(start.seq(), NOT_READY, false, start.seq(), Instant.MIN);
    }

    /** What was ready for the place that it has now, or has to wait, is ready no more. */
    Conditions unready() {
        return ready == NOT_READY ? this : new Conditions(start, NOT_READY, shut, seq, shutAt);
    }

    Conditions ready(int place, Entry entry) {
        return new Conditions(start, place, shut, entry.seq(), shutAt);
    }

    Conditions shut(boolean closed, Entry entry) {
        return new Conditions(
                start, ready, closed, entry.seq(), entry.decision().at());
    }

    /** Windows are for candidates. */
    Conditions promoted() {
        return new Conditions(start, NOT_READY, false, seq, shutAt);
    }
}
