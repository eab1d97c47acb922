package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFaultTest {

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();
    private Path path;
    private FileControlLog log;
    /** Of another process, so to say. */
    private FileControlLog other;

    @BeforeEach
    void openTwice() {
        path = directory.resolve("modelgate.log");
        log = FileControlLog.open(path, disk, Duration.ofMillis(20));
        other = FileControlLog.open(path);
        log.append(Decisions.kills("first"));
        disk.calls.clear();
        disk.writes.clear();
    }

    @AfterEach
    void close() {
        log.close();
        other.close();
    }

    @Test
    void anAppendIsOneWriteOneSyncAndThenTheHead() throws IOException {
        long end = Files.size(path);
        log.append(Decisions.kills("a", "b", "c"));
        assertThat(disk.calls)
                .containsExactly("write " + end + "+" + (Files.size(path) - end), "sync", "replace modelgate.log.head");
    }

    @Test
    void anAppendThatIsAlreadyStoredWritesNothing() {
        log.append(Decisions.kills("first"));
        assertThat(log.appendIf(0, Decisions.kill("first"))).isPresent();
        assertThat(log.appendIf(0, Decisions.kill("second"))).isEmpty();
        assertThat(disk.calls).isEmpty();
    }

    @Test
    void onAFullDiskTheAppendFailsAndLeavesNothingBehindAndTheRetryIsStored() throws IOException {
        byte[] before = Files.readAllBytes(path);
        for (long free : new long[] {0, 1, 100, 400, 800}) {
            disk.free = free;
            fails(() -> log.append(Decisions.kills("a", "b", "c")), "No space left on device");
            assertThat(Files.readAllBytes(path)).as("with %d bytes free", free).isEqualTo(before);
            stored("first");
        }
        disk.free = Long.MAX_VALUE;
        assertThat(log.append(Decisions.kills("a", "b", "c")))
                .extracting(Entry::seq)
                .containsExactly(2L, 3L, 4L);
        stored("first", "a", "b", "c");
    }

    @Test
    void whatCouldNotBeTakenBackIsNoPartOfTheLogUntilItIsAcknowledged() throws IOException {
        disk.cutFails = true;
        disk.free = 800;
        fails(() -> log.append(Decisions.kills("a", "b", "c")), "No space left on device");
        stored("first");

        try (Stderr stderr = new Stderr()) {
            // The other process finds the two complete lines and the beginning of the third.
            other.append(Decisions.kills("d"));
            assertThat(stderr.lines("WARN", "line 4 was unfinished")).isEqualTo(1);
        }
        stored("first", "a", "b", "d");
        disk.free = Long.MAX_VALUE;
        assertThat(log.append(Decisions.kills("a", "b", "c")))
                .extracting(Entry::seq)
                .containsExactly(2L, 3L, 5L);
        stored("first", "a", "b", "d", "c");
    }

    @Test
    void theNextAppendOfTheSameProcessCleansUpToo() {
        disk.cutFails = true;
        disk.free = 800;
        fails(() -> log.append(Decisions.kills("a", "b", "c")), "No space left on device");
        disk.free = Long.MAX_VALUE;
        fails(() -> log.append(Decisions.kills("d")), "Read-only file system");
        stored("first");
        disk.cutFails = false;
        try (Stderr stderr = new Stderr()) {
            log.append(Decisions.kills("c"));
            assertThat(stderr.lines("WARN", "line 4 was unfinished")).isEqualTo(1);
        }
        assertThat(log.tornTail()).isPresent();
        stored("first", "a", "b", "c");
    }

    @Test
    void afterAFailedFsyncTheSameBytesAreWrittenAgainBeforeTheNext() throws IOException {
        long end = Files.size(path);
        disk.syncFails = true;
        fails(() -> log.append(Decisions.kills("a")), "Input/output error");
        fails(() -> log.append(Decisions.kills("a")), "Input/output error");
        stored("first");
        disk.syncFails = false;
        log.append(Decisions.kills("a"));
        String write = "write " + end + "+" + (Files.size(path) - end);
        String cut = "cut " + end;
        assertThat(disk.calls)
                .containsExactly(write, "sync", cut, write, "sync", cut, write, "sync", "replace modelgate.log.head");
        assertThat(disk.writes.get(1)).isEqualTo(disk.writes.get(0));
        assertThat(disk.writes.get(2)).isEqualTo(disk.writes.get(0));
        stored("first", "a");
    }

    @Test
    void afterAFailedFsyncAlsoLinesThatCouldNotBeTakenBackAreWrittenAgain() throws IOException {
        long end = Files.size(path);
        disk.syncFails = true;
        disk.cutFails = true;
        fails(() -> other(disk).append(Decisions.kills("a")), "Input/output error");
        long length = Files.size(path) - end;
        assertThat(length).isPositive();

        disk.syncFails = false;
        disk.calls.clear();
        log.append(Decisions.kills("b"));
        assertThat(disk.calls.subList(0, 3))
                .containsExactly("write " + end + "+" + length, "sync", "replace modelgate.log.head");
        stored("first", "a", "b");
    }

    private FileControlLog other(FaultyDisk disk) {
        return FileControlLog.open(path, disk, Duration.ofMillis(20));
    }

    @Test
    void withoutTheHeadFileNothingIsAcknowledgedAndTheRetryFindsItsEntries() {
        disk.replaceFails = true;
        fails(() -> log.append(Decisions.kills("a", "b")), "No space left on device");
        stored("first");
        fails(() -> log.append(Decisions.kills("a", "b")), "No space left on device");
        fails(() -> log.append(Decisions.kills("c")), "No space left on device");
        disk.replaceFails = false;
        assertThat(log.append(Decisions.kills("a", "b"))).extracting(Entry::seq).containsExactly(2L, 3L);
        stored("first", "a", "b");
    }

    @Test
    void nobodySeesAnEntryBeforeItsFsync() {
        disk.beforeSync = () -> stored("first");
        log.append(Decisions.kills("a"));
        disk.beforeSync = () -> {};
        stored("first", "a");
    }

    @Test
    void aDecisionThatIsTooLongFailsAloneAndWritesNothing() {
        assertThatThrownBy(() -> log.append(List.of(Decisions.kill("a"), Decisions.kill("b", "x".repeat(16 << 20)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("decision b");
        assertThat(disk.calls).isEmpty();
        stored("first");
    }

    private void fails(ThrowingCallable append, String reason) {
        assertThatThrownBy(append)
                .isExactlyInstanceOf(ControlLogException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(reason)
                .hasMessageContaining("again with the same ids is safe");
    }

    /** The same for this instance, for another, and for one that is opened now. */
    private void stored(String... ids) {
        assertThat(Decisions.ids(Decisions.all(log))).containsExactly(ids);
        assertThat(Decisions.ids(Decisions.all(other))).containsExactly(ids);
        assertThat(log.head()).isEqualTo(other.head());
        assertThat(log.head().seq()).isEqualTo(ids.length);
        assertThat(FileControlLog.verify(path).problem()).isNull();
    }
}
