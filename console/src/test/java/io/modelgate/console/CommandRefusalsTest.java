package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command does when something is wrong: a sentence, an exit code, and nothing else. */
class CommandRefusalsTest {

    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void declareGates() {
        log = directory.resolve("modelgate.log");
        CommandRun.declareGates(log);
    }

    private CommandRun run(String... args) {
        return CommandRun.of(Map.of("MODELGATE_LOG", log.toString()), args);
    }

    private static List<String> words(String command) {
        return List.of(command.split(" ", -1));
    }

    private void refused(CommandRun run, int code, String... says) {
        assertThat(run.code()).as("%s", run).isEqualTo(code);
        assertThat(run.err()).startsWith("modelgate: ").doesNotContain("\tat ");
        assertThat(List.of(says)).allSatisfy(word -> assertThat(run.err()).contains(word));
        assertThat(run.out()).isEmpty();
        assertThat(FileControlLog.verify(log).entries())
                .as("nothing was appended")
                .isEqualTo(2);
    }

    static Stream<List<String>> misunderstood() {
        return Stream.of(
                        "kil credit --reason x",
                        "kill --reason x",
                        "kill credit",
                        "kill credit --reason",
                        "kill credit --reason=",
                        "kill credit --reason --log",
                        "kill credit v2 --reason x",
                        "kill credit fraud --reason x",
                        "kill credit --reason x --reason y",
                        "kill credit --reason x --verison v2",
                        "kill credit --reason x -v v2",
                        "kill credit --reason x --last 3",
                        "kill credit --reason x --where region",
                        "kill credit --reason x --where =eu",
                        "kill credit --reason x --where region=",
                        "kill * --reason x --version v1",
                        "kill cre?dit --reason x",
                        "kill credit --reason x --actor=",
                        "revive a b",
                        "rollback",
                        "rollback *",
                        "rollback credit fraud",
                        "rollback credit --to",
                        "rollback credit --to v2",
                        "rollback credit --version v2",
                        "status kredit",
                        "status credit fraud",
                        "status --last 3",
                        "log --last 0",
                        "log --last -1",
                        "log --last many",
                        "log --last 99999999999",
                        "log 3",
                        "log verify a b",
                        "log verify x --log x",
                        "log seal",
                        "log seal --log x")
                .map(CommandRefusalsTest::words);
    }

    @ParameterizedTest
    @MethodSource("misunderstood")
    void whatIsNotUnderstoodDoesNothing(List<String> args) {
        refused(run(args.toArray(String[]::new)), Command.USAGE);
    }

    @Test
    void noCommandExplainsThemAll() {
        CommandRun run = run();
        assertThat(run.code()).isEqualTo(Command.USAGE);
        assertThat(run.err()).contains("usage: modelgate COMMAND");
    }

    @Test
    void unknownNamesListWhatThereIs() {
        refused(run("kill", "kredit", "--reason", "x"), Command.USAGE, "kredit", "[credit, fraud]");
        refused(run("kill", "credit", "--version", "v3", "--reason", "x"), Command.USAGE, "v3", "[v1, v2]");
        refused(run("kill", "credit", "--where", "land=eu", "--reason", "x"), Command.USAGE, "land", "[region]");
        refused(run("kill", "*", "--where", "land=eu", "--reason", "x"), Command.USAGE, "land", "[region]");
        refused(run("rollback", "kredit"), Command.USAGE, "kredit", "[credit, fraud]");
        refused(run("rollback", "credit", "--to", "v3"), Command.USAGE, "v3", "[v1, v2]");
    }

    @Test
    void reviveNeedsAnEngagedKill() {
        refused(run("revive"), Command.USAGE, "no kill is engaged");
        refused(run("revive", "kill-0123456789ab"), Command.USAGE, "kill-0123456789ab", "not engaged");

        String id = run("kill", "credit", "--reason", "bad").killId();

        assertThat(run("revive")).satisfies(which -> {
            assertThat(which.code()).isEqualTo(Command.USAGE);
            assertThat(which.err()).contains(id).contains("credit").contains("bad");
        });
        assertThat(run("revive", "kill-0123456789ab").err()).contains(id + " on credit");
        assertThat(run("revive", id).code()).isZero();
        assertThat(run("revive", id).code()).as("a second time").isEqualTo(Command.USAGE);
    }

    @Test
    void logThatDoesNotExistIsNeverCreated() throws IOException {
        Path typo = directory.resolve("sub").resolve("modelgate.lgo");
        Files.createDirectory(typo.getParent());
        for (String command : List.of(
                "status",
                "kill credit --reason x",
                "kill * --reason x",
                "revive",
                "revive k",
                "rollback credit",
                "log")) {
            String[] args = Stream.concat(words(command).stream(), Stream.of("--log", typo.toString()))
                    .toArray(String[]::new);
            refused(run(args), Command.USAGE, typo.toString());
        }
        refused(run("log", "verify", typo.toString()), Command.USAGE, typo.toString());
        refused(run("log", "seal", typo.toString()), Command.USAGE, typo.toString());
        try (Stream<Path> left = Files.list(typo.getParent())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void defaultLogIsInTheWorkingDirectory() {
        CommandRun run = CommandRun.of(Map.of("MODELGATE_LOG", ""), "status");
        refused(run, Command.USAGE, Path.of("modelgate.log").toAbsolutePath().toString());
    }

    @Test
    void emptyFileIsNotTheLogThatIsMeant() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));

        refused(run("kill", "*", "--reason", "x", "--log", empty.toString()), Command.USAGE, "is empty");
        refused(run("status", "--log", empty.toString()), Command.USAGE, "is empty");
        assertThat(directory.resolve("empty.head")).doesNotExist();
    }

    @Test
    void pathThatIsNoLogIsRefused() throws IOException {
        refused(run("status", "--log", directory.toString()), Command.FAILED, "directory");
        refused(run("kill", "credit", "--reason", "x", "--log", "a\0b"), Command.USAGE, "a\\u0000b");
        Path other = Files.writeString(directory.resolve("other"), "root:x:0:0\n");
        refused(run("kill", "*", "--reason", "x", "--log", other.toString()), Command.FAILED, other.toString());
        assertThat(other).hasContent("root:x:0:0\n");
    }

    @Test
    void brokenChainIsNotVerifiedAndTakesNoKill() throws IOException {
        List<String> lines = Files.readAllLines(log);
        Files.write(log, List.of(lines.get(0), lines.get(1).replace("fraud", "freud")));

        CommandRun verify = run("log", "verify");
        assertThat(verify.code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(verify.out()).contains("1 entry in an unbroken chain").contains("NOT VERIFIED: line 2 is bad");
        assertThat(verify.err()).contains("line 2").contains("changed");

        for (String command : List.of("status", "kill credit --reason x", "revive", "log")) {
            CommandRun run = run(words(command).toArray(String[]::new));
            assertThat(run.code()).as(command).isEqualTo(Command.FAILED);
            assertThat(run.err()).as(command).contains("line 2").doesNotContain("\tat ");
        }
        CommandRun seal = run("log", "seal", log.toString());
        assertThat(seal.code()).isEqualTo(Command.FAILED);
        assertThat(seal.err()).contains("line 2");
    }

    @Test
    void shortenedLogIsRefusedUntilItIsSealed() throws IOException {
        Files.writeString(log, Files.readAllLines(log).get(0) + "\n");
        assertThat(run("log", "verify").code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(run("status").code()).isEqualTo(Command.FAILED);

        CommandRun seal = run("log", "seal", log.toString());

        assertThat(seal.code()).as("%s", seal).isZero();
        assertThat(seal.out()).contains("sealed " + log).contains("head: entry 1");
        assertThat(run("log", "verify").code()).isZero();
        assertThat(run("status").out()).contains("1 gate:");
    }

    @Test
    void killThatIsNotStoredIsNoSuccess() throws IOException {
        // Nothing can be written over it: as on a full disk, also for a user who may do everything.
        Path inTheWay = Files.createDirectories(directory.resolve("modelgate.log.head.tmp/x"));

        CommandRun kill = CommandRun.of(
                Duration.ofMillis(300), Map.of("MODELGATE_LOG", log.toString()), "kill", "credit", "--reason", "bad");

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.out()).isEmpty();
        assertThat(kill.err()).contains("NOT KILLED", "credit", log.toString(), "append failed", "head.tmp");
        assertThat(run("status").out()).contains("no kill is engaged");

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        assertThat(run("kill", "credit", "--reason", "bad").code()).isZero();
    }

    @Test
    void reviveThatIsNotStoredIsNoSuccess() throws IOException {
        String id = run("kill", "credit", "--reason", "bad").killId();
        Files.createDirectories(directory.resolve("modelgate.log.head.tmp/x"));

        CommandRun revive = run("revive", id);

        assertThat(revive.code()).isEqualTo(Command.FAILED);
        assertThat(revive.out()).isEmpty();
        assertThat(revive.err()).contains("NOT REVIVED", id, "append failed");
        assertThat(run("status").out()).contains(id);
    }

    @Test
    void controlCharactersAreRefusedOnTheWayIn() {
        refused(run("kill", "credit", "--reason", "bad\u001b[2J"), Command.USAGE, "\\u001b[2J");
        refused(run("kill", "credit", "--reason", "x", "--actor", "al\nice"), Command.USAGE, "al\\u000aice");
        refused(run("kill", "credit\u001b]0;x\u0007", "--reason", "x"), Command.USAGE, "\\u001b");
        refused(run("ki\u001bll"), Command.USAGE, "\\u001b");
        refused(run("kill", "--re\u001bason=x"), Command.USAGE, "\\u001b");
        refused(run("status", "--log", "/no\u001b[31m"), Command.USAGE, "\\u001b[31m");
        refused(run("revive", "k\u202e"), Command.USAGE, "\\u202e");
    }

    @Test
    void hostileEntriesCannotDriveTheTerminal() {
        String hostile =
                "x\u001b[2J\r\n\u0007\u009b1m\u202egnp\u2066\u2028\u200b\ud83d \udb40\udc41 ok: \ud83d\ude00 \u65e5";
        Decision kill = new Decision(
                "k1", Instant.EPOCH, "kill", false, "credit", hostile, hostile, hostile, Map.of("version", hostile));
        Map<String, Object> data = Map.of(hostile, List.of(hostile), "weight", Map.of(hostile, hostile));
        Decision weight = new Decision(
                "k2", Instant.EPOCH, "rollout-weight", false, "fraud", "root (os-user)", "asserted", hostile, data);
        try (FileControlLog writer = FileControlLog.open(log)) {
            writer.append(List.of(kill, weight));
        }
        assertThat(run("status").code()).isZero();
        assertThat(run("log").code()).isZero();
        for (String command : List.of("status", "log", "revive", "revive nope", "kill nope --reason x", "log verify")) {
            CommandRun run = run(words(command).toArray(String[]::new));
            assertThat((run.out() + run.err()).replace("\n", "").codePoints())
                    .as(command)
                    .noneMatch(c -> Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.SURROGATE
                            || c == 0x2028);
        }
        assertThat(run("log").out()).contains("\ud83d\ude00 \u65e5").contains("by \"root (os-user)\" (asserted)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "3601", "soon", "1.5", "99999", ""})
    void aTimeToWaitOutOfRangeIsRefused(String seconds) {
        CommandRun refused = run("kill", "credit", "--reason", "bad", "--confirm=" + seconds);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--confirm is").contains("0 to 3600 seconds");
    }
}
