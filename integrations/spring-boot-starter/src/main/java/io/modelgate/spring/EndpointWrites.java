package io.modelgate.spring;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.ReviveReceipt;
import io.modelgate.Scope;
import io.modelgate.spring.ModelGateEndpoint.Engaged;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * What {@code modelgate.actuator.writes=true} adds to the endpoint, over HTTP only: {@code POST …/modelgate/{gate}/kill} with
 * {@code {"version", "attribute", "value", "reason"}}, of which only the reason must be there, and {@code POST …/modelgate/{gate}/revive} with
 * {@code {"kill", "reason"}}. The gate {@code *} is the fleet. Thread-safe.
 *
 * <p>The actor is the authenticated principal of the request, never anything that the request says; without one it is 403. An unknown gate
 * is 404 and any other wrong argument 400, with the message; nothing has been done then.
 */
@EndpointWebExtension(endpoint = ModelGateEndpoint.class)
final class EndpointWrites {

    /** How the control log says that these actors were authenticated. */
    static final String AUTHENTICATION = "actuator";

    private static final Duration STORED_WITHIN = Duration.ofSeconds(2);

    private final Gates gates;
    private final GateReports reports;
    private final boolean enabled;

    /** Whether they are enabled is asked again at run time: the beans of an application that was processed ahead of it are there anyway. */
    EndpointWrites(Gates gates, boolean enabled) {
        this.gates = gates;
        this.enabled = enabled;
        reports = new GateReports(gates);
    }

    /**
     * A kill that is in force in this process.
     *
     * @param kill the kill
     * @param stored whether it survives a restart; if not yet, that is tried until it does
     * @param inFlight models that still run here of what was killed; they started before
     * @param matching how many of the {@code sampled} callers seen here lately carry the value that it names
     * @param lacking how many lack the attribute, and so count as killed too
     * @param sampled how many there are
     */
    record Killed(Engaged kill, boolean stored, long inFlight, int matching, int lacking, int sampled) {}

    /**
     * A revive.
     *
     * @param released the kills that it releases, once it is stored
     * @param stored whether it is
     * @param stillEngaged the kills that go on to turn off some or all of the same scope
     */
    record Revived(List<Engaged> released, boolean stored, List<Engaged> stillEngaged) {}

    /**
     * A kill or a revive. The actuator puts what the body and the query say over what the path says, if the names are the same, and whoever
     * checks who may do what looks at the path: only the path says what is done, and to what. It comes as an array of strings, which no body
     * and no query can give to a parameter that takes anything.
     */
    @WriteOperation
    WebEndpointResponse<Object> write(
            SecurityContext security,
            @org.springframework.lang.Nullable Object gate,
            @org.springframework.lang.Nullable Object operation,
            @org.springframework.lang.Nullable String version,
            @org.springframework.lang.Nullable String attribute,
            @org.springframework.lang.Nullable String value,
            @org.springframework.lang.Nullable String kill,
            @org.springframework.lang.Nullable String reason,
            @Selector(match = Selector.Match.ALL_REMAINING) Object path) {
        if (!enabled) {
            return problem(404, "modelgate.actuator.writes is not true; nothing was done");
        }
        if (!(path instanceof String[] parts) || gate != null || operation != null) {
            return problem(
                    400,
                    "the path alone says the gate and the operation; remove them from the request; nothing was done");
        }
        if (parts.length != 2) {
            return problem(404, "expected {gate}/kill or {gate}/revive; nothing was done");
        }
        return write(security, parts[0], parts[1], new Asked(version, attribute, value, kill, reason));
    }

    /** What the body says. */
    private record Asked(
            @Nullable String version,
            @Nullable String attribute,
            @Nullable String value,
            @Nullable String kill,
            @Nullable String reason) {}

    private WebEndpointResponse<Object> write(SecurityContext security, String gate, String operation, Asked asked) {
        Principal principal = security.getPrincipal();
        if (principal == null || RequestParts.isNobody(principal.getClass())) {
            return problem(403, "nobody is logged in on this request, and the control log records who decided");
        }
        if (!gate.equals(Scope.FLEET) && reports.find(gate).isEmpty()) {
            return problem(404, "gate \"" + gate + "\" is unknown; nothing was done");
        }
        try {
            Actor actor = new Actor(principal.getName(), AUTHENTICATION);
            return switch (operation) {
                case "kill" ->
                    kill(
                            new Scope(gate, asked.version(), asked.attribute(), asked.value()),
                            actor,
                            required("reason", asked.reason()));
                case "revive" ->
                    revive(gate, required("kill", asked.kill()), actor, required("reason", asked.reason()));
                default -> problem(404, "the operations are kill and revive; nothing was done");
            };
        } catch (IllegalArgumentException e) {
            return problem(400, e.getMessage());
        } catch (IllegalStateException e) { // closed
            return problem(503, e.getMessage());
        }
    }

    private WebEndpointResponse<Object> kill(Scope scope, Actor actor, String reason) {
        KillReceipt receipt = gates.kill(scope, actor, reason);
        boolean stored = receipt.stored(STORED_WITHIN);
        KillReceipt.Recent recent = receipt.recent();
        return new WebEndpointResponse<>(
                new Killed(
                        GateReports.report(receipt.kill()),
                        stored,
                        receipt.inFlight(),
                        recent.matching(),
                        recent.lacking(),
                        recent.sampled()),
                200);
    }

    private WebEndpointResponse<Object> revive(String gate, String id, Actor actor, String reason) {
        for (Kill kill : gates.kills()) {
            if (kill.id().equals(id) && !kill.scope().gate().equals(gate)) {
                throw new IllegalArgumentException("kill \"" + id + "\" is on " + kill.scope() + "; revive it at "
                        + kill.scope().gate());
            }
        }
        ReviveReceipt receipt = gates.revive(id, actor, reason);
        boolean stored = receipt.stored(STORED_WITHIN);
        if (receipt.failure().isPresent()) {
            return problem(
                    503, "the kill is still engaged: " + receipt.failure().get().getMessage());
        }
        return new WebEndpointResponse<>(
                new Revived(reports(receipt.released()), stored, reports(receipt.stillEngaged())), stored ? 200 : 202);
    }

    private static List<Engaged> reports(List<Kill> kills) {
        return kills.stream().map(GateReports::report).toList();
    }

    private static String required(String name, @Nullable String given) {
        if (given == null || given.isBlank()) {
            throw new IllegalArgumentException(name + " is missing: expected "
                    + (name.equals("reason") ? "why, in your words" : "the id of a kill, which the endpoint lists"));
        }
        return given;
    }

    private static WebEndpointResponse<Object> problem(int status, @Nullable String message) {
        return new WebEndpointResponse<>(Map.of("message", String.valueOf(message)), status);
    }
}
