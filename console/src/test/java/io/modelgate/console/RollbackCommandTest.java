package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one word and a gate undo at 3 a.m. */
class RollbackCommandTest {

    private static final Caller CANDIDATES = Caller.of("c-1");
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void declareGates() {
        log = directory.resolve("modelgate.log");
        CommandRun.declareGates(log);
        appends("declare", "versions", Map.of("v3", Map.of(), "v4", Map.of()));
    }

    private CommandRun run(String... args) {
        return CommandRun.of(Map.of("MODELGATE_LOG", log.toString()), args);
    }

    private CommandRun rollback(String... more) {
        return run(
                Stream.concat(Stream.of("rollback", "credit"), Stream.of(more)).toArray(String[]::new));
    }

    /** Appends an entry of alice's about credit, as other programs may. */
    private void appends(String type, Object... data) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < data.length; i += 2) {
            map.put((String) data[i], data[i + 1]);
        }
        try (FileControlLog writer = FileControlLog.open(log)) {
            writer.append(List.of(new Decision(
                    UUID.randomUUID().toString(),
                    Instant.parse("2026-11-21T03:00:00Z"),
                    type,
                    false,
                    "credit",
                    "alice",
                    "asserted",
                    "because",
                    map)));
        }
    }

    private void starts(String rollout, String version, long weight) {
        appends(
                "rollout",
                "rollout",
                rollout,
                "version",
                version,
                "weight",
                weight,
                "salt",
                "0123456789abcdef",
                "policy",
                Map.of());
    }

    private void promotes(String version) {
        appends("promote", "version", version);
    }

    private Entry last() {
        try (FileControlLog reader = FileControlLog.view(log)) {
            List<Entry> entries = reader.read(0, 10_000);
            return entries.get(entries.size() - 1);
        }
    }

    private void rolledBack(CommandRun run, String from, String to) {
        assertThat(run.code()).as("%s", run).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("ROLLED BACK credit from " + from + " to " + to + " at ")
                .contains("serves  " + to + ", to everyone")
                .contains("entry " + last().seq() + ", on disk in " + log);
        assertThat(last().type()).isEqualTo("rollback");
        assertThat(last().decision().data()).isEqualTo(Map.of("from", from, "to", to));
    }

    private void refused(CommandRun run, String... says) {
        Entry before = last();
        assertThat(run.code()).as("%s", run).isEqualTo(Command.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(List.of(says)).allSatisfy(word -> assertThat(run.err()).contains(word));
        assertThat(last().seq()).isEqualTo(before.seq());
    }

    @Test
    void aDraftThatNobodyHasSeenIsNotWhatIsUndone() {
        appends("promote", "version", "v3");
        appends("rollout", "rollout", "r-1", "version", "v4", "weight", 0L, "policy", Map.of("name", "careful"));
        assertThat(rollback().out()).contains("from v3 to v1");
        assertThat(rollback().code()).as("the promotion is undone").isEqualTo(Command.USAGE);
    }

    @Test
    void aDraftThatWasAbortedDoesNotHideThePromotionBeforeIt() {
        appends("promote", "version", "v3");
        appends("rollout", "rollout", "r-1", "version", "v4", "weight", 0L, "policy", Map.of("name", "careful"));
        appends("rollout-abort", "rollout", "r-1");
        assertThat(rollback().out()).contains("from v3 to v1");
    }

    @Test
    void rolloutThatRunsLosesItsCallers() {
        starts("r", "v2", 1_000);
        appends("rollout-weight", "rollout", "r", "weight", 25_500L);

        CommandRun run = rollback("--reason", "approval fell", "--actor", "bob");

        rolledBack(run, "v2", "v1");
        assertThat(run.out())
                .containsPattern(
                        "before  v2 had 25.5% of the callers, under rollout since 20.*Z \\(.* ago\\) by alice \\(asserted\\)");
        assertThat(last().decision().reason()).isEqualTo("approval fell");
        assertThat(last().decision().actor()).isEqualTo("bob");
        assertThat(run("status").out()).contains("credit: stable v1").doesNotContain("rollout: v2");
    }

    @Test
    void candidateThatWasTakenBackDoesNotStandIn() {
        promotes("v2");
        promotes("v3");
        starts("r", "v2", 1_000);
        rolledBack(rollback(), "v2", "v3");

        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> "one")
                            .version("v2", x -> "two")
                            .version("v3", x -> {
                                throw new IllegalStateException("broken");
                            })
                            .fallback(Ladder.of(l -> l.previousVersion())));
            assertThat(gate.call("x", CANDIDATES)).isEqualTo("one");
        }
    }

    @Test
    void promotedVersionGoesAndThePreviousOneComesBack() {
        starts("r", "v2", 1_000);
        promotes("v2");
        appends("rollout-end", "rollout", "r", "kind", "complete");

        CommandRun run = rollback();

        rolledBack(run, "v2", "v1");
        assertThat(run.out())
                .containsPattern("before  v2 was stable since 20.* by alice")
                .containsPattern("before  and under rollout before, since 20.* by alice");
        assertThat(run("status").out()).contains("credit: stable v1");
    }

    @Test
    void promotedVersionThatIsStillWatchedIsWhatGoes() {
        starts("r", "v2", 1_000);
        appends("promote", "version", "v2", "rollout", "r", "holdback", 1_000L);
        starts("s", "v3", 1_000); // which the fold passes over while r goes on

        rolledBack(rollback(), "v2", "v1");
        starts("s", "v3", 1_000);
        rolledBack(rollback(), "v3", "v1");
    }

    @Test
    void runningProcessServesThePreviousVersion() {
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            ModelGate<String, String> gate =
                    gates.gate("credit", g -> g.stable("v1", x -> "one").version("v2", x -> "two"));
            assertThat(gate.version("v2").promote(Actor.of("alice"), "good").stored(SOON))
                    .isTrue();
            assertThat(gate.call("x", CANDIDATES)).isEqualTo("two");

            rolledBack(rollback(), "v2", "v1");

            Await.until(() -> gates.applied() >= last().seq());
            assertThat(gate.call("x", CANDIDATES)).isEqualTo("one");
        }
    }

    @Test
    void newestChangeIsWhatIsUndone() {
        promotes("v2");
        starts("r", "v3", 5_000);

        rolledBack(rollback(), "v3", "v2");
    }

    @Test
    void secondRollbackUndoesNothingMore() {
        promotes("v2");
        promotes("v3");
        rolledBack(rollback("--actor", "bob", "--reason", "v3 is bad"), "v3", "v2");

        refused(
                rollback("--actor", "carol"),
                "NOTHING TO UNDO on credit: v3 was taken back already",
                "by bob (asserted): v3 is bad",
                "v2 is stable",
                "modelgate rollback credit --to v1 --log " + log);
    }

    @Test
    void rolloutThatSomebodyEndedOrAbortedIsNotUndoneAgain() {
        promotes("v2");
        starts("r", "v3", 5_000);
        appends("rollout-abort", "rollout", "r");
        refused(rollback(), "v3 was taken back already", "rollout-abort");

        starts("s", "v3", 5_000);
        appends("rollout-end", "rollout", "s");
        refused(rollback(), "v3 was taken back already", "rollout-end");
    }

    @Test
    void whatStandsInTheHintWorks() {
        promotes("v2");
        promotes("v3");
        rollback();
        String hint = rollback().err();
        String[] words = hint.substring(hint.indexOf("`modelgate ") + 11, hint.lastIndexOf('`'))
                .split(" ", -1);

        CommandRun run = CommandRun.of(Map.of(), words);

        rolledBack(run, "v2", "v1");
    }

    @Test
    void namedVersionIsGoneBackToWhateverRuns() {
        promotes("v2");
        starts("r", "v3", 5_000);

        CommandRun run = rollback("--to", "v1");

        rolledBack(run, "v2", "v1");
        assertThat(run.out()).contains("the rollout of v3 ends with it");
        refused(rollback("--to", "v1"), "v1 is stable");
        refused(rollback("--to", "v4"), "never stable", "[v2]");
    }

    @Test
    void versionsThatAreKilledOrWereRolledBackAreNotGoneBackTo() {
        promotes("v2");
        promotes("v3");
        run("kill", "credit", "--version", "v2", "--reason", "bad");
        rolledBack(rollback(), "v3", "v1");
        promotes("v4");
        run("kill", "credit", "--version", "v1", "--reason", "bad too");

        refused(rollback(), "NO VERSION TO GO BACK TO on credit", "stable before v4", "modelgate kill credit");
        refused(rollback("--to", "v1"), "which is killed");
        rolledBack(rollback("--to", "v3"), "v4", "v3");
    }

    @Test
    void killOfWhatIsRestoredIsSaid() {
        promotes("v2");
        String id = run("kill", "credit", "--where", "region=eu", "--reason", "regulator")
                .killId();

        assertThat(rollback().out()).contains("killed  " + id).contains("callers get the ladder");
    }

    @Test
    void haltedRolloutIsEndedToo() {
        starts("r", "v2", 1_000);
        run("kill", "credit", "--version", "v2", "--reason", "bad");
        assertThat(run("status").out()).contains("rollout: v2 has no callers, because a kill halted it");

        CommandRun run = rollback();

        rolledBack(run, "v2", "v1");
        assertThat(run.out()).contains("v2 had no callers, because a kill halted its rollout");
    }

    @Test
    void gateWhereNothingChangedHasNothingToUndo() {
        refused(rollback(), "NOTHING TO UNDO on credit: v1 is stable since it was declared");
    }

    @Test
    void statusShowsTheRolloutThatRuns() {
        starts("r", "v2", 1_000);
        appends("rollout-weight", "rollout", "r", "weight", 25_500L);
        assertThat(run("status").out()).containsPattern("rollout: v2 has 25.5% of the callers, since 20.* ago");

        appends("rollout-end", "rollout", "r");
        assertThat(run("status").out()).doesNotContain("rollout: v2");
    }

    @Test
    void entriesThatMakeNoSenseAreNoChange() {
        promotes("v2");
        appends("rollout", "rollout", "r");
        appends("rollout", "version", "v3", "weight", -1L, "rollout", "r");
        appends("rollout-end", "rollout", "other");
        appends("rollback", "from", "v9");
        appends("promote");

        rolledBack(rollback(), "v2", "v1");
    }

    @Test
    void twoPeopleAtOnceUndoOneChange() throws Exception {
        promotes("v2");
        promotes("v3");
        ExecutorService people = Executors.newFixedThreadPool(4);
        try {
            Callable<CommandRun> person = this::rollback;
            int done = 0;
            for (Future<CommandRun> run : people.invokeAll(List.of(person, person, person, person))) {
                assertThat(run.get().code()).isIn(Command.DONE, Command.USAGE);
                done += run.get().code() == Command.DONE ? 1 : 0;
            }
            assertThat(done).isEqualTo(1);
            assertThat(run("status").out()).contains("credit: stable v2");
        } finally {
            people.shutdownNow();
        }
    }

    @Test
    void rollbackThatIsNotStoredIsNoRollback() throws IOException {
        promotes("v2");
        Path inTheWay = Files.createDirectories(directory.resolve("modelgate.log.head.tmp/x"));

        CommandRun run = rollback();

        assertThat(run.code()).as("%s", run).isEqualTo(Command.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("NOT ROLLED BACK", "credit still has v2", "append failed", "head.tmp");
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        assertThat(run("status").out()).contains("credit: stable v2");
        rolledBack(rollback(), "v2", "v1");
    }
}
