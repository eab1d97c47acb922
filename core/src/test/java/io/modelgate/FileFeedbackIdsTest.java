package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileFeedbackIdsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private Path file;

    /** Since the processes started. */
    private Duration lived = Duration.ZERO;

    @BeforeEach
    void name() {
        file = directory.resolve("feedback.ids");
    }

    private FeedbackIds open() {
        return FileFeedbackIds.open(file, () -> lived.toNanos());
    }

    private static String id(int number) {
        return String.format("%022d", number);
    }

    private static boolean first(FeedbackIds ids, int number) {
        return ids.first(id(number), NOW, NOW.plusSeconds(60));
    }

    @Test
    void whatItsProcessDidNotFinishIsCutOff() throws IOException {
        FeedbackIds before = FeedbackIds.inFile(file);
        first(before, 1);
        for (String tail : new String[] {"0000", "\0".repeat(100), "\0".repeat(34)}) {
            Files.writeString(file, tail, StandardOpenOption.APPEND);
            FeedbackIds after = FeedbackIds.inFile(file);
            assertThat(Files.size(file)).isEqualTo(2 * FileFeedbackIds.LINE);
            assertThat(first(after, 1)).isFalse();
        }
        assertThat(first(before, 2)).isTrue();
        assertThat(first(FeedbackIds.inFile(file), 2)).isFalse();
    }

    @Test
    void anotherThatDiedOverItsLineHindersNobody() throws IOException {
        FeedbackIds ids = FeedbackIds.inFile(file);
        first(ids, 1);
        Files.writeString(file, "000000000000", StandardOpenOption.APPEND);
        assertThat(first(ids, 2)).isTrue();
        assertThat(Files.size(file)).isEqualTo(3 * FileFeedbackIds.LINE);
    }

    @Test
    void aHeadOverWhichItsProcessDiedIsWrittenAnew() throws IOException {
        for (String head : new String[] {"", "model", "modelgate-feedback 1 00000"}) {
            Files.writeString(file, head);
            assertThat(first(FeedbackIds.inFile(file), 1)).isTrue();
            assertThat(Files.size(file)).isEqualTo(2 * FileFeedbackIds.LINE);
        }
    }

    /** The head is one write, and so is each line: a power cut leaves their lengths. */
    @Test
    void aFileThatNeverCameToTheDiskIsWrittenAnew() throws IOException {
        for (int length : new int[] {20, 34, 340, 1_000_000}) {
            Files.writeString(file, "\0".repeat(length));
            assertThat(first(FeedbackIds.inFile(file), 1)).as("%d", length).isTrue();
            assertThat(Files.size(file)).isEqualTo(2 * FileFeedbackIds.LINE);
        }
    }

    /** The secret of a control log, for instance, which nobody could make again. */
    @Test
    void aFileOfSomethingElseIsLeftAsItIs() throws IOException {
        for (String other : new String[] {
            "x",
            "some text of another",
            "s".repeat(32),
            "modelgate-feedback 2",
            "s".repeat(100),
            "\0".repeat(100_000) + "s"
        }) {
            Files.writeString(file, other);
            assertThatThrownBy(() -> FeedbackIds.inFile(file))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is no file of them");
            assertThat(file).hasContent(other);
        }
    }

    @Test
    void damageInTheMiddleIsRefusedWithItsLine() throws IOException {
        FeedbackIds ids = FeedbackIds.inFile(file);
        first(ids, 1);
        first(ids, 2);
        byte[] bytes = Files.readAllBytes(file);
        bytes[FileFeedbackIds.LINE + 3] = '!';
        Files.write(file, bytes);
        assertThatThrownBy(() -> FeedbackIds.inFile(file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("feedback.ids: line 2 is damaged");
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Files.writeString(file, "x".repeat(100));
        assertThatThrownBy(() -> FeedbackIds.inFile(file)).hasMessageContaining("line 1 is not");
        assertThat(Files.size(file)).isEqualTo(100);
    }

    @Test
    void aDirectoryThatIsMissingIsSaid() {
        assertThatThrownBy(() -> FeedbackIds.inFile(directory.resolve("no/such.ids")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("such.ids");
    }

    @Test
    void whatHasExpiredIsTakenOutAndNothingElse() throws IOException {
        FeedbackIds one = open();
        FeedbackIds other = open();
        for (int i = 0; i < 10_000; i++) {
            lived = Duration.ofSeconds(i);
            Instant now = NOW.plus(lived);
            FeedbackIds at = i % 3 == 0 ? one : other;
            assertThat(at.first(id(i), now, now.plusSeconds(100))).isTrue();
            if (i > 0) {
                int recent = Math.max(0, i - 100);
                assertThat(one.first(id(recent), now, now.plusSeconds(100))).isFalse();
                assertThat(other.first(id(i - 1), now, now.plusSeconds(100))).isFalse();
            }
        }
        assertThat(Files.size(file)).isLessThan(3_000 * FileFeedbackIds.LINE);
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains(id(9_999));
    }

    private static final int A_DAY = 3_000;

    /** Gives a day's ids, which are waited for until {@code within} has passed, at once; how many the file has at the most. */
    private long most(FeedbackIds ids, int day, Duration within) throws IOException {
        Instant now = NOW.plus(Duration.ofDays(day));
        long most = 0;
        for (int i = day * A_DAY; i < (day + 1) * A_DAY; i++) {
            assertThat(ids.first(id(i), now, now.plus(within))).isTrue();
            most = Math.max(most, Files.size(file) / FileFeedbackIds.LINE);
        }
        int waited = (int) Math.min(day, within.toDays());
        for (int i = (day - waited) * A_DAY; i < (day + 1) * A_DAY; i += 100) {
            assertThat(ids.first(id(i), now, now.plus(within))).isFalse();
        }
        return most;
    }

    @Test
    void jobsThatLiveForMinutesTakeOutWhatHasExpired() throws IOException {
        for (int day = 0; day < 10; day++) {
            assertThat(most(open(), day, Duration.ofHours(2))).isLessThan(3 * A_DAY);
        }
    }

    @Test
    void aServiceThatIsStartedEachDayTakesOutWhatHasExpired() throws IOException {
        for (int day = 0; day < 40; day++) {
            FeedbackIds ids = open();
            Instant started = NOW.plus(Duration.ofDays(day)).minus(Duration.ofHours(23));
            ids.first(id(-day - 1), started, started.plus(Duration.ofDays(3)));
            lived = lived.plusHours(23);
            assertThat(most(ids, day, Duration.ofDays(3))).isLessThan(11 * A_DAY);
        }
    }

    /** Jobs start with the clock ahead, time and again, until it is set right. */
    @Test
    void jobsWhoseClockIsAheadForgetNothing() {
        given(open(), 0, 2_000, NOW);
        Duration passed = Duration.ofHours(2);
        for (int job = 0; job < 5; job++) {
            given(open(), (job + 1) * 2_000, (job + 2) * 2_000, NOW.plus(passed).plus(AHEAD));
            passed = passed.plusMinutes(10);
        }
        known(open(), 0, 12_000, NOW.plus(passed));
        given(open(), 12_000, 22_000, NOW.plus(passed.multipliedBy(2)).plus(AHEAD));
        known(open(), 0, 22_000, NOW.plus(passed));
    }

    @Test
    void whoKnewLessThanWasTakenOutReadsTheFileFromItsBeginning() throws IOException {
        FeedbackIds one = open();
        FeedbackIds behind = open();
        for (int i = 0; i < 1_000; i++) {
            assertThat(first(one, i)).isTrue();
        }
        assertThat(first(behind, 0)).isFalse(); // it has read up to here
        long read = Files.size(file);

        lived = Duration.ofHours(2);
        Instant later = NOW.plus(lived);
        int id = 1_000;
        long shortest = read;
        while (shortest == read || Files.size(file) <= read) { // written anew, and then longer than it was
            assertThat(one.first(id(id++), later, later.plusSeconds(60))).isTrue();
            shortest = Math.min(shortest, Files.size(file));
        }
        for (int i = 1_000; i < id; i++) {
            assertThat(behind.first(id(i), later, later.plusSeconds(60))).isFalse();
        }
    }

    @Test
    void anInterruptedThreadIsServedAndStaysInterrupted() {
        FeedbackIds ids = FeedbackIds.inFile(file);
        Thread.currentThread().interrupt();
        assertThat(first(ids, 1)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(first(ids, 1)).isFalse();
    }

    @Test
    void inMemoryTheLatestAreRemembered() {
        FeedbackIds ids = FeedbackIds.inMemory(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(first(ids, i)).isTrue();
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(first(ids, i)).isFalse();
        }
        assertThat(first(ids, 1_000)).isTrue();
        assertThat(first(ids, 1)).isFalse();
        assertThat(first(ids, 0)).isTrue();
        assertThatThrownBy(() -> FeedbackIds.inMemory(0)).hasMessageContaining("most is 0: expected 1 to 10000000");
        assertThat(ids.first(id(0), NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(2))))
                .isFalse();
    }

    private static final Duration QUARTER = Duration.ofDays(90);
    private static final Duration AHEAD = Duration.ofDays(365);

    private static void given(FeedbackIds ids, int from, int to, Instant now) {
        for (int i = from; i < to; i++) {
            assertThat(ids.first(id(i), now, now.plus(QUARTER))).as("%d", i).isTrue();
        }
    }

    private static void known(FeedbackIds ids, int from, int to, Instant now) {
        for (int i = from; i < to; i++) {
            assertThat(ids.first(id(i), now, now.plus(QUARTER))).as("%d", i).isFalse();
        }
    }

    /** Another process has just given 100 ids; this one's clock is ahead at first, and then again. */
    private void aClockAheadForgetsNothing(FeedbackIds ids) {
        given(ids, 100, 2_000, NOW.plus(AHEAD));
        lived = Duration.ofMinutes(5);
        given(ids, 2_000, 2_100, NOW.plus(lived));
        known(ids, 100, 200, NOW.plus(lived));
        lived = Duration.ofHours(3);
        given(ids, 2_100, 8_000, NOW.plus(lived).plus(AHEAD));
        lived = Duration.ofHours(4);
        known(ids, 100, 8_000, NOW.plus(lived));
    }

    @Test
    void inAFileAClockAheadForgetsNothing() {
        given(open(), 0, 100, NOW);
        FeedbackIds ids = open();
        aClockAheadForgetsNothing(ids);
        known(ids, 0, 100, NOW.plus(lived));
    }

    @Test
    void inMemoryAClockAheadForgetsNothing() {
        aClockAheadForgetsNothing(new MemoryFeedbackIds(100_000, () -> lived.toNanos()));
    }

    @Test
    void inMemoryWhatHasExpiredIsForgotten() {
        FeedbackIds ids = new MemoryFeedbackIds(100_000, () -> lived.toNanos());
        given(ids, 0, 100, NOW);
        lived = QUARTER.plusHours(1);
        assertThat(ids.first(id(-1), NOW.plus(lived), NOW.plus(lived).plusSeconds(60)))
                .isTrue();
        assertThat(ids.first(id(0), NOW.plus(lived), NOW.plus(lived).plusSeconds(60)))
                .as("nobody asks after it has expired")
                .isTrue();
    }

    /** The lock is the system's: in one process a monitor would do. */
    @Test
    @Timeout(120)
    void ofThreeProcessesAtOnceOneIsFirstWithEachId() throws Exception {
        List<Process> processes = new ArrayList<>();
        List<BufferedReader> said = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FeedbackProcess.class.getName(),
                                file.toString())
                        .redirectError(directory.resolve("err" + i).toFile())
                        .start();
                processes.add(process);
                said.add(process.inputReader(StandardCharsets.UTF_8));
            }
            for (BufferedReader each : said) {
                assertThat(each.readLine()).isEqualTo("ready");
            }
            for (Process each : processes) {
                each.outputWriter().write("go");
                each.outputWriter().flush();
            }
            List<Integer> firsts = new ArrayList<>();
            for (BufferedReader each : said) {
                each.lines().map(Integer::valueOf).forEach(firsts::add);
            }
            assertThat(firsts).hasSize(FeedbackProcess.IDS).doesNotHaveDuplicates();
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }
}
