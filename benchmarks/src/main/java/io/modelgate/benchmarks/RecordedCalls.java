package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.FileDecisionSink;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.rollout.ExposureLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whole calls as {@link Calls} has them, each of which goes into a decision record and, if the candidate answered, into a ledger of exposures, both
 * in files; and one offer to a queue, to compare with.
 *
 * <p>In turns that fit the queues, which are emptied in between and not in the time that is measured: a loop that only calls fills any queue, and
 * then would measure how fast an offer is refused.
 */
public class RecordedCalls extends Measured {

    /** Two turns of each of two threads fit the queue of served calls, of 16,384. */
    static final int TURN = 4_000;

    /** What an offer carries at least: what was asked by whom, since when, and what it came to. */
    record Element(Applicant asked, Caller caller, long start, long end, Outcome<Answer> outcome) {}

    /** A gate with both. */
    @State(Scope.Benchmark)
    public static class Recorded {
        @Nullable
        private Path folder;

        @Nullable
        private Setting setting;

        @Nullable
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() throws IOException {
            Path made = Files.createTempDirectory("modelgate-bench");
            folder = made;
            Setting opened = new Setting(
                    g -> g.decisionRecords(FileDecisionSink.in(
                            made.resolve("decisions"), f -> f.keepFiles(4).rotateBytes(16 << 20))),
                    ExposureLedger.in(made.resolve("exposures"), e -> e.mostBytes(64 << 20)));
            setting = opened;
            gate = opened.gate("credit-risk", Models.STABLE, Models.CANDIDATE, g -> {});
        }

        /** Before each turn of each thread. */
        @Setup(Level.Invocation)
        public void empty() {
            if (setting != null) {
                setting.flush();
            }
        }

        @TearDown
        public void close() throws IOException {
            if (setting == null || folder == null) {
                return;
            }
            long dropped = setting.dropped();
            setting.close();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
            if (dropped > 0) {
                throw new IllegalStateException(dropped + " calls found no room: what was measured is no offer");
            }
        }
    }

    /** A queue as the JDK has it, which a thread empties. */
    @State(Scope.Benchmark)
    public static class Queue {
        final ArrayBlockingQueue<Element> queue = new ArrayBlockingQueue<>(1 << 14);
        private volatile boolean closed;

        @Setup
        public void open() {
            Thread taking = new Thread(() -> {
                List<Element> taken = new ArrayList<>();
                while (!closed) {
                    queue.drainTo(taken);
                    taken.clear();
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                }
            });
            taking.setDaemon(true);
            taking.start();
        }

        @Setup(Level.Invocation)
        public void empty() {
            queue.clear();
        }

        @TearDown
        public void close() {
            closed = true;
        }
    }

    /** {@link Calls#call}, recorded and listed. */
    @Benchmark
    @OperationsPerInvocation(TURN)
    public int callRecorded(Recorded shared, Keys.Cursor cursor) {
        ModelGate<Applicant, Answer> gate = Objects.requireNonNull(shared.gate);
        int sum = 0;
        for (int i = 0; i < TURN; i++) {
            sum += gate.call(Applicant.USUAL, Caller.of(cursor.key())).hashCode();
        }
        return sum;
    }

    /** One offer of an element made for it, to the JDK's bounded queue. */
    @Benchmark
    @OperationsPerInvocation(TURN)
    public int offer(Queue shared, Keys.Cursor cursor) {
        int sum = 0;
        for (int i = 0; i < TURN; i++) {
            long start = System.nanoTime();
            Caller caller = Caller.of(cursor.key());
            Outcome<Answer> outcome = new Outcome.Answered<>(Answer.REFER, "v1");
            sum += shared.queue.offer(new Element(Applicant.USUAL, caller, start, System.nanoTime(), outcome)) ? 1 : 0;
        }
        return sum;
    }
}
