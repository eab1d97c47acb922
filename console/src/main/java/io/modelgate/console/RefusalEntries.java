package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.Receipt;
import io.modelgate.control.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends entries about refused attempts, and those that the log did not take again each minute, as long as there are not too many. Confined to
 * the thread of its executor.
 */
final class RefusalEntries {

    /** How many entries are kept for a log that takes none: some five minutes of a flood. */
    static final int MOST_KEPT = 500;

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");

    private final Gates gates;
    private final Executor executor;
    private List<Kept> kept = new ArrayList<>();
    private boolean looking;
    private long lost;

    /** An entry of which it is not known that it is stored; without a receipt it was not even sent. */
    private record Kept(Decision decision, @Nullable Receipt receipt) {

        boolean stored() {
            return receipt != null && receipt.stored(Duration.ZERO);
        }

        boolean failed() {
            return receipt == null || receipt.failure().isPresent();
        }
    }

    RefusalEntries(Gates gates, Executor executor) {
        this.gates = gates;
        this.executor = executor;
    }

    void append(Decision decision) {
        kept.removeIf(Kept::stored);
        if (kept.size() == MOST_KEPT) {
            kept.remove(0);
            if (lost++ == 0) {
                LOG.warn("the control log takes no entries about what the console refused; the oldest are given up");
            }
        }
        kept.add(new Kept(decision, send(decision)));
        lookLater();
    }

    /** Sends those again that the log did not take: the same decision twice is one entry. */
    private void look() {
        looking = false;
        kept.removeIf(Kept::stored);
        List<Kept> again = new ArrayList<>();
        for (Kept each : kept) {
            again.add(each.failed() ? new Kept(each.decision(), send(each.decision())) : each);
        }
        kept = again;
        lookLater();
    }

    private void lookLater() {
        if (!looking && !kept.isEmpty() && !gates.closed()) {
            looking = true;
            gates.scheduler().schedule(() -> executor.execute(this::look), Refusals.MINUTE);
        }
    }

    private @Nullable Receipt send(Decision decision) {
        try {
            return gates.append(decision);
        } catch (RuntimeException e) {
            if (gates.closed()) {
                LOG.warn(
                        "the gates are closed: that the console refused {} is not in the control log", decision.data());
            }
            return null;
        }
    }
}
