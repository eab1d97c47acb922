package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ledger on a disk that fails, at every step, and with many threads. */
class LedgerDiskTest {

    private static final LedgerFile.Over NEVER = (budget, period) -> false;

    enum Step {
        WRITE,
        SYNC,
        CUT,
        REPLACE,
        /** It is done, and reported as failed. */
        REPLACE_DONE
    }

    /** Fails at the steps it is told to, or from the n-th step on. */
    private static class FailingDisk extends Disk {

        @Nullable
        Step failing;

        int steps;
        int failAt = Integer.MAX_VALUE;

        private void step(Step step) throws IOException {
            steps++;
            if (steps > failAt || step == failing) {
                throw new IOException("failed to " + step);
            }
        }

        @Override
        void write(RandomAccessFile file, long at, byte[] bytes) throws IOException {
            try {
                step(Step.WRITE);
            } catch (IOException e) {
                if (steps <= failAt + 1L) { // and no other one after it
                    super.write(file, at, Arrays.copyOf(bytes, bytes.length * 2 / 3));
                }
                throw e;
            }
            super.write(file, at, bytes);
        }

        @Override
        void sync(RandomAccessFile file) throws IOException {
            step(Step.SYNC);
            super.sync(file);
        }

        @Override
        void cut(RandomAccessFile file, long length) throws IOException {
            step(Step.CUT);
            super.cut(file, length);
        }

        @Override
        void replace(Path target, Path by) throws IOException {
            step(Step.REPLACE);
            super.replace(target, by);
            step(Step.REPLACE_DONE);
        }
    }

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("ledger");
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void whatFailsIsReportedAndNoMarkIsForgotten(Step step) {
        FailingDisk disk = new FailingDisk();
        LedgerFile ledger = LedgerFile.open(path(), NEVER, disk);
        ledger.raise("tenant", "a", 7, 100);
        disk.failing = step;
        if (step == Step.WRITE) {
            failed(() -> ledger.raise("tenant", "a", 7, 200));
        } else {
            ledger.raise("tenant", "a", 7, 200);
        }
        failed(ledger::sync);
        failed(() -> ledger.compact(NEVER));
        disk.failing = null;
        ledger.sync();
        ledger.raise("tenant", "b", 7, 300);
        disk.failing = step;
        failed(ledger::close);
        disk.failing = null;
        assertThatIllegalStateException().isThrownBy(ledger::sync).withMessageContaining("is closed");
        ledger.close();
        try (LedgerFile after = LedgerFile.open(path())) {
            assertThat(after.mark("tenant", "a", 7)).isEqualTo(step == Step.WRITE ? 100 : 200);
            assertThat(after.mark("tenant", "b", 7)).isEqualTo(300);
        }
    }

    private static void failed(Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("ledger: failed to ");
    }

    @Test
    void linesThatMayHaveBeenDroppedByAFailedSyncAreWrittenAgain() throws IOException {
        FailingDisk disk = new FailingDisk();
        try (LedgerFile ledger = LedgerFile.open(path(), NEVER, disk)) {
            ledger.raise("tenant", "a", 7, 100);
            Object before = key();
            disk.failing = Step.SYNC;
            assertThatThrownBy(ledger::sync).isInstanceOf(UncheckedIOException.class);
            disk.failing = null;
            ledger.sync();
            assertThat(key()).as("another file").isNotEqualTo(before);
            Object anew = key();
            int steps = disk.steps;
            ledger.sync();
            assertThat(key()).isEqualTo(anew);
            assertThat(disk.steps).as("nothing was raised: nothing to do").isEqualTo(steps);
        }
    }

    private Object key() throws IOException {
        return Files.readAttributes(path(), BasicFileAttributes.class).fileKey();
    }

    /** The process dies at every step of its life in turn: nothing reaches the disk any more. */
    @Test
    void whateverStepIsTheLastOneTheNextProcessGoesOn() throws IOException {
        boolean reached = true;
        for (int step = 0; reached; step++) {
            Path file = Files.createDirectory(directory.resolve("step" + step)).resolve("ledger");
            Map<String, Long> raised = new HashMap<>();
            for (int life = 0; life < 2; life++) {
                FailingDisk disk = new FailingDisk();
                disk.failAt = life == 0 ? Integer.MAX_VALUE : step;
                live(file, disk, raised);
                reached = disk.steps > step;
            }
            try (LedgerFile after = LedgerFile.open(file)) {
                for (Map.Entry<String, Long> mark : raised.entrySet()) {
                    assertThat(after.mark("tenant", mark.getKey(), 7))
                            .as("%s, failed at step %d", mark.getKey(), step)
                            .isGreaterThanOrEqualTo(mark.getValue());
                }
            }
        }
    }

    private static void live(Path file, Disk disk, Map<String, Long> raised) {
        try (LedgerFile ledger = LedgerFile.open(file, NEVER, disk)) {
            for (long round = 1; round <= 3; round++) {
                for (String key : new String[] {"a", "b"}) {
                    long mark = ledger.mark("tenant", key, 7) + 10;
                    ledger.raise("tenant", key, 7, mark);
                    raised.put(key, mark);
                }
                ledger.sync();
                if (round == 2) {
                    ledger.compact(NEVER);
                }
            }
        } catch (UncheckedIOException e) {
            assertThat(e).hasMessageContaining("failed to");
        }
    }

    @Test
    void aFileThatHasGrownIsWrittenAnewWithoutWhatIsOver() throws IOException {
        try (LedgerFile ledger = LedgerFile.open(path())) {
            ledger.raise("tenant", "old", 6, 1);
            for (long mark = 1; mark <= 100_000; mark++) {
                ledger.raise("tenant", "a", 7, mark);
            }
            long grown = Files.size(path());
            ledger.sync((budget, period) -> period < 7);
            assertThat(Files.size(path())).isLessThan(200).isLessThan(grown);
            assertThat(ledger.mark("tenant", "old", 6)).isZero();
            ledger.raise("tenant", "a", 7, 100_001);
        }
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThat(ledger.repaired()).isEmpty();
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(100_001);
        }
    }

    @Test
    @Timeout(60)
    void aMarkIsRaisedWhileTheDiskSyncs() throws InterruptedException {
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch raised = new CountDownLatch(1);
        AtomicReference<Thread> syncer = new AtomicReference<>();
        Disk disk = new Disk() {
            @Override
            void sync(RandomAccessFile file) throws IOException {
                if (Thread.currentThread().equals(syncer.get()) && raised.getCount() > 0) {
                    syncing.countDown();
                    try {
                        raised.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                super.sync(file);
            }
        };
        try (LedgerFile ledger = LedgerFile.open(path(), NEVER, disk)) {
            ledger.raise("tenant", "a", 7, 1);
            Thread thread = new Thread(ledger::sync);
            syncer.set(thread);
            thread.start();
            syncing.await();
            ledger.raise("tenant", "a", 7, 2);
            raised.countDown();
            thread.join();
        }
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThat(ledger.repaired()).isEmpty();
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(2);
        }
    }

    @Test
    @Timeout(60)
    void marksRaisedByManyThreadsAreAllThere() throws InterruptedException {
        long seed = new Random().nextLong();
        Thread[] threads = new Thread[6];
        AtomicReference<Throwable> failed = new AtomicReference<>();
        long[][] highest = new long[threads.length][4];
        try (LedgerFile ledger = LedgerFile.open(path())) {
            for (int t = 0; t < threads.length; t++) {
                int own = t;
                Random random = new Random(seed + t);
                threads[t] = new Thread(() -> {
                    for (int i = 1; i <= 2_000; i++) {
                        int key = random.nextInt(4);
                        // One key of its own, the others shared: a shared one keeps the highest.
                        String name = key == 0 ? "own" + own : "shared" + key;
                        long mark = random.nextInt(1_000_000);
                        ledger.raise("tenant", name, 7, mark);
                        highest[own][key] = Math.max(highest[own][key], mark);
                        if (i % 200 == 0 && own == 0) {
                            ledger.compact(NEVER);
                        } else if (i % 100 == 0 && own < 3) {
                            ledger.sync();
                        }
                    }
                });
                threads[t].setUncaughtExceptionHandler((thread, e) -> failed.set(e));
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(failed).as("seed %d", seed).hasNullValue();
        try (LedgerFile ledger = LedgerFile.open(path())) {
            for (int key = 1; key < 4; key++) {
                int of = key;
                long most = Arrays.stream(highest).mapToLong(h -> h[of]).max().orElseThrow();
                assertThat(ledger.mark("tenant", "shared" + key, 7))
                        .as("seed %d", seed)
                        .isEqualTo(most);
            }
            for (int t = 0; t < threads.length; t++) {
                assertThat(ledger.mark("tenant", "own" + t, 7))
                        .as("seed %d", seed)
                        .isEqualTo(highest[t][0]);
            }
        }
    }
}
