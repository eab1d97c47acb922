package io.modelgate.console;

import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations of the API, as {@code openapi.yaml} has them, and what keeps their answers up to date. Thread-safe. */
final class Api implements AutoCloseable {

    private final Gates gates;
    private final @Nullable Rollouts own;
    private final RolloutHistory history = new RolloutHistory();
    private final LogFollower log;
    private final ChainWatch chain;
    private final Traffic traffic;
    private final RolloutViews rollouts;
    private final LogEnd logs;
    private final Overview overview;
    private final EventStreams streams;
    private final BudgetOperations budgets;
    private final List<Route> routes = new ArrayList<>();
    private final Keeper keeper;

    // The keeper's: what the connections for events were told of last.
    private long signalled;
    private long shown;

    private Api(Gates gates, @Nullable Rollouts given, boolean standalone, EventStreams.Rhythm rhythm) {
        this.gates = gates;
        Rollouts looked;
        if (given == null) { // to look at what there is needs one too
            looked = Rollouts.open(gates, r -> r.manual().instance("console"));
            own = looked;
        } else {
            looked = given;
            own = null;
        }
        Rollouts steered = standalone ? looked : given;
        keeper = new Keeper(this::round);
        log = new LogFollower(gates, this::heard);
        chain = new ChainWatch(gates.log(), history::read, history::clear);
        traffic = new Traffic(gates);
        rollouts = new RolloutViews(looked, gates.ticker(), history);
        logs = new LogEnd(gates, chain);
        overview = new Overview(gates, rollouts, traffic, log, logs, new StandIns(gates, standalone), process(gates));
        streams = new EventStreams(gates, log, overview, rhythm);
        budgets = new BudgetOperations(gates);
        GateOperations views = new GateOperations(gates, overview, traffic, standalone);
        routes.addAll(views.routes());
        routes.addAll(new KillOperations(gates, overview, standalone).routes());
        routes.addAll(
                new RolloutOperations(gates, views, rollouts, overview, this::catchUp, steered, standalone).routes());
        routes.addAll(budgets.routes());
        routes.addAll(new LogOperations(gates, logs).routes());
        routes.add(streams.route());
    }

    /** Begins to look after these gates; those of a standalone console stand in for the ones of others. */
    static Api open(Gates gates, @Nullable Rollouts rollouts, boolean standalone, EventStreams.Rhythm rhythm) {
        Api api = new Api(gates, rollouts, standalone, rhythm);
        api.overview.current();
        api.keeper.start();
        return api;
    }

    /** How the process is called: as the others know it, or by its number. */
    private static String process(Gates gates) {
        String name = gates.log().instance();
        return name.isEmpty() ? "console-" + ProcessHandle.current().pid() : name;
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    private void catchUp() {
        chain.through(gates.applied(), log.replaced());
    }

    /** A kill is in force here before it is an entry, or without ever being one. */
    private void heard(GateEvent event) {
        if (event instanceof GateEvent.Killed killed) {
            overview.changed(killed.kill().scope().gate());
        } else if (event instanceof GateEvent.Released released) {
            overview.changed(released.kill().scope().gate());
        }
        keeper.wake();
    }

    private boolean round() {
        boolean more = chain.step(log.replaced());
        logs.look();
        traffic.sampleIfDue();
        sampleRollouts();
        budgets.attend();
        overview.refreshIfDue();
        streams.sweep();
        if (gates.applied() != signalled || overview.latest().version() != shown) {
            signalled = gates.applied();
            shown = overview.latest().version();
            streams.signal();
        }
        return more;
    }

    private void sampleRollouts() {
        Set<String> running = history.running();
        if (!running.isEmpty() && rollouts.sampleIsDue()) {
            String at = gates.now().toString();
            gates.gates().stream()
                    .filter(gate -> running.contains(gate.name()))
                    .forEach(gate -> rollouts.sample(gate, at));
        }
    }

    /** Ends what looks after the gates, and all connections for events; the gates stay as they are. */
    @Override
    public void close() {
        streams.close();
        keeper.close();
        log.close();
        if (own != null) {
            own.close();
        }
    }
}
