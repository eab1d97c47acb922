package io.modelgate.rollout;

import io.modelgate.Identities;
import io.modelgate.Metric;
import io.modelgate.Router;
import java.util.List;
import java.util.Set;

/**
 * Sends the cohort of a gate's running {@link Rollout} to the candidate and everyone else to stable.
 *
 * <p>A caller is in the cohort by the first of these that applies:
 *
 * <ol>
 *   <li>no rollout runs, a kill has halted it, or it is outside its windows: stable
 *   <li>the caller's key is on the deny list: stable
 *   <li>the key is on the allow list: candidate
 *   <li>an attribute has a value that the rollout forces: candidate, with or without a key
 *   <li>the rollout is only for some values of an attribute and the caller has none of them, or lacks the attribute: stable
 *   <li>the caller has no key: stable
 *   <li>the caller's bucket, {@code docs/bucketing.md}, is below the weight: candidate; otherwise stable
 * </ol>
 *
 * <p>Once a rollout under a policy has promoted its candidate, which is stable then, the callers with the last buckets are held back, as
 * many as the policy says: they keep the version before until the soak is over. No caller who had the candidate is among them, and none
 * whom a list or a segment decides about.
 *
 * <p>Same caller, same rollout, same answer, on every process and after every restart. Thread-safe.
 */
public final class Cohorts {

    private static final Router ROUTER = new CohortRouter();

    private Cohorts() {}

    /** Returns the router for {@code GateBuilder.router}; one serves any number of gates. */
    public static Router router() {
        return ROUTER;
    }

    private static final class CohortRouter implements Router {

        @Override
        public Set<String> entryTypes() {
            return EntryTypes.OWN;
        }

        @Override
        public Routing initial(String gate, Identities identities) {
            return initial(gate, identities, List.of());
        }

        @Override
        public Routing initial(String gate, Identities identities, List<? extends Metric<?>> metrics) {
            return CohortRouting.initial(gate, identities, metrics);
        }
    }
}
