package io.modelgate;

import io.modelgate.control.Instance;
import java.util.List;

/**
 * Which processes have a kill in force, as far as they have said so. Immutable.
 *
 * @param seq the sequence number of the kill in the control log; 0 if it is not stored yet, and then nobody can have confirmed it
 * @param confirmed processes that have it in force: no call that started there since reached what it turned off
 * @param pending live processes that have not said so yet
 * @param silent processes that have not confirmed it and were not heard of lately, with how long: stopped, cut off, or ended without
 *     saying so
 */
public record Confirmation(long seq, List<Instance> confirmed, List<Instance> pending, List<Instance> silent) {

    /** Copies the lists. */
    public Confirmation {
        confirmed = List.copyOf(confirmed);
        pending = List.copyOf(pending);
        silent = List.copyOf(silent);
    }

    /** Whether the kill is stored and every process that is heard of, one at least, has it in force. */
    public boolean complete() {
        return seq > 0 && !confirmed.isEmpty() && pending.isEmpty() && silent.isEmpty();
    }
}
