package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import java.time.Duration;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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

    private static final int FOLDS_TRIED = 10;
    private static final int LOST_NAMED = 50;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ModelGate<?, ?>> gates = new HashMap<>();

    /** This process's kills that the fold does not hold yet. */
    private final Map<String, Kill> ownKills = new LinkedHashMap<>();

    /** Kills of this process alone, which are no decisions: they stand for what it does not know of the log. */
    private final Map<String, Kill> localKills = new LinkedHashMap<>();

    /** Gates whose snapshot lacks what was folded, because compiling it failed. */
    private final Set<String> behind = new LinkedHashSet<>();

    private final ControlLog log;
    private final boolean replaceable;
    private final Events events;
    private final Warnings warnings;
    private final Outbox outbox;
    private final Contact contact;
    private final ReentrantLock refolding = new ReentrantLock();
    private final Queue<GateEvent> unannounced = new ConcurrentLinkedQueue<>();
    private final AtomicInteger announcing = new AtomicInteger();
    private final AtomicInteger reporting = new AtomicInteger();
    private final List<ControlLog.Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private Folds folds;
    private volatile Head applied = Head.EMPTY;
    private volatile boolean refoldDue;
    private volatile boolean closed;

    Control(ControlLog log, GatesBuilder config, Events events, Warnings warnings) {
        this.log = log;
        this.events = events;
        this.warnings = warnings;
        // Those two verify that nothing left them, and refuse to go on if something did.
        replaceable = !(log instanceof MemoryControlLog || log instanceof FileControlLog || log instanceof RefusedLog);
        folds = new Folds(replaceable);
        outbox = new Outbox(log, this::takeIn, events, warnings);
        contact = new Contact(log, this, config.staleLimit, config.scheduler, config.instants, warnings);
    }

    /** Puts what is owed in force and folds the whole log, then follows it. */
    void open() {
        if (replaceable) {
            contact.open();
        }
        List<Decision> owed = log.owed();
        locked(() -> {
            owed.forEach(decision -> GateFold.kill(decision).ifPresent(kill -> ownKills.put(kill.id(), kill)));
            return owed;
        });
        subscriptions.add(log.onReplaced(() -> {
            refoldDue = true;
            refoldIfDue();
        }));
        for (List<Entry> batch = log.read(0, READ_AT_ONCE);
                !batch.isEmpty();
                batch = log.read(applied.seq(), READ_AT_ONCE)) {
            List<Entry> entries = batch;
            locked(() -> {
                for (Entry entry : entries) {
                    foldNext(entry);
                }
                applied = folds.head();
                return entries;
            });
        }
        subscriptions.add(log.follow(applied.seq(), this::follow));
        submitAgain(owed);
        report();
    }

    private void foldNext(Entry entry) {
        folds.fold(entry);
        ownKills.remove(entry.decision().id());
    }

    private void follow(List<Entry> entries) {
        apply(entries);
        if (replaceable) {
            contact.check();
        }
    }

    /** Applies what comes next in the log, once, whoever brings it. */
    void apply(List<Entry> entries) {
        refoldIfDue();
        if (!applied(entries)) {
            refoldDue = true;
            refoldIfDue();
            applied(entries); // what does not fit now either is of a log that is gone
        }
    }

    /** Applies what comes next, up to what does not continue it; false if there is such. */
    private boolean applied(List<Entry> entries) {
        List<ModelGate<?, ?>> concerned;
        boolean fits = true;
        lock.lock();
        try {
            List<Entry> due = entries;
            long from = applied.seq();
            if (!entries.isEmpty() && entries.get(0).seq() > from + 1) {
                due = new ArrayList<>(log.read(from, (int) (entries.get(0).seq() - from - 1)));
                due.addAll(entries);
            }
            Set<String> touched = new LinkedHashSet<>(behind);
            for (Entry entry : due) {
                if (folds.isNext(entry)) {
                    foldNext(entry);
                    touched.add(entry.gate());
                    unannounced.add(new GateEvent.Applied(entry));
                } else if (entry.seq() > folds.head().seq() || isOther(entry)) {
                    LOG.warn("entry {} of the control log does not continue what was applied", entry.seq());
                    fits = false;
                    break;
                }
            }
            concerned = concerned(touched);
            concerned.forEach(this::recompile);
            applied = folds.head(); // only now: whoever reads it may rely on the snapshots
        } finally {
            lock.unlock();
        }
        concerned.forEach(ModelGate::cutBarred);
        announce();
        report();
        return fits;
    }

    /** Whether an entry is not the one that was applied under its number. */
    private boolean isOther(Entry entry) {
        return entry.seq() == folds.head().seq()
                ? !entry.hash().equals(folds.head().hash())
                : !folds.holds(entry.decision());
    }

    /** Announces in the order of the log, one thread at a time, and outside of the lock. */
    private void announce() {
        if (announcing.getAndIncrement() != 0) {
            return; // the thread that is at it goes round once more
        }
        int rounds = 1;
        do {
            for (GateEvent event = unannounced.poll(); event != null; event = unannounced.poll()) {
                try {
                    announce(event);
                } catch (Throwable e) { // a log appender's trouble must not silence the rest
                    warnings.threw("the announcement of a control entry", e);
                }
            }
            rounds = announcing.addAndGet(-rounds);
        } while (rounds != 0);
    }

    /** Tells the log what is in force here, in order, one thread at a time; a process without a gate serves nothing. */
    private void report() {
        if (reporting.getAndIncrement() != 0) {
            return;
        }
        int rounds = 1;
        do {
            try {
                Head head = locked(() -> behind.isEmpty() && !gates.isEmpty() ? applied : Head.EMPTY);
                if (head.seq() > 0) {
                    log.applied(head);
                }
            } catch (Throwable e) {
                warnings.threw("the control log's account of what is applied", e);
            }
            rounds = reporting.addAndGet(-rounds);
        } while (rounds != 0);
    }

    /** Applies entries that the log acknowledged, and all before them. */
    private void takeIn(List<Entry> stored) {
        catchUp(stored.get(stored.size() - 1).seq());
        if (!locked(() -> stored.stream().allMatch(entry -> folds.holds(entry.decision())))) {
            refoldDue = true;
            refoldIfDue();
            if (!locked(() -> stored.stream().allMatch(entry -> folds.holds(entry.decision())))) {
                throw lost(stored.get(stored.size() - 1).seq());
            }
        }
    }

    /** Applies all that the log has, and puts in force what it is owed. */
    void takeIn() {
        catchUp(log.head().seq());
        List<Decision> owed = log.owed();
        owe(owed);
        submitAgain(owed);
    }

    /** Waits until all entries up to this one are in force here, by applying them if nobody else does. */
    private void catchUp(long seq) {
        int stuck = 0;
        for (long from = applied.seq(); from < seq; from = applied.seq()) { // one read of it a round: others apply too
            List<Entry> next = log.read(from, READ_AT_ONCE);
            if (next.isEmpty()) {
                throw lost(seq);
            }
            apply(next);
            stuck = applied.seq() > from ? 0 : stuck + 1;
            if (stuck > FOLDS_TRIED) {
                throw lost(seq);
            }
        }
    }

    private static ControlLogException lost(long seq) {
        return new ControlLogException("the control log lost entry " + seq + ", which it had acknowledged");
    }

    // The log is not the one that was folded.

    /** Folds the log from its first entry on, if what was folded is no longer part of it. What fails here is tried again. */
    void refoldIfDue() {
        if (!refoldDue || closed) {
            return;
        }
        refolding.lock();
        try {
            if (refoldDue) {
                refoldDue = false;
                refold();
            }
        } catch (Throwable e) { // the last state stays in force
            refoldDue = true;
            LOG.error("the control log was replaced and cannot be folded anew yet: the last state stays in force", e);
        } finally {
            refolding.unlock();
        }
    }

    private void refold() {
        Whole whole = read(); // outside of the lock: a kill must not wait for it
        Folds fresh = whole.folds();
        List<Decision> again = new ArrayList<>(log.owed());
        List<ModelGate<?, ?>> all;
        List<GateEvent.Lost> lost;
        lock.lock();
        try {
            Folds before = folds;
            lost = before.lostIn(fresh);
            // What was killed stays so, unless the log that is left decides otherwise.
            for (Kill kill : before.kills().values()) {
                Entry entry = before.killEntry(kill.id());
                if (entry != null && !fresh.decides(kill)) {
                    ownKills.put(kill.id(), kill);
                    again.add(entry.decision());
                }
            }
            ownKills.values().removeIf(kill -> fresh.killEntry(kill.id()) != null);
            again.forEach(decision -> owe(decision, fresh));
            folds = fresh;
            all = List.copyOf(gates.values());
            all.forEach(Control::restart);
            all.forEach(this::recompile);
            applied = fresh.head();
            unannounced.add(new GateEvent.Replaced(lost));
            whole.entries().stream()
                    .filter(entry -> !before.holds(entry.decision()))
                    .forEach(entry -> unannounced.add(new GateEvent.Applied(entry)));
        } finally {
            lock.unlock();
        }
        all.forEach(ModelGate::cutBarred);
        announce();
        submitAgain(again);
        all.forEach(ModelGate::declare);
        report();
    }

    /** A log and what it comes to. */
    private record Whole(Folds folds, List<Entry> entries) {}

    /** Folds the whole log as it is now. */
    private Whole read() {
        for (int tried = 0; tried < FOLDS_TRIED; tried++) {
            Folds fresh = new Folds(replaceable);
            List<Entry> entries = new ArrayList<>();
            boolean whole = true;
            for (List<Entry> batch = log.read(0, READ_AT_ONCE);
                    whole && !batch.isEmpty();
                    batch = log.read(fresh.head().seq(), READ_AT_ONCE)) {
                for (Entry entry : batch) {
                    if (!fresh.isNext(entry)) {
                        whole = false; // replaced once more under this
                        break;
                    }
                    fresh.fold(entry);
                    entries.add(entry);
                }
            }
            if (whole) {
                return new Whole(fresh, entries);
            }
        }
        throw new ControlLogException("the entries of the control log do not make a chain");
    }

    private static void restart(ModelGate<?, ?> gate) {
        try {
            gate.restart();
        } catch (Throwable e) { // it serves stable
            LOG.error("gate \"{}\": its routing cannot be started anew", gate.name(), e);
        }
    }

    /** Puts kills that the log is owed in force here; a log that holds them says itself what has become of them. */
    private void owe(List<Decision> owed) {
        List<ModelGate<?, ?>> concerned = locked(() -> {
            Set<String> touched = new LinkedHashSet<>();
            owed.forEach(decision -> {
                if (owe(decision, folds)) {
                    touched.add(decision.gate());
                }
            });
            List<ModelGate<?, ?>> gatesOfThem = concerned(touched);
            gatesOfThem.forEach(this::recompile);
            return gatesOfThem;
        });
        concerned.forEach(ModelGate::cutBarred);
    }

    private boolean owe(Decision decision, Folds folded) {
        Kill kill = GateFold.kill(decision).orElse(null);
        return kill != null && folded.killEntry(kill.id()) == null && ownKills.putIfAbsent(kill.id(), kill) == null;
    }

    private void submitAgain(List<Decision> decisions) {
        decisions.forEach(this::record);
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
    private void recompile(ModelGate<?, ?> gate) {
        try {
            gate.recompile();
            behind.remove(gate.name());
        } catch (Throwable e) {
            behind.add(gate.name()); // and nothing more is said to be in force here until it is up to date
            LOG.error("gate \"{}\" keeps its last state: it could not be brought up to date", gate.name(), e);
        }
    }

    private void announce(GateEvent event) {
        if (event instanceof GateEvent.Applied now) {
            announce(now.entry());
        } else if (event instanceof GateEvent.Replaced replaced
                && !replaced.lost().isEmpty()) {
            List<GateEvent.Lost> lost = replaced.lost();
            LOG.warn(
                    "the control log was replaced, and {} that had taken effect here are no longer part of it: {}{}",
                    Wording.count(lost.size(), "entry"),
                    lost.stream()
                            .limit(LOST_NAMED)
                            .map(each -> Screen.plain(each.type() + " " + each.id() + " of " + each.gate()))
                            .collect(Collectors.joining(", ")),
                    lost.size() > LOST_NAMED ? " and more" : "");
        }
        events.publish(event);
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
        return folds.of(gate);
    }

    @Nullable
    GateFold foldOrNull(String gate) {
        return folds.orNull(gate);
    }

    Set<String> known() {
        return folds.gates();
    }

    List<Entry> fleetEntries() {
        return folds.fleetEntries();
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

    /** Gates were added: from the first one on this process counts among those that serve. */
    void added() {
        report();
    }

    /** All engaged kills that bear on a gate: the fleet's, the gate's and its versions', stored or not. */
    List<Kill> killsOf(String gate) {
        List<Kill> kills = folds.killsOf(gate);
        kills.addAll(localKills.values());
        for (Kill own : ownKills.values()) {
            if (own.scope().isFleet() || own.scope().gate().equals(gate)) {
                kills.add(own);
            }
        }
        return kills;
    }

    List<Kill> kills() {
        Map<String, Kill> kills = folds.kills();
        kills.putAll(ownKills);
        kills.putAll(localKills);
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
    private List<ModelGate<?, ?>> engage(Kill kill) {
        lock.lock();
        try {
            ownKills.put(kill.id(), kill);
            List<ModelGate<?, ?>> concerned = concerned(Set.of(kill.scope().gate()));
            concerned.forEach(this::recompile);
            return concerned;
        } finally {
            lock.unlock();
        }
    }

    /** Puts a kill of all gates in force in this process, for as long as it runs or until it is released here; no decision, never stored. */
    void engageHere(Kill kill) {
        warnings.warn(kill.id(), "all gates of this process are killed: " + kill.reason());
        changeHere(() -> localKills.put(kill.id(), kill));
        events.publish(new GateEvent.Killed(kill));
    }

    /** Ends a kill of this process alone. */
    void release(String id) {
        Kill released = changeHere(() -> localKills.remove(id));
        if (released != null) {
            LOG.warn("the kill {} of all gates of this process has ended", id);
            events.publish(new GateEvent.Released(released));
        }
    }

    private @Nullable Kill changeHere(Supplier<@Nullable Kill> change) {
        List<ModelGate<?, ?>> all;
        Kill changed;
        lock.lock();
        try {
            changed = change.get();
            all = List.copyOf(gates.values());
            all.forEach(this::recompile);
        } finally {
            lock.unlock();
        }
        all.forEach(ModelGate::cutBarred);
        return changed;
    }

    /** Whether a kill is one of this process alone, which no revive releases. */
    boolean isLocal(Kill kill) {
        return locked(() -> localKills.containsKey(kill.id()));
    }

    /** Sends a decision on its way to the log, once. It takes effect when it is stored. */
    CompletableFuture<Entry> submit(Decision decision) {
        return outbox.submit(decision, false);
    }

    /** Stores a decision if nothing came after what it was made on, and applies it; see {@link Gates#appendIf}. */
    Optional<Entry> submitIf(long expectedSeq, Decision decision) {
        Head seen = applied;
        Head head = log.head();
        if (expectedSeq > seen.seq() || (head.seq() == seen.seq() && !head.equals(seen))) {
            return Optional.empty(); // in the second case of another log than the decision was made on
        }
        try {
            Optional<Entry> stored = log.appendIf(expectedSeq, decision);
            stored.ifPresent(entry -> takeIn(List.of(entry)));
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
        return applied.seq();
    }

    /** The number of a kill in the log as it was folded last, 0 if it is not in it. */
    long killSeq(String id) {
        return locked(() -> {
            Entry entry = folds.killEntry(id);
            return entry == null ? 0L : entry.seq();
        });
    }

    Duration staleness() {
        return contact.staleness();
    }

    /** How many entries the log holds that this process has not applied. */
    long lag() {
        return Math.max(0, log.head().seq() - applied.seq());
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
        subscriptions.forEach(ControlLog.Subscription::close);
        log.close();
    }
}
