package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileControlLogTest {

    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("modelgate.log");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path missing = directory.resolve("missing").resolve("modelgate.log");
        assertThatThrownBy(() -> FileControlLog.open(missing))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining(missing.getParent().toString())
                .hasMessageContaining("create it");
        assertThatThrownBy(() -> FileControlLog.verify(missing)).isInstanceOf(ControlLogException.class);
        assertThatThrownBy(() -> FileControlLog.open(directory)).hasMessageContaining("is a directory");
    }

    @Test
    void theEntriesAreThereAgainAfterAReopen() {
        List<Entry> written = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            try (FileControlLog log = FileControlLog.open(path)) {
                assertThat(Decisions.all(log)).isEqualTo(written);
                written.addAll(log.append(Decisions.kills("a" + round, "b" + round)));
                assertThat(log.head())
                        .isEqualTo(new Head(
                                written.size(), written.get(written.size() - 1).hash()));
            }
        }
    }

    @Test
    void aTornTailThatNobodyWasToldOfIsCutOffAndReported() throws IOException {
        try (FileControlLog log = FileControlLog.open(path)) {
            log.append(Decisions.kills("a", "b"));
        }
        long end = Files.size(path);
        Files.writeString(path, "{\"v\":1,\"seq\":3,\"id\":\"c\"", StandardOpenOption.APPEND);
        try (Stderr stderr = new Stderr();
                FileControlLog log = FileControlLog.open(path)) {
            assertThat(log.tornTail()).contains(new TornTail(3, end, 23));
            assertThat(stderr.lines("WARN", "line 3 was unfinished")).isEqualTo(1);
            assertThat(Files.size(path)).isEqualTo(end);
            assertThat(log.append(Decisions.kills("c")).get(0).seq()).isEqualTo(3);
        }
    }

    @Test
    void anEntryThatRepeatsAnIdIsRefused() throws IOException {
        Path other = directory.resolve("other.log");
        try (FileControlLog log = FileControlLog.open(path);
                FileControlLog copy = FileControlLog.open(other)) {
            Entry first = log.append(Decisions.kills("a")).get(0);
            copy.append(Decisions.kills("a"));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            LineWriter.write(2, Decisions.kill("a"), first.hash(), line);
            Files.write(path, line.toByteArray(), StandardOpenOption.APPEND);
        }
        assertThatThrownBy(() -> FileControlLog.open(path))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("line 2: it repeats the id a")
                .hasMessageContaining("truncate -s ");
        assertThat(FileControlLog.verify(path).problem()).contains("line 2: it repeats the id a of line 1");
        assertThat(FileControlLog.verify(path).problemLine()).isEqualTo(2);
    }

    @Test
    void sealingAcceptsALogThatLostItsHeadFileOrItsEnd() throws IOException {
        try (FileControlLog log = FileControlLog.open(path)) {
            log.append(Decisions.kills("a", "b", "c"));
        }
        Files.delete(directory.resolve("modelgate.log.head"));
        assertThatThrownBy(() -> FileControlLog.open(path)).hasMessageContaining("modelgate log seal " + path);
        assertThat(FileControlLog.seal(path).seq()).isEqualTo(3);
        FileControlLog.open(path).close();

        List<String> lines = Files.readAllLines(path);
        Files.writeString(path, lines.get(0) + "\n" + lines.get(1).substring(0, 50));
        assertThatThrownBy(() -> FileControlLog.open(path))
                .hasMessageContaining("line 2: the line is cut off after 50 bytes");
        assertThat(FileControlLog.seal(path).seq()).isEqualTo(1);
        try (Stderr stderr = new Stderr();
                FileControlLog log = FileControlLog.open(path)) {
            assertThat(Decisions.ids(Decisions.all(log))).containsExactly("a");
            assertThat(stderr.lines("WARN", "line 2 was unfinished")).isEqualTo(1);
        }

        Files.writeString(path, lines.get(0).replace("alice", "mallory") + "\n");
        assertThatThrownBy(() -> FileControlLog.seal(path))
                .hasMessageContaining("line 1: its hash does not match its content");
        assertThatThrownBy(() -> FileControlLog.seal(directory.resolve("absent")))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void verifyingChangesNothing() throws IOException {
        assertThat(FileControlLog.verify(path).intact()).isFalse();
        assertThat(directory).isEmptyDirectory();
        try (FileControlLog log = FileControlLog.open(path)) {
            assertThat(FileControlLog.verify(path)).isEqualTo(new Verification(0, Head.EMPTY, 0, 0, null));
            log.append(Decisions.kills("a", "b"));
            Files.writeString(path, "{\"v\":1", StandardOpenOption.APPEND);
            byte[] bytes = Files.readAllBytes(path);
            assertThat(FileControlLog.verify(path)).isEqualTo(new Verification(2, log.head(), 6, 0, null));
            assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
        }
    }

    @Test
    void theIdentitySecretIsOneForAllAndReadableOnlyByItsOwner() throws IOException {
        byte[] secret;
        try (FileControlLog log = FileControlLog.open(path);
                FileControlLog other = FileControlLog.open(path)) {
            secret = log.identitySecret();
            assertThat(secret).hasSize(32).isEqualTo(other.identitySecret());
            log.identitySecret()[0]++;
            assertThat(log.identitySecret()).isEqualTo(secret);
            log.append(Decisions.kills("a"));
        }
        Path key = directory.resolve("modelgate.log.key");
        assertThat(Files.readAllBytes(key)).isEqualTo(secret);
        if (Files.getFileStore(key).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }

        Files.write(key, new byte[16]);
        assertThatThrownBy(() -> FileControlLog.open(path)).hasMessageContaining(key + " holds 16 bytes instead of 32");
        Files.delete(key);
        try (Stderr stderr = new Stderr();
                FileControlLog log = FileControlLog.open(path)) {
            assertThat(log.identitySecret()).isNotEqualTo(secret);
            assertThat(stderr.lines("WARN", "callers whose hashes are in the log are not recognised"))
                    .isEqualTo(1);
        }
    }

    @Test
    void twoNamesOfOneFileAreOneLog() throws IOException {
        FileControlLog.open(path).close();
        Path link = directory.resolve("link.log");
        try {
            Files.createSymbolicLink(link, path);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no symbolic links here: " + e);
        }
        try (FileControlLog log = FileControlLog.open(path);
                FileControlLog other = FileControlLog.open(link)) {
            log.append(Decisions.kills("a"));
            assertThat(other.append(Decisions.kills("b")).get(0).seq()).isEqualTo(2);
            assertThat(Decisions.ids(Decisions.all(log))).containsExactly("a", "b");
        }
        assertThat(directory.resolve("link.log.head")).doesNotExist();
    }

    @Test
    void anInterruptedThreadAppendsAllTheSame() throws Exception {
        try (FileControlLog log = FileControlLog.open(path)) {
            Thread.currentThread().interrupt();
            log.append(Decisions.kills("a"));
            assertThat(Thread.interrupted()).isTrue();

            // Also while it waits for the lock, and again and again.
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Thread holder = new Thread(() -> {
                FaultyDisk disk = new FaultyDisk();
                disk.beforeSync = () -> {
                    held.countDown();
                    uninterruptibly(release);
                };
                try (FileControlLog slow = FileControlLog.open(path, disk, Duration.ofMillis(20))) {
                    slow.append(Decisions.kills("b"));
                }
            });
            holder.start();
            held.await();
            boolean[] interrupted = {false};
            Thread appender = new Thread(() -> {
                log.append(Decisions.kills("c"));
                interrupted[0] = Thread.interrupted();
            });
            appender.start();
            appender.interrupt();
            appender.interrupt();
            release.countDown();
            appender.join();
            holder.join();
            assertThat(interrupted[0]).isTrue();
            assertThat(Decisions.ids(Decisions.all(log))).containsExactly("a", "b", "c");
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void followersOfAnotherInstanceSeeEveryEntryOnce() throws Exception {
        try (FileControlLog log = FileControlLog.open(path);
                FileControlLog other = FileControlLog.open(path)) {
            log.append(Decisions.kills("a", "b"));
            BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
            ControlLog.Subscription subscription = other.follow(1, seen::addAll);
            for (int i = 0; i < 20; i++) {
                log.append(Decisions.kills("c" + i));
                other.append(Decisions.kills("d" + i));
            }
            for (Entry entry : log.read(1, 100)) {
                assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(entry);
            }
            subscription.close();
        }
    }

    @Test
    void theFollowingThreadEndsWithTheLastFollowerAndStartsAgain() throws Exception {
        try (FileControlLog log = FileControlLog.open(path)) {
            for (int round = 0; round < 3; round++) {
                BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
                ControlLog.Subscription one = log.follow(round, entries -> threads.add(Thread.currentThread()));
                ControlLog.Subscription two = log.follow(round, entries -> threads.add(Thread.currentThread()));
                log.append(Decisions.kills("x" + round));
                Thread thread = threads.poll(30, TimeUnit.SECONDS);
                assertThat(thread.isDaemon()).isTrue();
                assertThat(threads.poll(30, TimeUnit.SECONDS)).isSameAs(thread);
                thread.interrupt();
                one.close();
                log.append(Decisions.kills("y" + round));
                // The rounds follow from different places; what matters is that it still lives.
                assertThat(threads.poll(30, TimeUnit.SECONDS)).isSameAs(thread);
                two.close();
                thread.join();
            }
        }
    }

    @Test
    void aLogThatBecomesShorterWhileInUseIsReportedAndNotWrittenToUntilItIsRepaired() throws Exception {
        try (FileControlLog log = FileControlLog.open(path)) {
            BlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
            log.append(Decisions.kills("a", "b"));
            byte[] whole = Files.readAllBytes(path);
            byte[] head = Files.readAllBytes(directory.resolve("modelgate.log.head"));
            Head last = log.head();
            try (Stderr stderr = new Stderr()) {
                Files.write(path, Arrays.copyOf(whole, whole.length / 2));
                refusesToAppend(log, "the file became shorter while it was in use");
                Files.delete(path);
                refusesToAppend(log, "the log is missing or empty");
                refusesToAppend(log, "the log is missing or empty");
                assertThat(path).as("must not be created again").doesNotExist();
                put(path, whole);
                Files.delete(directory.resolve("modelgate.log.head"));
                refusesToAppend(log, "modelgate.log.head is missing");
                assertThat(log.head()).isEqualTo(last);
                assertThat(stderr.lines("ERROR", "the log is missing or empty")).isEqualTo(1);
                assertThat(stderr.lines("ERROR", "became shorter")).isEqualTo(1);

                log.follow(0, seen::addAll); // only now: it says what it saw whenever its thread is let
                put(head(), head);
                log.append(Decisions.kills("c"));
                assertThat(log.read(2, 10)).hasSize(1);
                assertThat(stderr.lines("WARN", "it can be read again")).isPositive();
            }
            for (String id : List.of("a", "b", "c")) {
                assertThat(seen.poll(30, TimeUnit.SECONDS).decision().id()).isEqualTo(id);
            }
        }
    }

    @Test
    void aLogThatForksWhileInUseIsReportedAndNotWrittenTo() throws Exception {
        Path fork = directory.resolve("fork.log");
        try (FileControlLog log = FileControlLog.open(path);
                FileControlLog other = FileControlLog.open(fork)) {
            log.append(Decisions.kills("a", "b"));
            other.append(Decisions.kills("a", "x"));
            Files.copy(fork, path, StandardCopyOption.REPLACE_EXISTING);
            try (Stderr stderr = new Stderr()) {
                // Only the content: the head file gives it away.
                Files.copy(directory.resolve("fork.log.head"), head(), StandardCopyOption.REPLACE_EXISTING);
                refusesToAppend(log, "the log went back or forked");
                other.append(Decisions.kills("y"));
                Files.copy(fork, path, StandardCopyOption.REPLACE_EXISTING);
                Files.copy(directory.resolve("fork.log.head"), head(), StandardCopyOption.REPLACE_EXISTING);
                refusesToAppend(log, "line 3: its previous hash is not the hash of the line before");
                assertThat(stderr.lines("ERROR", "nothing that others decide arrives"))
                        .isEqualTo(2);
            }
            assertThat(log.head().seq()).isEqualTo(2);
        }
    }

    /** At once, so that nobody sees half of it. */
    private void put(Path file, byte[] bytes) throws IOException {
        Path temporary = Files.write(directory.resolve("temporary"), bytes);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path head() {
        return directory.resolve("modelgate.log.head");
    }

    private static void refusesToAppend(ControlLog log, String reason) {
        assertThatThrownBy(() -> log.append(Decisions.kills("never")))
                .isExactlyInstanceOf(ControlLogException.class)
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> log.appendIf(log.head().seq(), Decisions.kill("never")))
                .isExactlyInstanceOf(ControlLogException.class);
        assertThatThrownBy(() -> log.read(0, 10)).isExactlyInstanceOf(ControlLogException.class);
    }

    @Test
    void aFollowerThatThrowsIsReportedAFewTimesAndNotForgotten() throws Exception {
        try (FileControlLog log = FileControlLog.open(path);
                Stderr stderr = new Stderr()) {
            BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
            log.follow(0, entries -> {
                seen.add(entries.get(0).seq());
                throw new AssertionError("broken follower");
            });
            for (long i = 1; i <= 20; i++) {
                log.append(Decisions.kills("x" + i));
                assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(i);
            }
            log.append(Decisions.kills("last"));
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(21);
            assertThat(stderr.lines("WARN", "a follower of the control log threw"))
                    .isEqualTo(5);
        }
    }

    @Test
    void theFileIsUtf8OnEveryMachine() throws IOException {
        try (FileControlLog log = FileControlLog.open(path)) {
            log.append(List.of(Decisions.kill("a", "Zürich 東京 😀")));
        }
        assertThat(Files.readString(path, StandardCharsets.UTF_8)).contains("\"reason\":\"Zürich 東京 😀\"");
    }
}
