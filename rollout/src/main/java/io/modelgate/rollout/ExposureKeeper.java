package io.modelgate.rollout;

import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.ServedCall;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down whom the versions under rollout answer in this process, on a thread of its own, and seals, erases and forgets. Thread-safe.
 *
 * <p>A look takes the calls first and the state of the rollouts after them, so that the state is no older than any call.
 */
final class ExposureKeeper {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final int MOST_WAITING = 1 << 16;
    private static final long REST_NANOS = Duration.ofMillis(250).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration LAST_SEALS = Duration.ofSeconds(5);
    private static final Duration LAST_HANDS = Duration.ofSeconds(5);

    /** A person waits for it whose version hurts callers. */
    private static final Duration LIST = Duration.ofSeconds(3);

    private static final Duration LIST_HANDS = Duration.ofSeconds(1);
    private static final String NOT_UP_TO_DATE = "; the list is not up to date: the last calls may not be on it yet";
    private static final String STOOD_STILL =
            "its exposures are not all on the list: this process stood still, and does not know who was erased meanwhile";
    private static final int LONGEST_KEY = 1_000;

    private final Gates gates;
    private final Notices notices;
    private final ExposureLedgerBuilder config;
    private final ExposureFolder folder;
    private final ErasedCallers erased;
    private final ExposureCare care;
    private final ExposureReports reports;
    private final ExposureCounts counts;
    private final String instance =
            ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final ArrayBlockingQueue<Taken> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder noRoom = new LongAdder();
    private final ControlLog.Subscription calls;
    private final ControlLog.Subscription events;

    /** The entries of rollouts that have started: one may be over at the next look. */
    private final Queue<Entry> started = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    /** Guarded by the lock. */
    private final List<OpenExposures> open = new ArrayList<>();

    private long others;
    private long measured;
    private long cared;
    private boolean begun;

    /** How many calls had found no room at the last look. */
    private long unheard;

    /** A call that some version answered. */
    private record Taken(
            String gate, String version, @Nullable String key, long at, String outcome) {}

    ExposureKeeper(
            Gates gates, Notices notices, FleetRollouts fleet, ExposureLedgerBuilder config, ExposureFolder folder) {
        this.gates = gates;
        this.notices = notices;
        this.config = config;
        this.folder = folder;
        erased = new ErasedCallers(gates, folder);
        care = new ExposureCare(gates, fleet, folder, config, erased);
        reports = new ExposureReports(folder, notices);
        counts = new ExposureCounts(gates.meters().orElse(null));
        unheard = gates.servedDropped();
        calls = gates.onServedWhileRolling(this::heard);
        events = gates.onEvent(event -> {
            if (event instanceof GateEvent.Applied applied
                    && applied.entry().type().equals(EntryTypes.ROLLOUT)) {
                started.add(applied.entry());
            }
        });
    }

    void start() {
        Thread thread = new Thread(this::run, "modelgate-exposures");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed && !gates.closed()) {
            try {
                look();
            } catch (Throwable e) { // there is no other thread to go on
                LOG.warn("the exposures in {} could not be looked after, which is tried again", folder.root(), e);
            }
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    private void heard(ServedCall<?, ?> call) {
        String version = call.outcome().answeredBy().orElse(null);
        if (version == null) {
            return;
        }
        Taken exposure = new Taken(
                call.gate(),
                version,
                call.caller().keyOrNull(),
                call.at().toEpochMilli(),
                call.id().text());
        if (closed || !waiting.offer(exposure) || (closed && waiting.remove(exposure))) {
            noRoom.increment(); // closed: after the last look, or in the middle of it
        }
    }

    /** How many exposures are on no list. */
    long notTaken() {
        return counts.notTaken();
    }

    /** How many calls there was no room for while a rollout was open, and which may have been exposures. */
    long mayBeMissing() {
        return counts.lostQueue.sum();
    }

    /** Writes down what was heard, and does what is due. What goes wrong with one thing keeps nothing from the others. */
    void look() {
        if (lock.isHeldByCurrentThread()) {
            return; // a listener that this look told of something
        }
        lock.lock();
        try {
            once();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void once() {
        try {
            if (gates.closed()) {
                return;
            }
            long tick = gates.ticker().read();
            boolean due = !begun || tick - cared >= SECOND;
            // Ahead of all that is written.
            List<ExposureErasure> asked = due || !waiting.isEmpty() ? asked() : List.of();
            List<Taken> batch = new ArrayList<>();
            waiting.drainTo(batch);
            long missed = missed();
            refresh(tick);
            counts.missed(missed, open, notices);
            measure(tick);
            batch.forEach(this::attribute);
            open.forEach(each -> flush(each, false));
            counts.tell(open, notices, config.mostBytes);
            open.stream().filter(each -> each.toRemedy).forEach(this::remedy);
            for (OpenExposures each : List.copyOf(open)) {
                if (each.ended() && tick - each.endedTick >= config.lateAnswers.toNanos()) {
                    seal(each, Duration.ZERO);
                }
            }
            if (due || care.areNew(asked)) {
                begun = true;
                cared = tick;
                care.look(List.copyOf(open), asked, tick);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "the exposures of rollouts in {} could not be looked after, which is tried again",
                    folder.root(),
                    e);
        }
    }

    /** While the folder cannot be read, who has no file begins none for long. */
    private List<ExposureErasure> asked() {
        try {
            return erased.look();
        } catch (IOException e) {
            LOG.warn("whom to erase from {} cannot be read, which is tried again: {}", folder.root(), e.toString());
            return List.of();
        }
    }

    /** How many calls found no room since this was asked last: in this queue, or in the one of all who listen. */
    private long missed() {
        long all = noRoom.sum() + gates.servedDropped();
        long since = all - unheard;
        unheard = all;
        return since;
    }

    private void refresh(long tick) {
        for (Entry entry = started.poll(); entry != null; entry = started.poll()) {
            RolloutStart start = RolloutStart.of(entry);
            String gate = entry.gate();
            Optional<ModelGate<?, ?>> here = gates.gates().stream()
                    .filter(each -> each.name().equals(gate))
                    .findFirst();
            if (start != null && here.isPresent() && find(start.id()).isEmpty() && !otherRuns(here.get())) {
                long from = entry.decision().at().toEpochMilli();
                open.add(opened(here.get(), start.id(), start.version(), from));
            }
        }
        for (ModelGate<?, ?> gate : gates.gates()) {
            if (gate.routing().orElse(null) instanceof CohortRouting routing) {
                RolloutStart running = routing.running();
                String id = running == null ? "" : running.id();
                for (OpenExposures each : open) {
                    if (each.header.gate().equals(gate.name())
                            && !each.ended()
                            && !each.header.rollout().equals(id)) {
                        each.end(tick, gates.now().toEpochMilli());
                        each.toRemedy = ExposureReports.asksForRemedy(routing, each.header);
                    }
                }
                if (running != null && find(id).isEmpty()) {
                    open.add(opened(gate, id, running.version(), Long.MIN_VALUE));
                }
            }
        }
    }

    /** Whether a rollout that is known runs: then another one has not started, whatever its entry says. */
    private boolean otherRuns(ModelGate<?, ?> gate) {
        return gate.routing().orElse(null) instanceof CohortRouting routing
                && open.stream()
                        .anyMatch(
                                each -> each.header.gate().equals(gate.name()) && routing.runs(each.header.rollout()));
    }

    private Optional<OpenExposures> find(String rollout) {
        return open.stream()
                .filter(each -> each.header.rollout().equals(rollout))
                .findFirst();
    }

    private OpenExposures opened(ModelGate<?, ?> gate, String rollout, String version, long from) {
        ExposureFile.Header header = new ExposureFile.Header(
                rollout,
                gate.name(),
                version,
                !config.plainKeys,
                instance,
                gates.now().toEpochMilli());
        return new OpenExposures(header, gate, folder.of(rollout), from);
    }

    /** What other processes have in the folder is looked at now and then. */
    private void measure(long tick) throws IOException {
        if (!begun || tick - measured >= 10 * SECOND) {
            measured = tick;
            others = folder.bytes() - own();
        }
    }

    private long own() {
        return open.stream().mapToLong(OpenExposures::bytes).sum();
    }

    private void attribute(Taken call) {
        OpenExposures to = null;
        for (OpenExposures each : open) { // the latest last
            boolean takes = each.header.gate().equals(call.gate()) && each.takes(call.version(), call.at());
            if (takes
                    && (to == null
                            || each.from <= call.at())) { // clocks may differ: rather a rollout too early than none
                to = each;
            }
        }
        if (to == null) {
            return; // stable's, or of a rollout that is over
        }
        if (call.key() != null && erased.took(call.key(), call.at())) {
            return;
        }
        String caller = call.key() == null ? "" : named(call.key());
        long bytes = ExposureLines.most(caller, call.outcome());
        try {
            if (others + own() + bytes > config.mostBytes) {
                to.notTaken++;
                counts.lostBound.increment();
                return;
            }
            ExposureWriter writer = to.begin(gates.ticker());
            if (call.key() == null || erased.knows(call.at(), to.begun)) {
                writer.take(caller, call.at(), call.outcome());
                counts.taken.increment();
            } else {
                to.notTaken++;
                counts.lostStandstill.increment();
                notices.exposures(to.header.gate(), to.header.rollout(), STOOD_STILL);
            }
        } catch (IOException e) {
            to.notTaken++;
            counts.lostDisk.increment();
            notices.exposures(to.header.gate(), to.header.rollout(), "its exposures cannot be written: " + e);
        }
    }

    /** As the file has it: a key that is longer than any is kept as its hash, as a line has a bound. */
    private String named(String key) {
        return config.plainKeys && key.length() <= LONGEST_KEY
                ? ExposureFile.escape(key)
                : gates.identities().hash(key);
    }

    private void flush(OpenExposures each, boolean last) {
        try {
            long given = each.flush(last);
            counts.lostDisk.add(given);
            if (given > 0) {
                notices.exposures(
                        each.header.gate(),
                        each.header.rollout(),
                        given + " exposures are lost: they could not be written for too long");
            }
        } catch (IOException e) {
            LOG.debug("exposures of rollout {} wait for the disk", each.header.rollout(), e);
        }
    }

    private void remedy(OpenExposures each) {
        each.toRemedy = false;
        reports.toRemedy(each.header);
    }

    /** Where those are listed whom the version of the last rollout reached, for the person who took it back. */
    Optional<String> listOf(ModelGate<?, ?> gate, String version) {
        boolean within = lock.isHeldByCurrentThread(); // a listener that a look told of something
        boolean handedOn = gates.flushServed(LIST_HANDS);
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                boolean upToDate = !within && lookWithin(LIST_HANDS) && handedOn;
                                return reports.listOf(gate, version)
                                        .map(text -> upToDate ? text : text + NOT_UP_TO_DATE);
                            },
                            task -> daemon("modelgate-exposures-list", task).start())
                    .get(LIST.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | OutOfMemoryError e) { // the rollback is made all the same
            LOG.warn("the exposures in {} could not be read in time", folder.root(), e);
        }
        return Optional.of("the ledger in " + folder.root() + " could not be read in time; ask it later whom \""
                + version + "\" answered");
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Looks, unless another look goes on for longer than this. */
    private boolean lookWithin(Duration patience) {
        if (closed || gates.closed() || !free(patience)) {
            return false;
        }
        try {
            once();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Seals what the rollout left here; once the entry is stored the file has its name for good. */
    private void seal(OpenExposures each, Duration patience) {
        try {
            if (each.sealing == null) {
                flush(each, true);
                sealed(each);
            }
            if (each.sealing == null || each.sealing.stored(patience)) {
                if (each.writer != null) {
                    Path path = each.writer.path();
                    ExposureErasure.move(path, ExposureWriter.sealed(path));
                }
                forget(each);
            } else if (each.sealing.failure().isPresent()) {
                LOG.warn("the exposures of rollout {} are not sealed", each.header.rollout());
                forget(each);
            }
        } catch (IOException | RuntimeException e) { // the others are to be sealed all the same
            LOG.warn("the exposures of rollout {} are not sealed, which is tried again", each.header.rollout(), e);
        }
    }

    private void forget(OpenExposures each) {
        each.hold.close();
        open.remove(each);
        begun = false; // what was this process's counts with the rest
    }

    private void sealed(OpenExposures each) throws IOException {
        Map<String, Object> data = new HashMap<>();
        String name = instance;
        if (each.writer != null && each.writer.forgetIfEmpty()) {
            each.writer = null; // the disk was full from the first line on
        }
        if (each.writer != null) {
            each.writer.close();
            Path path = each.writer.path();
            ExposureFile file =
                    ExposureFile.at(path).orElseThrow(() -> new IOException(path + " does not say what it is of"));
            data.putAll(OpenExposures.seal(file, folder.read(List.of(file), (caller, met) -> {}), file.digest()));
            name = file.name();
        } else if (each.notTaken == 0 && each.mayBeMissing == 0) {
            return; // nobody of this rollout came here
        }
        data.put(EntryTypes.ID, each.header.rollout());
        data.put(EntryTypes.VERSION, each.header.version());
        data.put(Checkpoint.INSTANCE, instance);
        data.put("notTaken", each.notTaken);
        data.put(OpenExposures.MAY_BE_MISSING, each.mayBeMissing);
        Decision decision = gates.decision(
                ExposureCare.sealId(each.header.rollout(), name),
                EntryTypes.EXPOSURES_SEALED,
                each.header.gate(),
                Decided.AUTOMATION,
                "",
                data);
        each.sealing = gates.append(decision);
    }

    /** Writes down what has ended up to now. */
    void flush() {
        if (!closed && !gates.closed()) {
            if (!gates.flushServed(LAST_HANDS)) {
                LOG.debug("not all calls have been handed on yet");
            }
            look();
        }
    }

    /** Erases a caller from what this process may write; how many exposures those were. */
    long erase(String key) {
        if (gates.closed()) {
            throw new IllegalStateException("these Gates are closed: nothing can be erased");
        }
        flush();
        lock.lock();
        try {
            return care.erase(key, List.copyOf(open));
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger in " + folder.root() + " cannot be written", e);
        } finally {
            lock.unlock();
        }
    }

    /** Writes and seals what there is: the next process begins files of its own. Gives up on what hangs. */
    void close() {
        if (closed) {
            return;
        }
        boolean handedOn = gates.flushServed(LAST_HANDS);
        calls.close();
        closed = true;
        events.close();
        boolean sealed = false;
        try {
            CompletableFuture.runAsync(
                            this::sealLast,
                            task -> daemon("modelgate-exposures-last", task).start())
                    .get(LAST_SEALS.plus(LAST_HANDS).toNanos(), TimeUnit.NANOSECONDS);
            sealed = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | OutOfMemoryError e) {
            LOG.debug("the exposures in {} are not sealed", folder.root(), e);
        }
        if (!sealed || !handedOn) {
            LOG.warn(
                    "{} hangs: exposures in {} are missing or stay unsealed",
                    sealed ? "a listener of served calls" : "the disk",
                    folder.root());
        }
        counts.close();
    }

    private void sealLast() {
        if (!free(LAST_SEALS)) {
            return;
        }
        try {
            once();
            counts.missed(missed() + waiting.size(), open, notices); // what came after the last look
            open.sort(Comparator.comparing(each -> each.header.rollout()));
            for (OpenExposures each : List.copyOf(open)) {
                if (!gates.closed()) {
                    seal(each, LAST_SEALS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean free(Duration patience) {
        try {
            return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lock.tryLock();
        }
    }
}
