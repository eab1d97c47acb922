package io.modelgate.rollout;

import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks those who have a say in a promotion before it is made, and in lockstep before a rollout says that it is ready for it and for as long as
 * it says so: the others rely on that. Not thread-safe, but for {@link #objections}.
 */
final class Consent {

    /** Between taking ready back and saying it again: objections that come and go, or that one process alone has, are to fill no log. */
    private static final long AGAIN = Duration.ofMinutes(1).toNanos();

    private final PromotionGates gates;
    private final Notices notices;
    private final Ticker ticker;
    private final BiFunction<ModelGate<?, ?>, CohortRouting, Optional<RolloutStatus>> status;

    /** The latest that was ready, by gate. */
    private final Map<String, Ready> ready = new HashMap<>();

    /**
     * One that was ready.
     *
     * @param rollout its id
     * @param at when it was last so, in ticks
     */
    private record Ready(String rollout, long at) {}

    Consent(
            PromotionGates gates,
            Notices notices,
            Ticker ticker,
            BiFunction<ModelGate<?, ?>, CohortRouting, Optional<RolloutStatus>> status) {
        this.gates = gates;
        this.notices = notices;
        this.ticker = ticker;
        this.status = status;
    }

    /** Whether this says that a rollout is ready to be promoted. */
    static boolean toPromote(RolloutRun run, Move.Ready move) {
        return move.ready() && lastStep(run);
    }

    private static boolean lastStep(RolloutRun run) {
        return run.stage() == Stage.CANARY && run.next() == null;
    }

    /** What is said by now against the promotion that a rollout has said to be ready for; null if nothing is, or it has not. */
    @Nullable
    String taken(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        if (!lastStep(run) || run.conditions().ready() != run.place() + 1) {
            return null;
        }
        remember(gate.name(), run);
        List<String> objections = objections(gate, routing);
        notices.refused(gate.name(), run, objections);
        return objections.isEmpty() ? null : String.join("; ", objections);
    }

    /** A move has been made: what it says is remembered, as another process may take it back before the next look. */
    void made(String gate, RolloutRun run, Move move) {
        if (move instanceof Move.Ready said && toPromote(run, said)) {
            remember(gate, run);
        }
    }

    private void remember(String gate, RolloutRun run) {
        ready.put(gate, new Ready(run.plan().id(), ticker.read()));
    }

    /** Whether nobody objects to a promotion, or to what says that it may come. */
    boolean given(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Move move) {
        List<String> objections = objections(gate, routing);
        notices.refused(gate.name(), run, objections);
        return objections.isEmpty() && !(move instanceof Move.Ready && tookBack(gate.name(), run));
    }

    private boolean tookBack(String gate, RolloutRun run) {
        Ready last = ready.get(gate);
        return last != null && last.rollout().equals(run.plan().id()) && ticker.read() - last.at() < AGAIN;
    }

    List<String> objections(ModelGate<?, ?> gate, CohortRouting routing) {
        return status.apply(gate, routing).map(gates::objections).orElse(List.of());
    }
}
