package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * A control log as it was read from its first entry on.
 *
 * @param folds what it comes to
 * @param entries all of it
 */
record WholeLog(Folds folds, List<Entry> entries) {

    private static final int READ_AT_ONCE = 4_096;
    private static final int MOST_TRIES = 10;

    /**
     * Reads and folds it.
     *
     * @param replaceable whether entries may leave it
     * @throws ControlLogException if it cannot be read, or is replaced again and again meanwhile
     */
    static WholeLog read(ControlLog log, boolean replaceable) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            WholeLog whole = new WholeLog(new Folds(replaceable), new ArrayList<>());
            if (whole.readOn(log)) {
                return whole;
            }
        }
        throw new ControlLogException("the entries of the control log do not make a chain");
    }

    /** False if what was read does not make a chain, because the log was replaced meanwhile. */
    private boolean readOn(ControlLog log) {
        while (true) {
            List<Entry> batch = log.read(folds.head().seq(), READ_AT_ONCE);
            if (batch.isEmpty()) {
                return true;
            }
            for (Entry entry : batch) {
                if (!folds.isNext(entry)) {
                    return false;
                }
                folds.fold(entry);
                entries.add(entry);
            }
        }
    }
}
