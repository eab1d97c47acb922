package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The rollouts of a control log, without the models: gates that stand in for the served ones are enough. Not thread-safe. */
final class RolloutsOfLog implements AutoCloseable {

    private static final int BATCH = 1_000;

    private final Gates gates;
    private final Rollouts rollouts;
    private final RolloutViews views;

    private RolloutsOfLog(Gates gates) {
        this.gates = gates;
        new StandIns(gates, true).follow(null);
        rollouts = Rollouts.open(gates, r -> r.manual().instance("console"));
        RolloutHistory history = new RolloutHistory();
        views = new RolloutViews(rollouts, gates.ticker(), history);
        long end = gates.applied();
        for (long after = 0; after < end; ) {
            List<Entry> batch = gates.log().read(after, (int) Math.min(BATCH, end - after));
            if (batch.isEmpty()) {
                break;
            }
            batch.forEach(history::read);
            after += batch.size();
        }
    }

    /** To look at them only. */
    static RolloutsOfLog view(LogPlace place, LogAccess logs) throws UsageException {
        return new RolloutsOfLog(logs.viewStandIns(place));
    }

    /** To decide something. */
    static RolloutsOfLog open(LogPlace place, LogAccess logs) throws UsageException {
        return new RolloutsOfLog(logs.openStandIns(place));
    }

    Rollouts rollouts() {
        return rollouts;
    }

    RolloutViews views() {
        return views;
    }

    /** All gates, by name. */
    List<ModelGate<?, ?>> gates() {
        return gates.gates().stream()
                .sorted(Comparator.comparing(ModelGate::name))
                .<ModelGate<?, ?>>map(gate -> gate)
                .toList();
    }

    /** One gate; refuses what is unknown, listing what there is. */
    ModelGate<?, ?> gate(String name) {
        gates.preview(Scope.gate(name)); // refuses what is unknown, and lists what there is
        return gates.gate(name);
    }

    Optional<RolloutStatus> status(String name) {
        return views.status(gate(name));
    }

    @Override
    public void close() {
        rollouts.close();
        gates.close();
    }
}
