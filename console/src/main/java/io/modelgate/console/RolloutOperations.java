package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.console.Views.Decided;
import io.modelgate.console.Views.RolloutSummary;
import io.modelgate.rollout.Rollback;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Seeing and steering rollouts, and undoing what they did. Thread-safe. */
final class RolloutOperations {

    private static final Comparator<RolloutSummary> RUNNING_FIRST = Comparator.comparing(
                    RolloutSummary::running, Comparator.reverseOrder())
            .thenComparing(RolloutSummary::gate);

    /** One way to steer a rollout. */
    @FunctionalInterface
    private interface Steer {
        Receipt apply(Rollouts rollouts, ModelGate<?, ?> gate, Actor actor, String reason);
    }

    private record Action(Role least, Steer steer) {}

    private static final Map<String, Action> ACTIONS = Map.of(
            "pause", new Action(Role.OPERATOR, Rollouts::pause),
            "abort", new Action(Role.OPERATOR, Rollouts::abort),
            "resume", new Action(Role.APPROVER, Rollouts::resume),
            "approve", new Action(Role.APPROVER, Rollouts::approve),
            "promote", new Action(Role.APPROVER, Rollouts::promote));

    private final Gates gates;
    private final GateOperations views;
    private final RolloutViews shown;
    private final Overview overview;
    private final Runnable catchUp;
    private final @Nullable Rollouts steered;
    private final boolean standalone;

    /**
     * Shows rollouts, and steers them if it has {@code steered}.
     *
     * @param catchUp waits until the history of rollouts has all that took effect
     */
    RolloutOperations(
            Gates gates,
            GateOperations views,
            RolloutViews shown,
            Overview overview,
            Runnable catchUp,
            @Nullable Rollouts steered,
            boolean standalone) {
        this.gates = gates;
        this.views = views;
        this.shown = shown;
        this.overview = overview;
        this.catchUp = catchUp;
        this.steered = steered;
        this.standalone = standalone;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/rollouts", request -> Reply.json(new RolloutList(all()))),
                Route.get("/api/v1/gates/{gate}/rollout", this::rollout),
                Route.post("/api/v1/gates/{gate}/rollout/{action}", Role.OPERATOR, this::steer),
                Route.post("/api/v1/gates/{gate}/rollback", Role.OPERATOR, this::rollback));
    }

    /** The least role that each action takes. */
    static Map<String, Role> roles() {
        return ACTIONS.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, action -> action.getValue().least()));
    }

    record RolloutList(List<RolloutSummary> rollouts) {}

    record Because(@Nullable String reason) {}

    record RolledBack(
            String restored,
            String bad,
            String since,
            @Nullable Long reached,
            @Nullable Long calls,
            List<String> remedies) {}

    private List<RolloutSummary> all() {
        return overview.current().rows().stream()
                .map(row -> row.summary.rollout())
                .filter(Objects::nonNull)
                .sorted(RUNNING_FIRST)
                .toList();
    }

    private Reply rollout(Request request) {
        ModelGate<?, ?> gate = views.here(request.path("gate"));
        RolloutStatus status = shown.status(gate)
                .orElseThrow(() -> Problem.notFound("gate \"" + gate.name() + "\" never had a rollout under a policy"));
        catchUp.run();
        return Reply.json(shown.view(gate, status));
    }

    private Reply steer(Request request) throws IOException {
        String name = request.path("action");
        Action action = ACTIONS.get(name);
        if (action == null) {
            throw Problem.notFound("a rollout cannot be told to " + (name.length() > 20 ? "do that" : name)
                    + ": expected pause, resume, approve, promote or abort");
        }
        Decisions.requireMay(request, action.least(), "to " + name + " a rollout");
        ModelGate<?, ?> gate = views.here(request.path("gate"));
        String reason = Decisions.reason(request.body(Because.class).reason());
        Rollouts rollouts = steering();
        Receipt receipt = Decisions.made(gates, () -> action.steer().apply(rollouts, gate, request.actor(), reason));
        boolean stored = Decisions.stored(receipt);
        overview.changed(gate.name());
        return Reply.json(new Decided(receipt.id(), stored));
    }

    private Reply rollback(Request request) throws IOException {
        ModelGate<?, ?> gate = views.here(request.path("gate"));
        String reason = Decisions.reason(request.body(Because.class).reason());
        Rollouts rollouts = steering();
        Rollback done = Decisions.made(gates, () -> rollouts.rollback(gate, request.actor(), reason));
        overview.changed(gate.name());
        return Reply.json(new RolledBack(
                done.restored(),
                done.bad(),
                done.since().toString(),
                counted(done.callers()),
                counted(done.calls()),
                remedies(done)));
    }

    /** Null if nobody counted: a standalone console counts nothing, and knows what processes have written down at most. */
    private @Nullable Long counted(long number) {
        return number < 0 || (standalone && number == 0) ? null : (Long) number;
    }

    private List<String> remedies(Rollback done) {
        List<String> remedies = new ArrayList<>(done.remedies());
        if (standalone) {
            remedies.add("this console does not know whether any process has version \"" + done.restored()
                    + "\": look at one that serves the gate whether its callers get it");
        }
        return remedies;
    }

    private Rollouts steering() {
        if (steered == null) {
            throw new Problem(
                    409, "this console only shows rollouts: it was started without rollouts(…); nothing was done");
        }
        return steered;
    }
}
