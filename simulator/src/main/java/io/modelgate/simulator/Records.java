package io.modelgate.simulator;

import io.modelgate.DecisionRecord;
import io.modelgate.DecisionSink;
import io.modelgate.FileDecisionSink;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decision records of the calls of one run, in files of a folder of its own, by a sink that hangs for a while: in the middle of a batch, and for
 * as long as the scenario says. Not thread-safe.
 */
final class Records implements AutoCloseable {

    /** So many calls wait for the sink; the default of the records. */
    static final int WAITING = 16_384;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Setting.Hang hang;
    private final Folder folder = new Folder();
    private final Hanging sink = new Hanging(FileDecisionSink.in(folder.path()));
    private boolean hanging;
    private long madeBefore;
    private long madeMeanwhile;

    Records(Setting.Hang hang) {
        this.hang = hang;
    }

    void configure(GatesBuilder gates) {
        gates.decisionRecords(sink, r -> r.waiting(WAITING));
    }

    /** Has the sink hang, or not any more, before the calls of a look are made. */
    void look(Gates gates, AtTheGate calls) {
        boolean now = hang.at(calls.now());
        if (now && !hanging) {
            begin(gates, calls);
        } else if (!now && hanging) {
            end(gates, calls);
        }
    }

    /** With one call in the sink's hands and none waiting, so that what is lost is no matter of luck. */
    private void begin(Gates gates, AtTheGate calls) {
        hanging = true;
        gates.flushServed();
        sink.hang();
        Runnable handOver = () -> {
            if (!gates.flushServed(PATIENCE)) {
                throw new IllegalStateException("a sink that hangs holds up whoever listens to calls");
            }
        };
        calls.handOver(handOver);
        calls.call();
        handOver.run();
        sink.awaitStuck();
        madeBefore = calls.made();
    }

    private void end(Gates gates, AtTheGate calls) {
        hanging = false;
        madeMeanwhile = calls.made() - madeBefore;
        sink.release();
        calls.handOver(gates::flushServed);
        gates.flushServed();
    }

    /**
     * What became of the records.
     *
     * @throws IllegalStateException if any is lost for which there was room
     */
    Run.Recorded compare(Gates gates, AtTheGate calls) {
        if (hanging) {
            end(gates, calls);
        }
        gates.flushServed();
        long lost = calls.made() - sink.written();
        if (lost != Math.max(0, madeMeanwhile - WAITING)) {
            throw new IllegalStateException(lost + " of " + calls.made() + " calls have no record, and " + madeMeanwhile
                    + " were made while the sink hung, of which " + WAITING + " had room");
        }
        return new Run.Recorded(sink.written(), lost, madeMeanwhile);
    }

    @Override
    public void close() {
        sink.release();
        folder.close();
    }

    /** Passes batches on, and hangs once. Thread-safe. */
    private static final class Hanging implements DecisionSink {

        private final DecisionSink files;
        private final CountDownLatch stuck = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicLong written = new AtomicLong();
        private volatile boolean hangs;

        Hanging(DecisionSink files) {
            this.files = files;
        }

        void hang() {
            hangs = true;
        }

        void release() {
            hangs = false;
            released.countDown();
        }

        long written() {
            return written.get();
        }

        /** Waits until a batch hangs. */
        void awaitStuck() {
            try {
                if (!stuck.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the sink does not hang, though it is to");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        @Override
        public void write(List<DecisionRecord> batch) throws IOException {
            if (hangs) {
                stuck.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
            files.write(batch);
            written.addAndGet(batch.size());
        }

        @Override
        public void flush() throws IOException {
            files.flush();
        }

        @Override
        public void close() throws IOException {
            files.close();
        }
    }
}
