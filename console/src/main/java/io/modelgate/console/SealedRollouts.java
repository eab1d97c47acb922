package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rollouts that a control log tells of. Immutable.
 *
 * @param named all of them, by id
 * @param sealed those that should have files in a ledger of exposures: some were sealed, and not deleted after their retention
 */
record SealedRollouts(Set<String> named, Set<String> sealed) {

    private static final int BATCH = 1_000;

    SealedRollouts {
        named = Set.copyOf(named);
        sealed = Set.copyOf(sealed);
    }

    static SealedRollouts of(ControlLog log) {
        Set<String> named = new HashSet<>();
        Set<String> sealed = new HashSet<>();
        long after = 0;
        for (List<Entry> batch = log.read(after, BATCH); !batch.isEmpty(); batch = log.read(after, BATCH)) {
            for (Entry entry : batch) {
                after = entry.seq();
                String rollout = entry.text("rollout");
                if (rollout == null) {
                    continue;
                }
                named.add(rollout);
                if (entry.type().equals("exposures-sealed") && entry.text("file") != null) {
                    sealed.add(rollout);
                } else if (entry.type().equals("exposures-deleted")) {
                    sealed.remove(rollout);
                }
            }
        }
        return new SealedRollouts(named, sealed);
    }
}
