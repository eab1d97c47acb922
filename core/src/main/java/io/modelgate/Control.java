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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
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
    private static final int MOST_STUCK = 10;

    /** Long enough for a machine that is slow: nothing is wrong while the kill waits, but two who append it. */
    private static final Duration FOLDED_WITHIN = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final GateSet gates = new GateSet();
    private final KillsHere killsHere = new KillsHere();
    private final ControlLog log;
    private final boolean replaceable;
    private final boolean standIn;
    private final Ticker ticker;
    private final Events events;
    private final Warnings warnings;
    private final Outbox outbox;
    private final Contact contact;
    private final Announcements announcements;
    private final AppliedReport report;
    private final Refolding refolding;
    private final List<ControlLog.Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private Folds folds;
    private volatile Head applied = Head.EMPTY;
    private volatile boolean closed;

    Control(ControlLog log, GatesBuilder config, Events events, Warnings warnings, Runnable onKnown) {
        this.log = log;
        this.events = events;
        this.warnings = warnings;
        ticker = config.ticker;
        standIn = config.standIn;
        // Those two verify that nothing left them, and refuse to go on if something did.
        replaceable = !(log instanceof MemoryControlLog || log instanceof FileControlLog || log instanceof RefusedLog);
        folds = new Folds(replaceable);
        announcements = new Announcements(events, warnings);
        refolding = new Refolding(log, this);
        report = new AppliedReport(log, this::inForce, warnings);
        outbox = new Outbox(log, this::takeIn, events, warnings);
        contact = new Contact(log, this, onKnown, config.staleLimit, config.scheduler, config.instants, warnings);
    }

    /** Puts what is owed in force and folds the whole log, then follows it. */
    void open() {
        if (replaceable) {
            contact.check(); // before anything is folded: what is known may be too little to serve from
        }
        subscriptions.add(log.onReplaced(refolding::replaced));
        List<Decision> again = refolding.begin();
        subscriptions.add(log.onKill(this::arrived)); // only now: what was folded may have been revived since
        subscriptions.add(log.follow(applied.seq(), this::follow));
        again.forEach(this::record);
        if (replaceable) {
            contact.open();
        }
    }

    /** Begins with what the log is when this process opens it; returns what it is owed. No gates are there yet, and nothing is announced. */
    List<Decision> begin(WholeLog whole, List<Decision> owed) {
        return locked(() -> {
            folds = whole.folds();
            applied = folds.head();
            return killsHere.owe(owed, folds);
        });
    }

    boolean replaceable() {
        return replaceable;
    }

    void refoldIfDue() {
        refolding.ifDue();
    }

    private void follow(List<Entry> entries) {
        apply(entries);
        if (replaceable) {
            contact.check();
        }
    }

    /**
     * Puts a kill in force whose entry is folded in a moment. It cuts nothing in flight: that may take users' code, and this thread must not be
     * held up. Nor does it wait for whoever changes something now.
     */
    private void arrived(Entry entry) {
        Kill kill = GateFold.kill(entry).orElse(null);
        if (kill == null || !lock.tryLock()) {
            return; // it is in force once it is folded
        }
        try {
            if (!folds.decides(kill) && killsHere.engageArrived(kill, entry.decision(), ticker.read())) {
                gates.recompile(Set.of(kill.scope().gate()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Appends kills again that arrived a while ago and were not folded: what gave way to other entries is no less a kill. */
    void appendOverdue() {
        if (!lock.tryLock()) {
            return; // the next look comes, and the thread that looks enforces the deadlines of calls too
        }
        List<Decision> overdue;
        try {
            overdue = killsHere.awaitsFold() ? killsHere.overdue(ticker.read() - FOLDED_WITHIN.toNanos()) : List.of();
        } finally {
            lock.unlock();
        }
        overdue.forEach(this::record);
    }

    /** Applies what comes next in the log, once, whoever brings it. */
    void apply(List<Entry> entries) {
        refolding.ifDue();
        if (!applied(entries)) {
            refolding.replaced();
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
            Set<String> touched = new LinkedHashSet<>(gates.behind());
            for (Entry entry : due) {
                if (folds.isNext(entry)) {
                    if (folds.fold(entry)) {
                        touched.add(entry.gate());
                    }
                    killsHere.folded(entry);
                    announcements.add(new GateEvent.Applied(entry));
                } else if (!folds.holds(entry)) {
                    LOG.warn("entry {} of the control log does not continue what was applied", entry.seq());
                    fits = false;
                    break;
                }
            }
            concerned = gates.recompile(touched);
            applied = folds.head(); // only now: whoever reads it may rely on the snapshots
        } finally {
            lock.unlock();
        }
        concerned.forEach(ModelGate::cutBarred);
        report.tell(); // first: whoever waits for a confirmation does not wait for a listener
        announcements.announce();
        return fits;
    }

    /** The last entry in force in all gates; none while a gate lacks it, or there is no gate that serves. */
    private Head inForce() {
        return locked(() -> gates.upToDate() && !standIn ? applied : Head.EMPTY);
    }

    /** Applies entries that the log acknowledged, and all before them. */
    private void takeIn(List<Entry> stored) {
        catchUp(stored.get(stored.size() - 1).seq());
        if (!hold(stored)) {
            refolding.replaced();
            if (!hold(stored)) {
                throw lost(stored.get(stored.size() - 1).seq());
            }
        }
    }

    private boolean hold(List<Entry> stored) {
        return locked(() -> stored.stream().allMatch(folds::holds));
    }

    /** Applies all that the log has, and puts in force what it is owed. */
    void takeIn() {
        catchUp(log.head().seq());
        List<Decision> owed = log.owed();
        List<Decision> again = new ArrayList<>();
        change(() -> again.addAll(killsHere.owe(owed, folds)));
        again.forEach(this::record);
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
            if (stuck > MOST_STUCK) {
                throw lost(seq);
            }
        }
    }

    private static ControlLogException lost(long seq) {
        return new ControlLogException("the control log lost entry " + seq + ", which it had acknowledged");
    }

    /** Goes over to what the log is now, in one step: never is there a moment at which something that was killed, and stays so, is not. */
    void adopt(WholeLog whole, List<Decision> owed) {
        List<Decision> again = new ArrayList<>();
        change(() -> {
            Folds before = folds;
            Folds now = whole.folds();
            again.addAll(killsHere.keep(before, now));
            again.addAll(killsHere.owe(owed, now));
            folds = now;
            gates.restart();
            announcements.add(new GateEvent.Replaced(before.lostIn(now)));
            whole.entries().stream()
                    .filter(entry -> !before.knows(entry))
                    .forEach(entry -> announcements.add(new GateEvent.Applied(entry)));
        });
        report.tell();
        announcements.announce();
        again.forEach(this::record);
        if (!standIn) { // what it lost of others' gates, they say again
            locked(() -> List.copyOf(gates.all())).forEach(ModelGate::declare);
        }
    }

    /** Makes a change that may concern all gates, and puts it in force in all at the end: until then they serve what they served before. */
    private void change(Runnable change) {
        List<ModelGate<?, ?>> all = locked(() -> {
            change.run();
            List<ModelGate<?, ?>> compiled = gates.recompileAll();
            applied = folds.head();
            return compiled;
        });
        all.forEach(ModelGate::cutBarred);
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
        return gates.all();
    }

    void add(ModelGate<?, ?> gate) {
        gates.add(gate);
    }

    /** Gates were added: from the first one on this process counts among those that serve. */
    void added() {
        report.tell();
    }

    /** All engaged kills that bear on a gate: the fleet's, the gate's and its versions', stored or not. */
    List<Kill> killsOf(String gate) {
        List<Kill> kills = folds.killsOf(gate);
        killsHere.addTo(kills, gate);
        return kills;
    }

    List<Kill> storedKills() {
        return List.copyOf(folds.kills().values());
    }

    List<Kill> kills() {
        Map<String, Kill> kills = folds.kills();
        killsHere.addTo(kills);
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

    /** Puts a kill in force here and returns the gates that it concerns. When this returns, every call sees it or is seen by it. */
    private List<ModelGate<?, ?>> engage(Kill kill) {
        return locked(() -> {
            killsHere.engage(kill);
            return gates.recompile(Set.of(kill.scope().gate()));
        });
    }

    /** Puts a kill of all gates in force in this process, for as long as it runs or until it is released here; no decision, never stored. */
    void engageHere(Kill kill) {
        warnings.warn(kill.id(), "all gates of this process are killed: " + kill.reason());
        change(() -> killsHere.engageLocal(kill));
        events.publish(new GateEvent.Killed(kill));
    }

    /** Ends a kill of this process alone. */
    void release(String id) {
        AtomicReference<@Nullable Kill> released = new AtomicReference<>();
        change(() -> released.set(killsHere.releaseLocal(id)));
        Kill kill = released.get();
        if (kill != null) {
            warnings.warn("the end of " + id, "the kill " + id + " of all gates of this process has ended");
            events.publish(new GateEvent.Released(kill));
        }
    }

    /** Whether a kill is one of this process alone, which no revive releases. */
    boolean isLocal(Kill kill) {
        return locked(() -> killsHere.isLocal(kill.id()));
    }

    /** Sends a decision on its way to the log, once. It takes effect when it is stored. */
    CompletableFuture<Entry> submit(Decision decision) {
        return outbox.submit(decision, false);
    }

    /** Stores a decision if nothing came after what it was made on, and applies it; see {@link Gates#appendIf}. */
    Optional<Entry> submitIf(long expectedSeq, Decision decision) {
        try {
            Head seen = applied;
            Head head = log.head();
            if (expectedSeq > seen.seq() || (head.seq() == seen.seq() && !head.equals(seen))) {
                return Optional.empty(); // in the second case of another log than the decision was made on
            }
            Optional<Entry> stored = log.appendIf(expectedSeq, decision);
            if (stored.isPresent()) {
                takeIn(List.of(stored.get()));
            } else {
                catchUp(log.head().seq()); // whoever applies what came first may wait for this very thread
            }
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
        return locked(() -> folds.killEntry(id).map(Entry::seq).orElse(0L));
    }

    Duration staleness() {
        return contact.staleness();
    }

    long unstoredKills() {
        return outbox.unstored(EntryTypes.KILL);
    }

    ControlLog log() {
        return log;
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
