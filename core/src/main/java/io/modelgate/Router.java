package io.modelgate;

import io.modelgate.control.Entry;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The port through which a rollout decides which callers go to the candidate.
 *
 * <p>A router has no state of its own: what it knows is folded from the control log, one {@link Routing} per gate. Core
 * routes everyone to stable where the routing has no candidate, where it throws, and where the candidate is killed or
 * not registered in this process. Thread-safe.
 */
public interface Router {

    /** The types of the control entries that its routings understand. */
    Set<String> entryTypes();

    /** The routing of a gate before any entry. */
    Routing initial(String gate, Identities identities);

    /**
     * The routing of a gate before any entry, for a router that reads the gate's metrics off its answers.
     *
     * @param metrics {@link ModelGate#metricsAndLabels}
     */
    default Routing initial(String gate, Identities identities, List<? extends Metric<?>> metrics) {
        return initial(gate, identities);
    }

    /**
     * The state of one gate's routing. Immutable: an entry makes a new one. Where the log loses entries, as one on a server may, the gate
     * starts with a new {@link Router#initial initial} one and gives it all entries that are left. None of its methods may wait: they may be
     * asked by the thread that has just read a kill from the network.
     */
    interface Routing {

        /** The id of the version under rollout, or null when there is none. */
        @Nullable
        String candidate();

        /** Whether this caller goes to the candidate. On the hot path: takes no lock, allocates nothing. */
        boolean toCandidate(Caller caller);

        /**
         * What is to hear of the calls of the callers that this routing distributes, or null when nobody listens. Asked once for each
         * routing.
         */
        default @Nullable Watch watch() {
            return null;
        }

        /**
         * What is to hear of the labels that come for calls of its rollout, also while no call is to be heard of: when nobody goes to the
         * candidate at this hour, or this process lacks it. Null when nobody listens. Asked once for each routing, of a gate with labels.
         */
        default @Nullable Watch labels() {
            return watch();
        }

        /**
         * Whether the candidate is the version that was stable before, which some callers keep after a promotion so that the promoted one
         * has something to be compared with. It then still stands in as the previous version.
         */
        default boolean holdsBack() {
            return false;
        }

        /**
         * Returns the routing after an entry that names this gate or the fleet. Called in the order of the log with every
         * such entry, core's own included except declarations; returns {@code this} for those that do not concern it.
         */
        Routing apply(Entry entry);
    }
}
