package io.modelgate.spring;

import io.modelgate.Gates;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The actuator endpoint {@code modelgate}: what is off, and what there is. It changes nothing; {@code modelgate.actuator.writes=true} adds the
 * operations that do. Thread-safe.
 *
 * <p>{@code GET /actuator/modelgate} is the {@link State} of all gates, {@code GET /actuator/modelgate/credit-risk} the {@link Detail} of one with
 * its latest control entries. A name that is unknown is 404; asking for a gate never makes one. What people wrote as reasons is in the
 * answers, so expose it to operators only; callers and inputs never are.
 */
@Endpoint(id = "modelgate")
final class ModelGateEndpoint {

    private final GateReports reports;

    ModelGateEndpoint(Gates gates) {
        reports = new GateReports(gates);
    }

    /** The state of all gates that the control log or this process knows. Times are in ISO 8601. */
    @ReadOperation
    State gates() {
        return reports.state();
    }

    /** One gate and its latest control entries, the newest first; null, which is 404, for a name that is unknown. */
    @ReadOperation
    @Nullable
    Detail gate(@Selector String gate) {
        return reports.detail(gate);
    }

    /**
     * All gates.
     *
     * @param gates by name
     * @param kills all that are engaged, whichever process made them
     * @param unstoredKills how many kills of this process are in force here but not stored yet: should be 0
     * @param log what this process knows of the control log
     */
    record State(List<Gate> gates, List<Engaged> kills, long unstoredKills, Log log) {}

    /**
     * The control log, as this process knows it.
     *
     * @param applied the sequence number of the last entry in force here
     * @param head the sequence number of the last entry that the log is known to have
     * @param hash the hash of that entry, to be compared between processes
     * @param known false while nothing is known of the log, so that all gates are killed here
     * @param staleness how long ago this process last knew that it had every entry
     * @param closed whether nothing can be changed here any more
     * @param problem why the log cannot be read; absent if it can
     */
    record Log(
            long applied,
            long head,
            String hash,
            boolean known,
            String staleness,
            boolean closed,
            @Nullable String problem) {}

    /**
     * One gate.
     *
     * @param name its name
     * @param stable the version that everyone gets; absent if none was declared
     * @param candidate the version under rollout; absent if there is none
     * @param here whether it runs in this process
     * @param live whether neither it nor the fleet is killed, for anyone, and not all of its versions are
     * @param versions its versions by id
     * @param attributes by which its switches may be narrowed
     * @param kills those that bear on it: the fleet's, its own, its versions'
     * @param calls what its calls in this process came to; absent if it does not run here
     */
    record Gate(
            String name,
            @Nullable String stable,
            @Nullable String candidate,
            boolean here,
            boolean live,
            List<Version> versions,
            List<String> attributes,
            List<Engaged> kills,
            @Nullable Calls calls) {}

    /**
     * One version of a gate.
     *
     * @param id its id
     * @param here whether it is registered in this process
     * @param live whether neither it nor its gate nor the fleet is killed, for anyone
     * @param breaker the state of its circuit breaker; absent if it is not registered here
     * @param inFlight its calls that run here now
     * @param overdue models of it that still run here although their calls have ended
     */
    record Version(
            String id, boolean here, boolean live, @Nullable String breaker, long inFlight, long overdue) {}

    /**
     * A kill that is engaged.
     *
     * @param id what a revive names
     * @param scope what it turns off, for instance {@code credit-risk/v2[region=eu]}
     * @param actor who engaged it
     * @param authentication how that identity was established
     * @param reason in the actor's words
     * @param at when
     */
    record Engaged(String id, String scope, String actor, String authentication, String reason, String at) {}

    /**
     * What the calls of a gate came to in this process.
     *
     * @param answered by version
     * @param fellBack by rung
     * @param byCause those that the version routed to did not answer
     * @param refused refusals that no rung answered
     * @param failed failures that no rung answered
     */
    record Calls(
            Map<String, Long> answered,
            Map<String, Long> fellBack,
            Map<String, Long> byCause,
            long refused,
            long failed) {}

    /**
     * One gate with its latest control entries.
     *
     * @param gate the gate
     * @param entries those of the gate and of the fleet, the newest first, 20 at most among the last 1,000 of the log
     */
    record Detail(Gate gate, List<Recorded> entries) {}

    /**
     * One entry of the control log.
     *
     * @param seq its sequence number
     * @param at when it was decided
     * @param type the kind of decision
     * @param gate the gate, or {@code *} for all
     * @param actor who decided
     * @param authentication how that identity was established
     * @param reason in the actor's words
     * @param id the decision's id; of a kill, what a revive names
     * @param data the rest
     */
    record Recorded(
            long seq,
            String at,
            String type,
            String gate,
            String actor,
            String authentication,
            String reason,
            String id,
            Map<String, Object> data) {}
}
