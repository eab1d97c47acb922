package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ControlLog} must do. To test an implementation, extend this and say how to open it.
 *
 * <p>The bounds on time are generous and only there so that a broken implementation fails instead of hanging.
 */
@Timeout(120)
public abstract class ControlLogKit {

    private static final int THREADS = 4;
    private static final int EACH = 50;

    private final List<ControlLog> opened = new ArrayList<>();
    private ControlLog log;

    /** For subclasses. */
    protected ControlLogKit() {}

    /** Opens a log that is empty; called once before each test. */
    protected abstract ControlLog open() throws Exception;

    /**
     * Opens the same log once more, whether it is still open or was closed; empty if entries do not outlive it, which skips what
     * is said of that.
     */
    protected Optional<ControlLog> reopen() throws Exception {
        return Optional.empty();
    }

    @BeforeEach
    void openTheLog() throws Exception {
        log = opened(open());
    }

    @AfterEach
    void closeAll() {
        opened.forEach(ControlLog::close);
    }

    private ControlLog opened(ControlLog another) {
        opened.add(another);
        return another;
    }

    private Optional<ControlLog> another() throws Exception {
        return reopen().map(this::opened);
    }

    @Test
    void anEmptyLogEndsAtZero() {
        assertThat(log.head()).isEqualTo(Head.EMPTY);
        assertThat(log.read(0, 10)).isEmpty();
        assertThat(log.append(List.of())).isEmpty();
        assertThat(log.head()).isEqualTo(Head.EMPTY);
    }

    @Test
    void entriesAreReadAsTheyWereReturned() throws Exception {
        List<Entry> appended = new ArrayList<>(log.append(List.of(Decisions.kill("a"))));
        appended.addAll(log.append(List.of(Decisions.kill("b"), Decisions.kill("c"))));
        assertThat(appended).extracting(Entry::seq).containsExactly(1L, 2L, 3L);
        assertThat(appended)
                .extracting(Entry::decision)
                .containsExactly(Decisions.kill("a"), Decisions.kill("b"), Decisions.kill("c"));
        assertThat(Decisions.all(log)).isEqualTo(appended);
        assertThat(log.head()).isEqualTo(new Head(3, appended.get(2).hash()));

        Optional<ControlLog> other = another();
        if (other.isPresent()) {
            assertThat(Decisions.all(other.get())).isEqualTo(appended);
            assertThat(other.get().head()).isEqualTo(log.head());
        }
    }

    @Test
    void readingGoesOnFromAnySequenceNumberUpToALimit() {
        List<Entry> entries = log.append(Decisions.kills("x", 10));
        for (int after = 0; after <= 10; after++) {
            for (int limit = 1; limit <= 11; limit++) {
                assertThat(log.read(after, limit)).isEqualTo(entries.subList(after, Math.min(10, after + limit)));
            }
        }
        assertThat(log.read(11, 1)).isEmpty();
        assertThat(log.read(Long.MAX_VALUE, Integer.MAX_VALUE)).isEmpty();
        assertThatThrownBy(() -> log.read(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.read(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.follow(-1, batch -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAppendIsIdempotentById() throws Exception {
        Entry first = log.append(List.of(Decisions.kill("a"))).get(0);
        assertThat(log.append(List.of(Decisions.kill("a")))).containsExactly(first);
        // Only the id counts: a retry may come from a process that puts it in other words.
        assertThat(log.append(List.of(Decisions.decision("a", "other words", Map.of()))))
                .containsExactly(first);

        List<Entry> mixed =
                log.append(List.of(Decisions.kill("b"), Decisions.kill("a"), Decisions.kill("b"), Decisions.kill("c")));
        assertThat(mixed).extracting(Entry::seq).containsExactly(2L, 1L, 2L, 3L);
        assertThat(mixed.get(1)).isEqualTo(first);
        assertThat(Decisions.ids(Decisions.all(log))).containsExactly("a", "b", "c");

        Optional<ControlLog> other = another();
        if (other.isPresent()) {
            assertThat(other.get().append(List.of(Decisions.kill("c"), Decisions.kill("d"))))
                    .extracting(Entry::seq)
                    .containsExactly(3L, 4L);
            assertThat(log.append(List.of(Decisions.kill("d"), Decisions.kill("e"))))
                    .extracting(Entry::seq)
                    .containsExactly(4L, 5L);
        }
    }

    @Test
    void aConditionalAppendHappensOnlyAtTheExpectedEnd() {
        assertThat(log.appendIf(1, Decisions.kill("early"))).isEmpty();
        Entry first = log.appendIf(0, Decisions.kill("a")).orElseThrow();
        assertThat(first.seq()).isEqualTo(1);
        assertThat(log.appendIf(0, Decisions.kill("late"))).isEmpty();
        assertThat(log.appendIf(0, Decisions.kill("a"))).as("stored already").contains(first);
        assertThat(log.appendIf(1, Decisions.kill("b")).orElseThrow().seq()).isEqualTo(2);
        assertThat(Decisions.ids(Decisions.all(log))).containsExactly("a", "b");
    }

    @Test
    void ofConditionalAppendsAtOncePerPlaceOneWins() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            String prefix = "t" + thread + "-";
            tasks.add(() -> {
                int won = 0;
                for (int i = 0; i < EACH; i++) {
                    long expected = log.head().seq();
                    Optional<Entry> entry = log.appendIf(expected, Decisions.kill(prefix + i));
                    if (entry.isPresent()) {
                        assertThat(entry.get().seq()).isEqualTo(expected + 1);
                        won++;
                    }
                }
                return won;
            });
        }
        int won = together(tasks).stream().mapToInt(Integer::intValue).sum();
        assertThat(won).isPositive();
        assertThat(log.head().seq()).isEqualTo(won);
    }

    @Test
    void threadsThatAppendAtOnceMakeOneLogWithoutGaps() throws Exception {
        List<ControlLog> logs = new ArrayList<>(List.of(log));
        another().ifPresent(logs::add);
        List<Callable<List<Entry>>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            ControlLog mine = logs.get(thread % logs.size());
            String prefix = "t" + thread + "-";
            tasks.add(() -> {
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < EACH; i++) {
                    entries.addAll(
                            mine.append(List.of(Decisions.kill(prefix + i), Decisions.kill(prefix + i + "-too"))));
                }
                return entries;
            });
        }
        List<List<Entry>> returned = together(tasks);
        List<Entry> all = all(log, 2L * THREADS * EACH);
        assertThat(all)
                .extracting(Entry::seq)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 2L * THREADS * EACH).boxed().toList());
        for (List<Entry> entries : returned) {
            assertThat(all).containsSubsequence(entries);
        }
        for (ControlLog each : logs) {
            assertThat(all(each, all.size())).isEqualTo(all);
        }
        Chains.verify(all, log.head());
    }

    @Test
    void eachHashCoversTheEntryAndTheHashBefore() {
        log.append(List.of(Decisions.kill("a"), Decisions.decision("b", "", Map.of())));
        log.append(Decisions.unusual());
        Chains.verify(Decisions.all(log), log.head());
    }

    @Test
    void unusualDataIsReadAsItWasWritten() throws Exception {
        List<Decision> decisions = Decisions.unusual();
        log.append(decisions);
        assertThat(Decisions.all(log)).extracting(Entry::decision).containsExactlyElementsOf(decisions);
        Optional<ControlLog> other = another();
        if (other.isPresent()) {
            assertThat(Decisions.all(other.get())).extracting(Entry::decision).containsExactlyElementsOf(decisions);
        }
    }

    @Test
    void followingStartsAnywhereAndMissesNothing() throws Exception {
        log.append(Decisions.kills("x", 5));
        List<BlockingQueue<Entry>> seen = new ArrayList<>();
        for (int after = 0; after <= 7; after++) {
            seen.add(following(log, after));
        }
        another().ifPresent(other -> seen.add(following(other, 0)));
        log.append(Decisions.kills("y", 5));
        List<Entry> all = Decisions.all(log);
        for (int i = 0; i < seen.size(); i++) {
            int after = i <= 7 ? i : 0;
            assertThat(next(seen.get(i), all.size() - after)).isEqualTo(all.subList(after, all.size()));
        }
    }

    @Test
    void followersSeeEveryEntryOnceAndInOrderWhileThreadsAppend() throws Exception {
        ControlLog other = another().orElse(log);
        List<BlockingQueue<Entry>> seen = new ArrayList<>(List.of(following(log, 0), following(other, 3)));
        List<Callable<BlockingQueue<Entry>>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            ControlLog mine = thread % 2 == 0 ? log : other;
            String prefix = "t" + thread + "-";
            tasks.add(() -> {
                BlockingQueue<Entry> late = new LinkedBlockingQueue<>();
                for (int i = 0; i < EACH; i++) {
                    mine.append(List.of(Decisions.kill(prefix + i)));
                    if (i == EACH / 2) {
                        late = following(mine, 0);
                    }
                }
                return late;
            });
        }
        seen.addAll(together(tasks));
        List<Entry> all = all(log, (long) THREADS * EACH);
        for (int i = 0; i < seen.size(); i++) {
            int after = i == 1 ? 3 : 0;
            assertThat(next(seen.get(i), all.size() - after)).isEqualTo(all.subList(after, all.size()));
            assertThat(seen.get(i)).as("nothing twice").isEmpty();
        }
    }

    @Test
    void aClosedSubscriptionIsNotCalledWithWhatComesLater() throws Exception {
        BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
        ControlLog.Subscription subscription = log.follow(0, seen::addAll);
        BlockingQueue<Entry> witness = following(log, 0);
        log.append(Decisions.kills("x", 3));
        assertThat(next(seen, 3)).hasSize(3);
        subscription.close();
        subscription.close();
        log.append(Decisions.kills("y", 3));
        assertThat(next(witness, 6)).hasSize(6);
        log.append(Decisions.kills("z", 3));
        assertThat(next(witness, 3)).hasSize(3);
        assertThat(seen).isEmpty();
    }

    @Test
    void aFollowerThatThrowsIsCalledWithTheNextBatchAndHarmsNobody() throws Exception {
        BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
        log.follow(0, batch -> {
            seen.addAll(batch);
            throw new Unremarkable();
        });
        BlockingQueue<Entry> witness = following(log, 0);
        for (int i = 0; i < 5; i++) {
            Entry appended = log.append(List.of(Decisions.kill("x" + i))).get(0);
            assertThat(next(seen, 1)).containsExactly(appended);
            assertThat(next(witness, 1)).containsExactly(appended);
        }
    }

    @Test
    void aFollowerMayAppendAndCloseItself() throws Exception {
        BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
        ControlLog.Subscription[] self = new ControlLog.Subscription[1];
        BlockingQueue<Entry> witness = following(log, 0);
        self[0] = log.follow(0, batch -> {
            for (Entry entry : batch) {
                seen.add(entry);
                long seq = entry.seq();
                if (seq < 5) {
                    log.append(List.of(Decisions.kill("answer-to-" + seq)));
                } else {
                    self[0].close();
                }
            }
        });
        log.append(List.of(Decisions.kill("question")));
        assertThat(Decisions.ids(next(seen, 5)))
                .containsExactly("question", "answer-to-1", "answer-to-2", "answer-to-3", "answer-to-4");
        log.append(List.of(Decisions.kill("unheard")));
        assertThat(next(witness, 6)).hasSize(6);
        assertThat(seen).isEmpty();
    }

    @Test
    void theIdentitySecretStaysTheSame() throws Exception {
        byte[] secret = log.identitySecret();
        assertThat(secret).hasSizeGreaterThanOrEqualTo(16);
        byte[] copy = secret.clone();
        Arrays.fill(secret, (byte) 0);
        assertThat(log.identitySecret()).as("is handed out as a copy").isEqualTo(copy);
        Optional<ControlLog> other = another();
        if (other.isPresent()) {
            assertThat(other.get().identitySecret()).isEqualTo(copy);
        }
    }

    @Test
    void aLogThatIsOpenIsKnownOwesNothingAndIsCurrentSoon() throws Exception {
        log.append(Decisions.kills("x", 3));
        assertThat(log.known()).isTrue();
        assertThat(log.owed()).isEmpty();
        assertThat(log.staleness()).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(Duration.ofMinutes(1));
        for (ControlLog.Subscription subscription : List.of(log.onReplaced(() -> {}), log.onKill(kill -> {}))) {
            subscription.close();
            subscription.close();
        }
    }

    @Test
    void killsThatWereToldOfAreThoseThatFollowersAreGiven() throws Exception {
        BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
        Queue<Entry> told = new ConcurrentLinkedQueue<>();
        try (ControlLog.Subscription kills = log.onKill(told::add);
                ControlLog.Subscription following = log.follow(0, seen::addAll)) {
            ControlLog writer = another().orElse(log);
            writer.append(Decisions.kills("x", 3));
            List<Entry> given = next(seen, 3);
            assertThat(given).containsAll(told);
        }
    }

    @Test
    void whoSaysWhatItHasAppliedIsListedUnderOneNameOfItsOwn() throws Exception {
        Entry first = log.append(List.of(Decisions.kill("a"))).get(0);
        log.applied(first.head());
        List<Instance> listed = instancesThatApplied(log, first);
        if (listed.isEmpty()) {
            return; // this log knows no instances
        }
        String name = listed.get(0).name();
        assertThat(name).isNotBlank().isEqualTo(log.instance());
        assertThat(listed).hasSize(1).allSatisfy(ControlLogKit::liveAndHeardOf);

        Entry second = log.append(List.of(Decisions.kill("b"))).get(0);
        log.applied(second.head());
        assertThat(instancesThatApplied(log, second)).extracting(Instance::name).containsExactly(name);

        Optional<ControlLog> other = another();
        if (other.isPresent()) {
            other.get().applied(first.head());
            assertThat(instancesThatApplied(log, first)).hasSize(1).allSatisfy(instance -> {
                liveAndHeardOf(instance);
                assertThat(instance.name()).isNotEqualTo(name);
            });
            assertThat(instancesThatApplied(other.get(), second))
                    .as("each sees all")
                    .extracting(Instance::name)
                    .containsExactly(name);
        }
    }

    private static void liveAndHeardOf(Instance instance) {
        assertThat(instance.live()).isTrue();
        assertThat(instance.silentFor()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
    }

    /** The live instances that have applied exactly up to an entry, once there are any; empty if the log lists nobody for some seconds. */
    private static List<Instance> instancesThatApplied(ControlLog log, Entry entry) throws InterruptedException {
        Head head = entry.head();
        boolean lists = false;
        for (int tries = 0; tries < (lists ? 3_000 : 500); tries++) {
            List<Instance> all = log.instances();
            lists |= !all.isEmpty();
            List<Instance> those = all.stream()
                    .filter(instance -> instance.applied().equals(head) && instance.live())
                    .toList();
            if (!those.isEmpty()) {
                return those;
            }
            TimeUnit.MILLISECONDS.sleep(10); // it says so without waiting, and arrives soon
        }
        assertThat(log.instances())
                .as("nobody has applied entry %d", entry.seq())
                .isEmpty();
        return List.of();
    }

    @Test
    void aClosedLogRefusesEverythingWithAClearError() throws Exception {
        BlockingQueue<Entry> seen = following(log, 0);
        Entry stored = log.append(List.of(Decisions.kill("a"))).get(0);
        assertThat(next(seen, 1)).containsExactly(stored);
        Optional<ControlLog> other = another();
        log.close();
        log.close();
        for (Callable<?> call : List.<Callable<?>>of(
                () -> log.append(List.of(Decisions.kill("b"))),
                () -> log.appendIf(1, Decisions.kill("b")),
                () -> log.read(0, 1),
                () -> log.follow(0, batch -> {}))) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(ControlLogException.class)
                    .hasMessageContaining("closed");
        }
        if (other.isPresent()) {
            BlockingQueue<Entry> witness = following(other.get(), 1);
            other.get().append(List.of(Decisions.kill("c")));
            assertThat(next(witness, 1)).hasSize(1);
            assertThat(Decisions.ids(Decisions.all(other.get()))).containsExactly("a", "c");
        }
        assertThat(seen).isEmpty();
    }

    /** Without a stack trace, because it will be logged. */
    private static final class Unremarkable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unremarkable() {
            super("thrown by a test, to be ignored", null, false, false);
        }
    }

    private static BlockingQueue<Entry> following(ControlLog log, long after) {
        BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
        log.follow(after, seen::addAll);
        return seen;
    }

    /** All entries, once a log has so many: one that reads from a copy has what others appended a little later. */
    private static List<Entry> all(ControlLog log, long count) {
        while (log.head().seq() < count) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return Decisions.all(log);
    }

    private static List<Entry> next(BlockingQueue<Entry> seen, int count) throws InterruptedException {
        List<Entry> entries = new ArrayList<>();
        while (entries.size() < count) {
            Entry entry = seen.poll(30, TimeUnit.SECONDS);
            assertThat(entry).as("entry %d of %d", entries.size() + 1, count).isNotNull();
            entries.add(entry);
        }
        return entries;
    }

    private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
