package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A handle on one version of a gate. Thread-safe. */
public final class ModelVersion {

    private final ModelGate<?, ?> gate;
    private final String id;
    private final @Nullable RegisteredVersion<?, ?> here;

    ModelVersion(ModelGate<?, ?> gate, String id, @Nullable RegisteredVersion<?, ?> here) {
        this.gate = gate;
        this.id = id;
        this.here = here;
    }

    /** Its id. */
    public String id() {
        return id;
    }

    /** The digest of its artefact, as it was declared; empty if nobody gave one. */
    public Optional<String> digest() {
        return gate.gates()
                .control()
                .locked(() -> Optional.ofNullable(gate.gates()
                                .control()
                                .foldOf(gate.name())
                                .versions
                                .get(id))
                        .map(GateFold.Declared::digest)
                        .or(() -> Optional.ofNullable(here).map(version -> version.digest))
                        .filter(digest -> !digest.isEmpty()));
    }

    /** Whether neither it nor its gate nor the fleet is killed, for anyone. */
    public boolean live() {
        return gate.killSwitch(id).on();
    }

    /** Whether neither it nor its gate nor the fleet is killed for this caller. */
    public boolean live(Caller caller) {
        return !gate.killSwitch(id).blocks(caller);
    }

    /** Kills it for every caller: {@link Gates#kill} with its scope. */
    public KillReceipt kill(Actor actor, String reason) {
        return gate.gates().kill(scope(), actor, reason);
    }

    /**
     * Releases one kill of this version.
     *
     * @throws IllegalArgumentException if no kill of this version with this id is engaged
     */
    public ReviveReceipt revive(String killId, Actor actor, String reason) {
        for (Kill kill : gate.gates().kills()) {
            if (kill.id().equals(killId)
                    && !(kill.scope().gate().equals(gate.name())
                            && id.equals(kill.scope().version()))) {
                throw new IllegalArgumentException("kill \"" + killId + "\" is on " + kill.scope() + ", not on "
                        + scope() + "; revive it with Gates.revive");
            }
        }
        return gate.gates().revive(killId, actor, reason);
    }

    /**
     * Makes it the stable version, once stored.
     *
     * @throws IllegalStateException if it is killed
     */
    public Receipt promote(Actor actor, String reason) {
        if (gate.killSwitch(id).off()) {
            throw new IllegalStateException("version \"" + id + "\" of gate \"" + gate.name()
                    + "\" is killed; revive it before it is promoted");
        }
        return gate.gates()
                .append(gate.gates()
                        .decision(
                                UUID.randomUUID().toString(),
                                EntryTypes.PROMOTE,
                                gate.name(),
                                actor,
                                reason,
                                Map.of("version", id)));
    }

    /**
     * Whether its implementation can ask about its call, and so whether it is {@linkplain Call#shadow() a shadow}: a plain {@link Model} cannot.
     * False if it is not registered in this process.
     */
    public boolean knowsItsCall() {
        return here != null && here.knowsItsCall();
    }

    /** The state of its circuit breaker; empty if it is not registered in this process. */
    public Optional<CircuitBreaker.State> breaker() {
        return Optional.ofNullable(here)
                .map(version -> version.breaker.state(gate.ticker().read()));
    }

    /** How often its model was invoked in this process, running calls included. */
    public long invocations() {
        return here == null ? 0 : here.counts.invocations();
    }

    /** How many of its calls are running in this process. */
    public long inFlight() {
        return here == null ? 0 : here.counts.inFlight();
    }

    /**
     * How many models of it still run in this process although their calls have ended without them: timed out, cut or given up. A
     * backend that hangs shows here.
     */
    public long overdue() {
        return here == null ? 0 : here.overdue.sum();
    }

    private Scope scope() {
        return Scope.version(gate.name(), id);
    }
}
