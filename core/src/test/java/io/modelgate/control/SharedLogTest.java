package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes, and several instances of one process, at one log. */
@Timeout(120)
class SharedLogTest {

    private static final int EACH = 100;

    @TempDir
    Path directory;

    @Test
    void processesAndInstancesThatAppendAtOnceMakeOneChain() throws Exception {
        Path path = directory.resolve("modelgate.log");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ChildJvm one = new ChildJvm(AppendingProcess.class, path.toString(), "one-", "" + EACH, "10");
                ChildJvm two = new ChildJvm(AppendingProcess.class, path.toString(), "two-", "" + EACH, "5000");
                FileControlLog here = FileControlLog.open(path);
                FileControlLog there = FileControlLog.open(path)) {
            // The processes are up and appending before this one begins.
            assertThat(one.line()).isEqualTo("stored one-0");
            assertThat(two.line()).isEqualTo("stored two-0");
            List<Callable<List<Entry>>> tasks = List.of(
                    () -> append(here, "here-a-"),
                    () -> append(here, "here-b-"),
                    () -> append(there, "there-a-"),
                    () -> append(there, "there-b-"));
            List<Entry> appended = new ArrayList<>();
            for (Future<List<Entry>> task : threads.invokeAll(tasks)) {
                appended.addAll(task.get());
            }
            assertThat(one.remainingLines()).hasSize(EACH - 1).last().isEqualTo("stored one-" + (EACH - 1));
            assertThat(two.remainingLines()).hasSize(EACH - 1).last().isEqualTo("stored two-" + (EACH - 1));

            List<Entry> all = Decisions.all(here);
            assertThat(all).containsAll(appended);
            assertThat(all.stream().map(Entry::seq))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 6 * EACH).boxed().toList());
            for (String prefix : List.of("one-", "two-", "here-a-", "here-b-", "there-a-", "there-b-")) {
                // Each writer's entries in its order, none missing, none twice.
                assertThat(Decisions.ids(all).stream().filter(id -> id.startsWith(prefix)))
                        .containsExactlyElementsOf(IntStream.range(0, EACH)
                                .mapToObj(i -> prefix + i)
                                .toList());
            }
            assertThat(Decisions.all(there)).isEqualTo(all);
            assertThat(FileControlLog.verify(path)).isEqualTo(new Verification(6 * EACH, here.head(), 0, 0, null));
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Entry> append(ControlLog log, String prefix) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            entries.addAll(log.append(Decisions.kills(prefix + i)));
        }
        return entries;
    }

    @Test
    void anotherProcessFollows() throws Exception {
        Path path = directory.resolve("modelgate.log");
        try (FileControlLog log = FileControlLog.open(path);
                ChildJvm other = new ChildJvm(FollowingProcess.class, path.toString())) {
            for (int i = 1; i <= 10; i++) {
                log.append(Decisions.kills("k-" + i));
                assertThat(other.line()).isEqualTo(i + " k-" + i);
            }
        }
    }
}
