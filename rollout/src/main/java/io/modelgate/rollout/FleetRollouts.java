package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of every gate in the control log, those of gates that are not in this process too: the same fold as theirs, over entries that
 * are read when somebody asks. Thread-safe.
 */
final class FleetRollouts {

    private static final int READ_AT_ONCE = 4_096;

    private final Gates gates;
    private volatile boolean warm;
    private Head head = Head.EMPTY;
    private Map<String, OfGate> known = new TreeMap<>();

    /**
     * What the log says of one gate. Immutable.
     *
     * @param routing its cohort and what it remembers
     * @param stable its stable version, or null before the first declaration
     * @param rolledBack the versions that were rolled back and have not been stable since
     */
    record OfGate(CohortRouting routing, @Nullable String stable, Set<String> rolledBack) {

        OfGate apply(Entry entry) {
            return switch (entry.type()) {
                case EntryTypes.DECLARE ->
                    stable == null ? new OfGate(routing, entry.text("stable"), rolledBack) : this;
                case EntryTypes.PROMOTE -> stableNow(routing.apply(entry), entry.text(EntryTypes.VERSION), null);
                case EntryTypes.ROLLBACK -> back(entry);
                default -> new OfGate(routing.apply(entry), stable, rolledBack);
            };
        }

        /** As core folds it: what is passed over there changes nothing here. */
        private OfGate back(Entry entry) {
            String bad = entry.text(EntryTypes.FROM);
            String to = entry.text(EntryTypes.TO);
            CohortRouting next = routing.apply(entry);
            if (bad == null || to == null || bad.equals(to)) {
                return new OfGate(next, stable, rolledBack);
            }
            return bad.equals(stable) || to.equals(stable)
                    ? stableNow(next, bad.equals(stable) ? to : null, bad)
                    : new OfGate(next, stable, rolledBack);
        }

        private OfGate stableNow(CohortRouting next, @Nullable String version, @Nullable String bad) {
            Set<String> left = new HashSet<>(rolledBack);
            if (version != null) {
                left.remove(version);
            }
            if (bad != null) {
                left.add(bad);
            }
            return new OfGate(next, version == null ? stable : version, Set.copyOf(left));
        }

        /** Whether a kill of the version under rollout bears on it. */
        boolean killed(RolloutRun run) {
            return run.promoted() ? routing.killed(run.plan().candidate()) : routing.halted();
        }
    }

    FleetRollouts(Gates gates) {
        this.gates = gates;
    }

    /**
     * The gates, by name, as of all that took effect in this process up to now, or of more.
     *
     * @throws ControlLogException if the log cannot be read, or its entries do not hang together
     */
    synchronized Map<String, OfGate> now() {
        long seq = gates.applied();
        boolean begun = head.seq() == 0;
        if (head.seq() > 0 && !stillThere()) {
            begin();
            begun = true;
        }
        while (head.seq() < seq) {
            List<Entry> next = gates.log().read(head.seq(), (int) Math.min(READ_AT_ONCE, seq - head.seq()));
            if (next.isEmpty()) {
                break; // what this process has applied is no part of the log any more: no decision on it would be
                // stored
            }
            for (Entry entry : next) {
                if (!entry.continues(head)) {
                    Head last = head;
                    begin();
                    if (begun) { // or it would be read over and over
                        throw new ControlLogException("entry #" + entry.seq() + " does not continue #" + last.seq()
                                + ", though the log was read from its beginning");
                    }
                    begun = true;
                    break;
                }
                fold(entry);
            }
        }
        return Collections.unmodifiableMap(new TreeMap<>(known)); // by name: whoever reads of them finds the same order
    }

    /** Reads the log for the first time, if a rollout of this process will want it at its next look; that says what goes wrong. */
    void warmUp() {
        if (warm || gates.closed() || gates.gates().stream().noneMatch(FleetRollouts::depends)) {
            return;
        }
        warm = true;
        try {
            now();
        } catch (ControlLogException e) {
            warm = false;
        }
    }

    private static boolean depends(ModelGate<?, ?> gate) {
        return gate.routing().orElse(null) instanceof CohortRouting routing
                && routing.run() != null
                && routing.run().plan().dependencies().onOthers();
    }

    /** A log on a server may lose entries and go on without. */
    private boolean stillThere() {
        List<Entry> last = gates.log().read(head.seq() - 1, 1);
        return !last.isEmpty() && last.get(0).hash().equals(head.hash());
    }

    private void begin() {
        head = Head.EMPTY;
        known = new TreeMap<>();
    }

    private void fold(Entry entry) {
        if (!entry.gate().equals(Decision.FLEET)) {
            OfGate before = known.get(entry.gate());
            if (before == null) {
                before = new OfGate(CohortRouting.initial(entry.gate(), gates.identities(), List.of()), null, Set.of());
            }
            known.put(entry.gate(), before.apply(entry));
        }
        head = entry.head();
    }
}
