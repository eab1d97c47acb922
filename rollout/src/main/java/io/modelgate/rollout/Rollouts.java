package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLog;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs rollouts under policies. Thread-safe.
 *
 * <pre>{@code
 * try (Rollouts rollouts = Rollouts.open(gates)) {
 *     rollouts.start(credit, "v2", RolloutPolicy.load(Path.of("careful.yaml")), Actor.of("alice"), "v2 is trained on 2026");
 *     rollouts.rollback(credit, Actor.of("bob"), "approvals fell");
 * }
 * }</pre>
 */
public final class Rollouts implements AutoCloseable {

    private final Gates gates;
    private final RolloutsBuilder config;

    private Rollouts(Gates gates, RolloutsBuilder config) {
        this.gates = gates;
        this.config = config;
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // until the bodies are there
    private <T> T later() {
        throw new UnsupportedOperationException(config.instance);
    }

    /** Looks after the rollouts of these gates, once a second, until it or they are closed. */
    public static Rollouts open(Gates gates) {
        return open(gates, r -> {});
    }

    /** Looks after the rollouts of these gates, until it or they are closed. */
    public static Rollouts open(Gates gates, Consumer<RolloutsBuilder> configure) {
        RolloutsBuilder config = new RolloutsBuilder();
        configure.accept(config);
        return new Rollouts(gates, config);
    }

    /** Starts a rollout under a policy. */
    public Rollout start(ModelGate<?, ?> gate, String candidate, RolloutPolicy policy, Actor actor, String reason) {
        return start(gate, candidate, policy, who -> {}, actor, reason);
    }

    /** Starts a rollout under a policy, for some callers. */
    public Rollout start(
            ModelGate<?, ?> gate,
            String candidate,
            RolloutPolicy policy,
            Consumer<RolloutBuilder> who,
            Actor actor,
            String reason) {
        return later();
    }

    /** Looks once at every rollout. */
    public void tick() {
        later();
    }

    /** Keeps it from stepping up. */
    public Receipt pause(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** Lets it step up again. */
    public Receipt resume(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** Approves the step that it waits for. */
    public Receipt approve(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** Promotes the candidate. */
    public Receipt promote(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** Takes the candidate back. */
    public Receipt abort(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** Undoes the latest change of what is served. */
    public Rollback rollback(ModelGate<?, ?> gate, Actor actor, String reason) {
        return later();
    }

    /** The rollout under a policy that runs, or else the last that ended. */
    public Optional<RolloutStatus> status(ModelGate<?, ?> gate) {
        return later();
    }

    /** Lets another policy judge the running rollout, without effect. */
    public void dryRun(ModelGate<?, ?> gate, RolloutPolicy policy) {
        later();
    }

    /** Calls a listener for every event from now on, until the subscription is closed. */
    public ControlLog.Subscription onEvent(Consumer<RolloutEvent> listener) {
        return later();
    }

    /** The gates. */
    public Gates gates() {
        return gates;
    }

    /** Stops looking. */
    @Override
    public void close() {}
}
