package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.ExposureLedger;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposuresCommandTest {

    @TempDir
    Path directory;

    private String log = "";
    private String folder = "";
    private String rollout = "";

    /** A rollout that reached ann, twice, and bob. */
    @BeforeEach
    void reach() {
        log = directory.resolve("modelgate.log").toString();
        folder = directory.resolve("exposures").toString();
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(Path.of(log))));
                Rollouts rollouts = Rollouts.open(
                        gates, r -> r.manual().exposures(ExposureLedger.in(Path.of(folder), e -> e.plainKeys())))) {
            assertThat(rollouts).isNotNull();
            ModelGate<String, String> gate = gates.gate(
                    "credit", g -> g.stable("v1", x -> x).version("v2", x -> x).router(Cohorts.router()));
            Rollout started = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Actor.of("alice"), "everyone");
            assertThat(started.stored(Duration.ofSeconds(20))).isTrue();
            rollout = started.id();
            Stream.of("ann", "bob", "ann").forEach(key -> gate.call("input", Caller.of(key)));
        }
    }

    private CommandRun run(String... more) {
        String[] words = Stream.concat(Stream.of("exposures", folder, "--log", log), Stream.of(more))
                .toArray(String[]::new);
        return CommandRun.of(Map.of(), words);
    }

    @Test
    void itSaysHowManyWereReached() {
        CommandRun run = run();
        assertThat(run.code()).isEqualTo(Command.DONE);
        assertThat(run.out())
                .contains(rollout + ": version v2 of credit answered 2 callers in 3 calls")
                .doesNotContain("ann");
    }

    @Test
    void theListGoesIntoAFileThatWasNotThere() throws IOException {
        Path csv = directory.resolve("reached.csv");
        CommandRun run = run("--rollout", rollout, "--csv", csv.toString());
        assertThat(run.code()).isEqualTo(Command.DONE);
        assertThat(Files.readAllLines(csv)).hasSize(3).anyMatch(line -> line.startsWith("ann,"));
        assertThat(run("--rollout", rollout, "--csv", csv.toString()).code()).isEqualTo(Command.USAGE);
    }

    @Test
    void aChangedFileIsNotVerified() throws IOException {
        assertThat(run("--verify").code()).isEqualTo(Command.DONE);
        Path file;
        try (Stream<Path> all = Files.walk(Path.of(folder))) {
            file = all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.writeString(file, "eve\t0\tx\n", StandardOpenOption.APPEND);
        CommandRun run = run("--verify");
        assertThat(run.code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(run.out()).contains("NOT AS IT WAS SEALED").contains("CHANGED");
        assertThat(run("--verify", "--json").out()).contains("\"sound\":false");
    }

    @Test
    void aRolloutThatIsGoneIsNotVerified() throws IOException {
        Path whole = Path.of(folder, rollout);
        try (Stream<Path> files = Files.list(whole)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(whole);
        CommandRun run = run("--verify");
        assertThat(run.code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(run.out()).contains(rollout + ": NOT AS IT WAS SEALED").contains("MISSING");
        assertThat(run("--verify", "--rollout", rollout).code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(run("--verify", "--rollout", rollout, "--csv", directory + "/x.csv")
                        .code())
                .isEqualTo(Command.USAGE);

        folder = Files.createDirectory(directory.resolve("another")).toString();
        assertThat(run("--verify").code()).as("a wrong folder").isEqualTo(Command.NOT_VERIFIED);
    }

    @Test
    void aRolloutThatReachedNobodyHasNothingToVerify() {
        String none;
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(Path.of(log))))) {
            ModelGate<String, String> gate = gates.gate(
                    "fraud", g -> g.stable("v1", x -> x).version("v2", x -> x).router(Cohorts.router()));
            Rollout started = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Actor.of("alice"), "everyone");
            assertThat(started.stored(Duration.ofSeconds(20))).isTrue();
            none = started.id();
        }
        CommandRun run = run("--verify", "--rollout", none);
        assertThat(run.code()).isEqualTo(Command.DONE);
        assertThat(run.out()).contains(none + ": nothing was sealed");
    }

    @Test
    void whatIsNotThereIsAnError() {
        assertThat(run("--rollout", "none").err()).contains("rollout \"none\" has no exposures", rollout);
        CommandRun verified = run("--rollout", "none", "--verify");
        assertThat(verified.code()).isEqualTo(Command.USAGE);
        assertThat(verified.err())
                .contains("rollout \"none\" has no exposures", "the control log knows of none", rollout);
        assertThat(run("--csv", "x.csv").code()).isEqualTo(Command.USAGE);
        assertThat(CommandRun.of(Map.of(), "exposures", directory + "/nothing").code())
                .isEqualTo(Command.USAGE);
    }
}
