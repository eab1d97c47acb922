package io.modelgate.spring;

import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ProcessKill;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the state of the gates means for the health of the process, for whichever line of Spring Boot asks. Thread-safe.
 *
 * <p>A load balancer takes away what is not healthy. So the question is not whether something is off but whether another process would do
 * better:
 *
 * <table>
 * <caption>Which status</caption>
 * <tr><th>state</th><th>status</th><th>why</th></tr>
 * <tr><td>a kill is engaged</td><td>UP</td><td>The process does what it was told, and callers get the safe answer. Kills are the fleet's: to
 *     take processes away for one is to turn the safe answer into an outage.</td></tr>
 * <tr><td>the log is stale beyond {@code kill-when-stale}</td><td>UNKNOWN, which is HTTP 200</td><td>All gates are killed here and answer with
 *     their fallbacks. What cut this process off from the log mostly cuts off all of them, and somebody has to give the fallbacks.</td></tr>
 * <tr><td>nothing is known of the log yet</td><td>OUT_OF_SERVICE, 503</td><td>This process has just started and knows no kill and no rollout;
 *     those that ran before know them. It stops a deployment that would replace them, and ends by itself.</td></tr>
 * <tr><td>the log refused to open, or the gates are closed</td><td>DOWN, 503</td><td>Only a person or a restart ends it: the gates stay
 *     killed, or can no longer be.</td></tr>
 * </table>
 *
 * <p>It is for readiness, {@code management.endpoint.health.group.readiness.include=readinessState,modelgate}, and never for liveness: no
 * restart helps against a log that cannot be reached.
 */
final class GateHealth {

    private static final int SHOWN = 20;

    private final Gates gates;

    GateHealth(Gates gates) {
        this.gates = gates;
    }

    /** By their names, the statuses of Spring Boot. */
    enum Status {
        UP,
        UNKNOWN,
        OUT_OF_SERVICE,
        DOWN
    }

    /** A status with what explains it. */
    record State(Status status, Map<String, Object> details) {}

    State state() {
        List<Kill> kills = gates.kills();
        Map<ProcessKill, String> own = new EnumMap<>(ProcessKill.class);
        kills.forEach(kill -> ProcessKill.of(kill).ifPresent(which -> own.put(which, kill.reason())));
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("gates", gates.gates().size());
        Set<String> killed = new TreeSet<>();
        kills.forEach(kill -> killed.add(kill.scope().toString()));
        details.put("killed", killed.stream().limit(SHOWN).toList());
        details.put("kills", kills.size());
        details.put("unstoredKills", gates.unstoredKills());
        details.put("applied", gates.applied());
        details.put("staleness", gates.staleness().toString());
        if (gates.closed()) {
            details.put("problem", "the gates are closed: calls are served, but nothing can be killed here any more");
            return new State(Status.DOWN, details);
        }
        for (ProcessKill worst : List.of(ProcessKill.LOG_REFUSED, ProcessKill.LOG_UNKNOWN, ProcessKill.LOG_STALE)) {
            String reason = own.get(worst);
            if (reason != null) {
                details.put("problem", reason);
                return new State(status(worst), details);
            }
        }
        return new State(Status.UP, details);
    }

    private static Status status(ProcessKill kill) {
        return switch (kill) {
            case LOG_REFUSED -> Status.DOWN;
            case LOG_UNKNOWN -> Status.OUT_OF_SERVICE;
            case LOG_STALE -> Status.UNKNOWN;
        };
    }
}
