package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down whom the versions under rollout answer in this process, on a thread of its own, and seals, erases and forgets. Thread-safe.
 *
 * <p>A look takes the calls first and the state of the rollouts after them, so that the state is no older than any call.
 */
final class ExposureKeeper {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long REST_NANOS = Duration.ofMillis(250).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration LAST_SEALS = Duration.ofSeconds(5);
    private static final Duration LAST_HANDS = Duration.ofSeconds(5);

    /** A person waits for it whose version hurts callers. */
    private static final Duration LIST = Duration.ofSeconds(3);

    private static final Duration LIST_HANDS = Duration.ofSeconds(1);
    private static final String NOT_UP_TO_DATE = "; the list is not up to date: the last calls may not be on it yet";
    /** A list waits for a listener that hangs, but not until others take this process for dead. */
    private static final Duration HANGS = Duration.ofMinutes(5);

    private final Gates gates;
    private final Notices notices;
    private final ExposureLedgerBuilder config;
    private final ExposureFolder folder;
    private final ErasedCallers erasedCallers;
    private final ExposureCare care;
    private final ExposureReports reports;
    private final ExposureSeals seals;
    private final ExposureCounts counts;
    private final ExposureCalls calls;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean closed;

    /** Guarded by the lock. */
    private final ExposureLists lists;

    /** Guarded by the lock. Made before calls are heard. */
    private final ExposureRollouts rollouts;

    private long cared;
    private boolean begun;

    /** Whether all has been sealed for the last time. */
    private boolean over;

    ExposureKeeper(
            Gates gates, Notices notices, FleetRollouts fleet, ExposureLedgerBuilder config, ExposureFolder folder) {
        this.gates = gates;
        this.notices = notices;
        this.config = config;
        this.folder = folder;
        erasedCallers = new ErasedCallers(gates, folder);
        care = new ExposureCare(gates, fleet, folder, config, erasedCallers);
        reports = new ExposureReports(folder, notices);
        seals = new ExposureSeals(gates, folder);
        counts = new ExposureCounts(gates.meters().orElse(null));
        lists = new ExposureLists(gates, notices, config, folder, counts, erasedCallers);
        rollouts = new ExposureRollouts(gates, config, folder, lists);
        calls = new ExposureCalls(gates);
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
        Deque<ExposureCalls.Taken> batch = new ArrayDeque<>();
        long missed = 0;
        try {
            if (over || gates.closed()) {
                return;
            }
            List<OpenExposures> due = due();
            boolean all = due.isEmpty() || calls.heardOfAll(gates.ticker().read());
            calls.take(batch);
            missed = calls.missed();
            long tick = gates.ticker().read(); // none of the calls began later
            boolean caring = !begun || tick - cared >= SECOND;
            // Ahead of all that is written.
            List<ExposureErasure> asked = caring || !batch.isEmpty() ? asked() : List.of();
            rollouts.look();
            lists.measure(tick);
            lists.put(batch);
            List<OpenExposures> open = lists.all();
            counts.missed(missed, open, notices);
            missed = 0;
            open.forEach(each -> lists.flush(each, false));
            counts.tell(open, notices, config.mostBytes);
            open.stream().filter(each -> each.toRemedy).forEach(each -> each.toRemedy = !reports.toRemedy(each.header));
            for (OpenExposures each : due) {
                if (all
                        || tick - each.endedTick
                                >= config.lateAnswers.plus(HANGS).toNanos()) {
                    seal(each, Duration.ZERO, () -> count(each, all));
                }
            }
            if (caring || care.areNew(asked)) {
                begun = true;
                cared = tick;
                care.look(lists.all(), asked, tick);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "the exposures of rollouts in {} could not be looked after, which is tried again",
                    folder.root(),
                    e);
        } finally {
            calls.lost(batch.size() + missed); // counted by the next look, or the seal
        }
    }

    /** While the folder cannot be read, who has no file begins none for long. */
    private List<ExposureErasure> asked() {
        try {
            return erasedCallers.look();
        } catch (IOException e) {
            LOG.warn("whom to erase from {} cannot be read, which is tried again: {}", folder.root(), e.toString());
            return List.of();
        }
    }

    /** What is to be sealed once all calls that ended up to now have been heard of. */
    private List<OpenExposures> due() {
        long tick = gates.ticker().read();
        return lists.all().stream()
                .filter(each -> each.ended() && tick - each.endedTick >= config.lateAnswers.toNanos())
                .toList();
    }

    private void count(OpenExposures each, boolean all) {
        counts.missed(calls.missed(), lists.all(), notices);
        int untaken = all ? 0 : calls.untaken();
        if (untaken > 0) {
            counts.kept(untaken, each, notices);
        }
    }

    /** Where those are listed whom a version's last rollout reached, for the person who took it back. */
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

    private void seal(OpenExposures each, Duration patience, Runnable count) {
        if (each.sealing == null) {
            lists.flush(each, true);
        }
        if (seals.seal(each, patience, count)) {
            lists.remove(each);
        }
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
            return care.erase(key, lists.all());
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
        closed = true;
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
        calls.close(); // only now: up to here a call that is on no list is counted
        counts.close();
    }

    private void sealLast() {
        if (!free(LAST_SEALS)) {
            throw new IllegalStateException("another look at " + folder.root() + " goes on");
        }
        try {
            calls.heardOfAll(gates.ticker().read()); // what may still be listed need not be counted
            calls.cut();
            once();
            over = true;
            List<OpenExposures> last = lists.all().stream()
                    .sorted(Comparator.comparing(each -> each.header.rollout()))
                    .toList();
            for (OpenExposures each : last) {
                if (!gates.closed()) {
                    seal(each, LAST_SEALS, () -> {
                        int untaken = calls.untaken(); // first: once it comes it is missed, by all lists
                        counts.missed(calls.missed(), lists.all(), notices); // what came after the last look
                        each.mayBeMissing += untaken;
                    });
                }
            }
            int untaken = calls.untaken(); // first: nobody hears of them once this is closed
            calls.close();
            seals.letGo(lists.all());
            long late = untaken + calls.missed();
            if (late > 0 && !last.isEmpty()) {
                counts.lostQueue.add(late);
                LOG.warn("{} calls ended as the ledger in {} was closed and are on no list", late, folder.root());
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
