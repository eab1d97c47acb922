package io.modelgate.console;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.console.Views.GateState;
import io.modelgate.console.Views.GateSummary;
import io.modelgate.console.Views.LogView;
import io.modelgate.console.Views.RolloutSummary;
import io.modelgate.console.Views.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every gate with its state, ready to be sent: made anew at most once a second while somebody asks, and at once after something was decided.
 * Only gates that something was decided about are described anew; the others keep their row, and the bytes that it is sent as. Thread-safe.
 */
final class Overview {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");

    /** So long after somebody asked it is kept up to date in the background. */
    private static final long INTEREST = Duration.ofSeconds(15).toNanos();

    private static final long EVERY = Duration.ofSeconds(1).toNanos();

    /** Older than that, whoever asks does not wait for the background. */
    private static final long OLD = Duration.ofSeconds(2).toNanos();

    /** As often at most is it made anew because others decided something. */
    private static final long SHORTEST = Duration.ofMillis(100).toNanos();

    private static final Comparator<Row> ATTENTION = Comparator.comparing(
                    (Row row) -> row.summary.state(), Comparator.reverseOrder())
            .thenComparing(Row::rolloutRuns, Comparator.reverseOrder())
            .thenComparing(Row::errorRate, Comparator.reverseOrder())
            .thenComparing(row -> row.summary.name());

    private final Gates gates;
    private final RolloutViews rollouts;
    private final Traffic traffic;
    private final LogFollower log;
    private final LogEnd logs;
    private final StandIns standIns;
    private final String process;
    private final Ticker ticker =
            Ticker.system(); // how old a view is matters to a person, whatever the gates take for time
    private final ReentrantLock making = new ReentrantLock();
    private final AtomicLong decided = new AtomicLong();
    private final Set<String> decidedOn = ConcurrentHashMap.newKeySet();

    /** Guarded by the lock. */
    private final Map<String, Facts> facts = new TreeMap<>();

    private final Map<String, ModelGate<?, ?>> here = new HashMap<>();
    private Map<String, Row> rows = Map.of();
    private List<Row> sorted = List.of();
    private long version;

    /** Whether all has to be looked at, as nothing was yet or something was not taken in. */
    private boolean anew = true;

    private boolean warned;

    private volatile Snapshot snapshot = Snapshot.NONE;
    private volatile long asked;
    private volatile boolean wanted;

    /** What is known of a gate but for its calls. */
    private record Facts(
            GateDescription about,
            @Nullable String candidate,
            @Nullable Double weight,
            @Nullable RolloutSummary rollout) {

        Facts under(List<Kill> kills) {
            return about.kills().equals(kills) ? this : new Facts(about.under(kills), candidate, weight, rollout);
        }

        /** The version that most callers get who get one. */
        @Nullable
        String serves() {
            return about.serves(Optional.ofNullable(candidate), weight == null ? 0 : weight)
                    .orElse(null);
        }
    }

    /** A gate as it is listed. Immutable; nobody changes the bytes. */
    static final class Row {
        final GateSummary summary;
        final byte[] json;

        /** The version of the overview since which it says this. */
        final long since;

        /** The version since which it says this of its rollout. */
        final long rolloutSince;

        Row(GateSummary summary, byte[] json, long since, long rolloutSince) {
            this.summary = summary;
            this.json = json;
            this.since = since;
            this.rolloutSince = rolloutSince;
        }

        static Row of(GateSummary summary, @Nullable Row before, long version) {
            long rolloutSince = before != null && Objects.equals(before.summary.rollout(), summary.rollout())
                    ? before.rolloutSince
                    : version;
            return new Row(summary, Json.write(summary), version, rolloutSince);
        }

        boolean rolloutRuns() {
            return summary.rollout() != null && summary.rollout().running();
        }

        double errorRate() {
            return summary.traffic() == null ? 0 : summary.traffic().errorRate();
        }
    }

    /**
     * What was true at a moment. Immutable.
     *
     * @param version rises whenever anything changes but the time
     * @param rows those that need attention first
     */
    record Snapshot(
            long version,
            long madeAt,
            long decided,
            long applied,
            StateView state,
            List<Row> rows,
            Map<String, Row> byName) {

        static final Snapshot NONE = new Snapshot(
                0,
                0,
                -1,
                -1,
                new StateView("", false, "", 0, 0, 0, 0, 0, 0, new LogView(0, 0, "", false, 0, 0, null), false),
                List.of(),
                Map.of());
    }

    Overview(
            Gates gates,
            RolloutViews rollouts,
            Traffic traffic,
            LogFollower log,
            LogEnd logs,
            StandIns standIns,
            String process) {
        this.gates = gates;
        this.rollouts = rollouts;
        this.traffic = traffic;
        this.log = log;
        this.logs = logs;
        this.standIns = standIns;
        this.process = process;
    }

    /** Something about a gate, or about all, was decided here: whoever asks next sees it. */
    void changed(String gate) {
        decidedOn.add(gate);
        decided.incrementAndGet();
    }

    /** What is true now, or was a moment ago. */
    Snapshot current() {
        long now = ticker.read();
        asked = now;
        wanted = true;
        Snapshot seen = snapshot;
        long age = now - seen.madeAt();
        boolean due = seen.decided() < 0
                || seen.decided() != decided.get()
                || age > OLD
                || (seen.applied() != gates.applied() && age > SHORTEST);
        return due ? made() : seen;
    }

    /** What was made last, for whoever does not want to wait. */
    Snapshot latest() {
        return snapshot;
    }

    /** Makes it anew if somebody asks and it is due. */
    void refreshIfDue() {
        Snapshot seen = snapshot;
        long now = ticker.read();
        long age = now - seen.madeAt();
        boolean due = wanted
                && now - asked < INTEREST
                && (age >= EVERY
                        || ((seen.applied() != gates.applied() || seen.decided() != decided.get()) && age > SHORTEST));
        if (due) {
            made();
        }
    }

    private Snapshot made() {
        making.lock();
        try {
            Snapshot last = snapshot;
            boolean covered =
                    last.decided() >= 0 && last.decided() == decided.get() && ticker.read() - last.madeAt() < SHORTEST;
            return covered ? last : make();
        } finally {
            making.unlock();
        }
    }

    private Snapshot make() {
        long decidedBefore = decided.get();
        long applied = gates.applied();
        LogFollower.News news = log.news();
        boolean everything = news.everything() || anew;
        anew = true; // unless it is all taken in
        boolean complete = learn(news.gates(), everything);
        boolean changed = rows(shown(gates.kills()), version + 1);
        anew = !complete;
        Snapshot last = snapshot;
        StateView state = state(applied);
        if (changed || !same(state, last.state())) {
            version++;
        }
        snapshot = new Snapshot(version, ticker.read(), decidedBefore, applied, state, sorted, rows);
        return snapshot;
    }

    /** Whether two states differ in no more than the time. */
    private static boolean same(StateView one, StateView other) {
        return timeless(one).equals(timeless(other));
    }

    private static StateView timeless(StateView state) {
        LogView log = state.log();
        return new StateView(
                "",
                state.standalone(),
                state.process(),
                state.gates(),
                state.killed(),
                state.partlyKilled(),
                state.kills(),
                state.unstoredKills(),
                state.rollouts(),
                new LogView(
                        log.applied(),
                        log.seq(),
                        log.hash(),
                        log.known(),
                        log.stalenessMillis() / 1_000,
                        log.verifiedSeq(),
                        log.problem()),
                state.closed());
    }

    /** Brings what is known of the gates up to date; says whether that came about for each of them. */
    private boolean learn(Set<String> news, boolean everything) {
        Set<String> due = new HashSet<>(news);
        for (String gate : Set.copyOf(decidedOn)) {
            decidedOn.remove(gate);
            due.add(gate);
        }
        standIns.follow(everything ? null : due);
        for (ModelGate<?, ?> gate : gates.gates()) {
            if (here.putIfAbsent(gate.name(), gate) == null) {
                due.add(gate.name());
            }
        }
        Collection<GateDescription> abouts = everything
                ? gates.describe()
                : due.stream().map(gates::describe).flatMap(Optional::stream).toList();
        if (everything) {
            facts.keySet().retainAll(abouts.stream().map(GateDescription::name).collect(Collectors.toSet()));
        }
        boolean complete = true;
        for (GateDescription about : abouts) {
            complete &= taken(about);
        }
        return complete;
    }

    /** One gate of which something throws, as its rollout may, does not keep the news of others from being seen. */
    private boolean taken(GateDescription about) {
        try {
            describe(about);
            return true;
        } catch (RuntimeException e) {
            facts.putIfAbsent(about.name(), new Facts(about, null, null, null));
            if (!warned) {
                warned = true;
                LOG.warn("the console cannot say how gate \"{}\" stands, and tries again", about.name(), e);
            }
            return false;
        }
    }

    /** Those that count: no process that serves has heard of a kill of a standalone console until it is stored. */
    List<Kill> shown(List<Kill> kills) {
        return standIns.any() ? gates.storedKills() : kills;
    }

    private void describe(GateDescription about) {
        ModelGate<?, ?> gate = here.get(about.name());
        RolloutSummary rollout = gate == null ? null : rollouts.summary(gate);
        String candidate = about.candidate().orElse(null);
        Double weight = candidate == null || rollout == null || !rollout.running()
                ? null
                : candidate.equals(rollout.candidate()) ? rollout.weight() : (Double) (1 - rollout.weight());
        facts.put(about.name(), new Facts(about, candidate, weight, rollout));
    }

    /** Makes the rows that changed; says whether any did. */
    private boolean rows(List<Kill> kills, long next) {
        List<Kill> ofFleet = new ArrayList<>();
        Map<String, List<Kill>> ofGate = new HashMap<>();
        for (Kill kill : kills) {
            (kill.scope().isFleet()
                            ? ofFleet
                            : ofGate.computeIfAbsent(kill.scope().gate(), gate -> new ArrayList<>()))
                    .add(kill);
        }
        Map<String, Row> made = new HashMap<>();
        boolean changed = facts.size() != rows.size();
        for (Map.Entry<String, Facts> gate : facts.entrySet()) {
            String name = gate.getKey();
            List<Kill> own = ofGate.getOrDefault(name, List.of());
            gate.setValue(gate.getValue()
                    .under(Stream.concat(ofFleet.stream(), own.stream()).toList()));
            Row before = rows.get(name);
            GateSummary summary = summary(name, gate.getValue());
            boolean same = before != null && before.summary.equals(summary);
            changed |= !same;
            made.put(name, same ? before : Row.of(summary, before, next));
        }
        if (changed) {
            rows = made;
            List<Row> order = new ArrayList<>(made.values());
            order.sort(ATTENTION);
            sorted = List.copyOf(order);
        }
        return changed;
    }

    private GateSummary summary(String name, Facts gate) {
        Traffic.Figures figures = standIns.any() ? null : traffic.of(name);
        return new GateSummary(
                name,
                GateState.of(gate.about()),
                !standIns.any() && here.containsKey(name),
                gate.about().stable().orElse(null),
                gate.serves(),
                gate.candidate(),
                gate.weight(),
                figures == null ? null : figures.traffic(),
                gate.rollout());
    }

    private StateView state(long applied) {
        int killed = 0;
        int partly = 0;
        int running = 0;
        for (Row row : sorted) {
            killed += row.summary.state() == GateState.KILLED ? 1 : 0;
            partly += row.summary.state() == GateState.PARTLY_KILLED ? 1 : 0;
            running += row.rolloutRuns() ? 1 : 0;
        }
        return new StateView(
                gates.now().toString(),
                standIns.any(),
                process,
                sorted.size(),
                killed,
                partly,
                gates.kills().size(),
                gates.unstoredKills(),
                running,
                logs.latest(applied),
                gates.closed());
    }

    // ---- what is asked of it

    /** The names of all gates. */
    List<String> names() {
        return current().rows().stream().map(row -> row.summary.name()).sorted().toList();
    }

    /** How often a gate is called here; null where that is not known. */
    @Nullable
    Double callsPerSecond(String gate) {
        Traffic.Figures figures = standIns.any() ? null : traffic.of(gate);
        return figures == null ? null : figures.traffic().callsPerSecond();
    }
}
