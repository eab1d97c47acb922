package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control side of one {@link Gates}: folds the control log, adds this process's own kills that are not stored yet, and has the
 * gates compile their snapshots from it. One lock guards the fold; no call of a model ever takes it.
 */
final class Control implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final int READ_AT_ONCE = 4_096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, GateFold> folds = new TreeMap<>();
    private final Map<String, ModelGate<?, ?>> gates = new HashMap<>();
    private final Map<String, Kill> fleetKills = new LinkedHashMap<>();
    private final List<Entry> fleetEntries = new ArrayList<>();

    /** This process's kills that the fold does not hold yet. */
    private final Map<String, Kill> ownKills = new LinkedHashMap<>();

    private final ControlLog log;
    private final Events events;
    private final Warnings warnings;
    private final Outbox outbox;
    private final Queue<Entry> unannounced = new ConcurrentLinkedQueue<>();
    private final AtomicInteger announcing = new AtomicInteger();
    private ControlLog.@Nullable Subscription following;
    private volatile long applied;
    private volatile boolean closed;

    Control(ControlLog log, Events events, Warnings warnings) {
        this.log = log;
        this.events = events;
        this.warnings = warnings;
        outbox = new Outbox(log, stored -> catchUp(stored.get(stored.size() - 1).seq()), events, warnings);
    }

    /** Folds the whole log, then follows it. */
    void open() {
        for (List<Entry> batch = log.read(0, READ_AT_ONCE); !batch.isEmpty(); batch = log.read(applied, READ_AT_ONCE)) {
            for (Entry entry : batch) {
                fold(entry);
                applied = entry.seq();
            }
        }
        following = log.follow(applied, this::apply);
    }

    /** Applies what comes next in the log, once, whoever brings it. */
    void apply(List<Entry> entries) {
        List<ModelGate<?, ?>> concerned;
        lock.lock();
        try {
            List<Entry> due = entries;
            if (!entries.isEmpty() && entries.get(0).seq() > applied + 1) {
                due = new ArrayList<>(log.read(applied, (int) (entries.get(0).seq() - applied - 1)));
                due.addAll(entries);
            }
            Set<String> touched = new LinkedHashSet<>();
            long last = applied;
            for (Entry entry : due) {
                if (entry.seq() == last + 1) {
                    fold(entry);
                    last = entry.seq();
                    touched.add(entry.gate());
                    unannounced.add(entry);
                }
            }
            recompile(touched);
            applied = last; // only now: whoever reads it may rely on the snapshots
            concerned = concerned(touched);
        } finally {
            lock.unlock();
        }
        concerned.forEach(ModelGate::cutBarred);
        announce();
    }

    /** Announces in the order of the log, one thread at a time, and outside of the lock. */
    private void announce() {
        if (announcing.getAndIncrement() != 0) {
            return; // the thread that is at it goes round once more
        }
        int rounds = 1;
        do {
            for (Entry entry = unannounced.poll(); entry != null; entry = unannounced.poll()) {
                try {
                    announce(entry);
                } catch (Throwable e) { // a log appender's trouble must not silence the rest
                    warnings.threw("the announcement of a control entry", e);
                }
            }
            rounds = announcing.addAndGet(-rounds);
        } while (rounds != 0);
    }

    /** Waits until all entries up to this one are in force here, by applying them if nobody else does. */
    private void catchUp(long seq) {
        for (long from = applied; from < seq; from = applied) { // one read of it a round: others apply entries too
            List<Entry> next = log.read(from, READ_AT_ONCE);
            if (next.isEmpty()) {
                throw new ControlLogException("the control log lost entry " + seq + ", which it had acknowledged");
            }
            apply(next);
        }
    }

    /** Folds one entry. Total: whatever a routing throws on it, the next entry may be a kill and has to arrive. */
    private void fold(Entry entry) {
        if (entry.gate().equals(Decision.FLEET)) {
            foldFleet(entry);
        } else {
            folds.computeIfAbsent(entry.gate(), name -> new GateFold()).apply(entry);
        }
        ownKills.remove(entry.decision().id());
    }

    private void foldFleet(Entry entry) {
        fleetEntries.add(entry);
        if (entry.type().equals(EntryTypes.KILL)) {
            GateFold.kill(entry).ifPresent(kill -> fleetKills.put(kill.id(), kill));
        } else if (entry.type().equals(EntryTypes.REVIVE)) {
            entry.texts("kills").forEach(fleetKills::remove);
        }
        for (GateFold fold : folds.values()) {
            if (fold.routing() != null) {
                fold.route(entry);
            }
        }
    }

    private void recompile(Set<String> touched) {
        concerned(touched).forEach(Control::recompile);
    }

    private List<ModelGate<?, ?>> concerned(Set<String> touched) {
        return touched.contains(Decision.FLEET)
                ? List.copyOf(gates.values())
                : touched.stream()
                        .<ModelGate<?, ?>>map(gates::get)
                        .filter(Objects::nonNull)
                        .toList();
    }

    /** Compiles one gate's snapshot; whatever goes wrong with that, the other gates get theirs. */
    private static void recompile(ModelGate<?, ?> gate) {
        try {
            gate.recompile();
        } catch (Throwable e) {
            LOG.error("gate \"{}\" keeps its last state: it could not be brought up to date", gate.name(), e);
        }
    }

    private void announce(Entry entry) {
        Decision decision = entry.decision();
        LOG.info(
                "#{} {} {} by {} ({}): {} [{}]",
                entry.seq(),
                Screen.plain(decision.type()),
                Screen.plain(target(entry)),
                Screen.plain(decision.actor()),
                Screen.plain(decision.authentication()),
                Screen.plain(decision.reason()),
                Screen.plain(decision.id()));
        events.publish(new GateEvent.Applied(entry));
    }

    private static String target(Entry entry) {
        String version = entry.text("version");
        String attribute = entry.text("attribute");
        return entry.gate()
                + (version == null ? "" : "/" + version)
                + (attribute == null ? "" : "[" + attribute + "=" + entry.text("value") + "]");
    }

    // Reading and writing under the lock, for gates.

    /** The fold of a gate, made if it is not there; the caller holds the lock through {@link #locked}. */
    GateFold foldOf(String gate) {
        return folds.computeIfAbsent(gate, name -> new GateFold());
    }

    @Nullable
    GateFold foldOrNull(String gate) {
        return folds.get(gate);
    }

    Set<String> known() {
        return folds.keySet();
    }

    List<Entry> fleetEntries() {
        return fleetEntries;
    }

    @Nullable
    ModelGate<?, ?> gate(String name) {
        return gates.get(name);
    }

    Collection<ModelGate<?, ?>> gates() {
        return gates.values();
    }

    void add(ModelGate<?, ?> gate) {
        gates.put(gate.name(), gate);
    }

    /** All engaged kills that bear on a gate: the fleet's, the gate's and its versions', stored or not. */
    List<Kill> killsOf(String gate) {
        List<Kill> kills = new ArrayList<>(fleetKills.values());
        GateFold fold = folds.get(gate);
        if (fold != null) {
            kills.addAll(fold.kills.values());
        }
        for (Kill own : ownKills.values()) {
            if (own.scope().isFleet() || own.scope().gate().equals(gate)) {
                kills.add(own);
            }
        }
        return kills;
    }

    List<Kill> kills() {
        Map<String, Kill> kills = new LinkedHashMap<>(fleetKills);
        folds.values().forEach(fold -> kills.putAll(fold.kills));
        kills.putAll(ownKills);
        return List.copyOf(kills.values());
    }

    /** Puts a kill in force here, then sends it on its way to the log. */
    CompletableFuture<Entry> kill(Kill kill, Decision decision) {
        List<ModelGate<?, ?>> concerned = engage(kill);
        try {
            return outbox.submit(decision, true);
        } finally { // whatever storing it throws, it is in force
            concerned.forEach(ModelGate::cutBarred);
            events.publish(new GateEvent.Killed(kill));
        }
    }

    /**
     * Puts a kill in force in this process only, and returns the gates that it concerns. When this returns, every call sees it or is seen
     * by it.
     */
    List<ModelGate<?, ?>> engage(Kill kill) {
        lock.lock();
        try {
            ownKills.put(kill.id(), kill);
            recompile(Set.of(kill.scope().gate()));
            return concerned(Set.of(kill.scope().gate()));
        } finally {
            lock.unlock();
        }
    }

    /** Sends a decision on its way to the log, once. It takes effect when it is stored. */
    CompletableFuture<Entry> submit(Decision decision) {
        return outbox.submit(decision, false);
    }

    /** Stores a decision if nothing came after what it was made on, and applies it; see {@link Gates#appendIf}. */
    Optional<Entry> submitIf(long expectedSeq, Decision decision) {
        if (expectedSeq > applied) {
            return Optional.empty();
        }
        try {
            Optional<Entry> stored = log.appendIf(expectedSeq, decision);
            stored.ifPresent(entry -> catchUp(entry.seq()));
            return stored;
        } catch (ControlLogException e) {
            requireOpen(); // closed meanwhile: say so
            throw e;
        }
    }

    /** Sends a decision that nobody waits for on its way to the log, until it is stored. */
    void record(Decision decision) {
        outbox.submit(decision, true).exceptionally(unstored -> null);
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    long applied() {
        return applied;
    }

    /** How many entries the log holds that this process has not applied. */
    long lag() {
        return Math.max(0, log.head().seq() - applied);
    }

    long unstoredKills() {
        return outbox.unstored(EntryTypes.KILL);
    }

    ControlLog log() {
        return log;
    }

    /** Refuses a scope that names what the log and this process do not know; the error lists what there is. */
    void requireKnown(Scope scope) {
        lock.lock();
        try {
            KnownNames.of(this, scope).require(scope);
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        return closed;
    }

    /** Refuses what nobody can answer for any more. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "these Gates are closed: calls are still served, but nothing can be changed; "
                            + "use an open Gates or the modelgate command");
        }
    }

    @Override
    public void close() {
        closed = true;
        outbox.close();
        if (following != null) {
            following.close();
        }
        log.close();
    }
}
