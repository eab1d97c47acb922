package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Receipt;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does when all is well. */
class CommandTest {

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

    private List<Entry> entries() {
        try (FileControlLog reader = FileControlLog.view(log)) {
            return reader.read(0, 10_000);
        }
    }

    private Entry last() {
        List<Entry> entries = entries();
        return entries.get(entries.size() - 1);
    }

    @Test
    void killIsStoredWithWhatWasTyped() {
        CommandRun kill =
                run("kill", "credit", "--version", "v2", "--where=region=eu", "--reason", "approval rate fell");

        assertThat(kill.code()).as("%s", kill).isZero();
        assertThat(kill.err()).isEmpty();
        assertThat(last().type()).isEqualTo("kill");
        assertThat(last().decision().id()).isEqualTo(kill.killId());
        assertThat(last().gate()).isEqualTo("credit");
        assertThat(last().decision().data()).isEqualTo(Map.of("version", "v2", "attribute", "region", "value", "eu"));
        assertThat(last().decision().reason()).isEqualTo("approval rate fell");
        assertThat(last().decision().actor()).isEqualTo(System.getProperty("user.name"));
        assertThat(last().decision().authentication()).isEqualTo("os-user");
        assertThat(kill.out())
                .contains("KILLED credit/v2[region=eu]")
                .contains("version v2 of gate credit, for callers with region=eu and those without region")
                .contains("entry " + last().seq() + ", on disk in " + log)
                .contains("modelgate revive " + kill.killId() + " --log " + log);
    }

    @Test
    void whatWasTypedIsNoFileAndNoVariable() throws IOException {
        Path words = Files.writeString(directory.resolve("words"), "fraud");
        run("kill", "credit", "--reason", "@" + words, "--actor", "${user.home}");

        assertThat(last().decision().reason()).isEqualTo("@" + words);
        assertThat(last().decision().actor()).isEqualTo("${user.home}");
        run("kill", "credit", "--reason", "-5 % approvals, \"odd\" = yes", "--actor=--alice");
        assertThat(last().decision().reason()).isEqualTo("-5 % approvals, \"odd\" = yes");
        assertThat(last().decision().actor()).isEqualTo("--alice");
    }

    @Test
    void actorThatIsNamedIsAsserted() {
        run("kill", "credit", "--reason", "bad", "--actor", "alice");

        assertThat(last().decision().actor()).isEqualTo("alice");
        assertThat(last().decision().authentication()).isEqualTo("asserted");
    }

    @Test
    void killOfTheFleetSaysHowManyGatesItTurnsOff() {
        assertThat(run("kill", "*", "--reason", "all models misbehave").out()).contains("every gate: 2 gates");
        assertThat(last().gate()).isEqualTo("*");
        assertThat(run("status").out()).contains("credit KILLED:").contains("fraud KILLED:");
    }

    @Test
    void killOfStableSaysThatItIsStable() {
        assertThat(run("kill", "credit", "--version", "v1", "--reason", "bad").out())
                .contains("which is stable");
        assertThat(run("kill", "credit", "--version", "v2", "--reason", "bad").out())
                .doesNotContain("which is stable");
    }

    @Test
    void secondKillOfAScopeNamesTheFirst() {
        String first = run("kill", "credit", "--reason", "bad").killId();

        assertThat(run("kill", "credit", "--reason", "still bad").out()).contains("it was off before, by " + first);
    }

    @Test
    void statusShowsEveryEngagedKillAndEveryGate() {
        assertThat(run("status").out())
                .contains("no kill is engaged")
                .contains("2 gates:")
                .contains("credit: stable v1, versions v1, v2")
                .contains("fraud: stable m1, versions m1");

        String version = run("kill", "credit", "--version", "v2", "--reason", "approval fell", "--actor", "alice")
                .killId();
        String region = run("kill", "credit", "--where", "region=eu", "--reason", "regulator")
                .killId();

        CommandRun status = run("status");
        assertThat(status.code()).isZero();
        assertThat(status.out())
                .contains("2 kills engaged:")
                .containsPattern(version + "  credit/v2  by alice \\(asserted\\)  20.*Z \\(.* ago\\): approval fell")
                .containsPattern(region + "  credit\\[region=eu]  by .* \\(os-user\\) .*: regulator")
                .contains("credit KILLED for region=eu: stable v1, versions v1, v2 KILLED");
        assertThat(status.out().stripTrailing().lines().reduce((a, b) -> b).orElseThrow())
                .startsWith(
                        "head: entry " + last().seq() + ", " + last().decision().at());
    }

    @Test
    void statusShowsTheLastWeightOfARollout() {
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            Actor actor = Actor.of("carol");
            gates.append(gates.decision(
                    "r-1", "rollout", "credit", actor, "", Map.of("rollout", "r", "version", "v2", "weight", 1_000L)));
            gates.append(gates.decision(
                    "w-1", "rollout-weight", "credit", actor, "", Map.of("rollout", "r", "weight", 25_500L)));
        }

        assertThat(run("status").out()).contains("#4 rollout-weight  rollout=r  weight=25.5%");
    }

    @Test
    void reviveReleasesOneKillAndNamesTheOthers() {
        String gate = run("kill", "credit", "--reason", "first").killId();
        String fleet = run("kill", "*", "--reason", "second").killId();
        run("kill", "fraud", "--reason", "elsewhere");

        CommandRun revive = run("revive", gate, "--reason", "fixed", "--actor", "bob");

        assertThat(revive.code()).as("%s", revive).isZero();
        assertThat(revive.out())
                .contains("REVIVED credit at")
                .contains("released  " + gate)
                .contains("1 kill still on this scope")
                .contains(fleet)
                .doesNotContain("elsewhere");
        assertThat(last().texts("kills")).containsExactly(gate);
        assertThat(last().decision().reason()).isEqualTo("fixed");
        assertThat(run("status").out()).contains("2 kills engaged").contains(fleet);
    }

    @Test
    void commandThatAKillPrintsRevivesIt() {
        CommandRun kill = run("kill", "credit", "--reason", "bad");
        String line = kill.out()
                .lines()
                .filter(text -> text.startsWith("  revive"))
                .findFirst()
                .orElseThrow();
        String[] words = line.strip().split(" +", -1);

        CommandRun revive =
                CommandRun.of(Map.of(), List.of(words).subList(2, words.length).toArray(String[]::new));

        assertThat(revive.code()).as("%s", revive).isZero();
        assertThat(revive.out()).contains("nothing else on this scope");
        assertThat(run("status").out()).contains("no kill is engaged");
    }

    @Test
    void printedCommandSurvivesAShell() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("it's a dir")).resolve("my $log");
        CommandRun.declareGates(odd);
        CommandRun kill = CommandRun.of(
                Map.of("MODELGATE_COMMAND", "/opt/model gate"),
                "kill",
                "credit",
                "--reason",
                "x",
                "--log",
                odd.toString());
        String printed = kill.out()
                .lines()
                .filter(line -> line.contains("revive"))
                .findFirst()
                .orElseThrow();
        String command = printed.substring(printed.indexOf("'/opt"));

        Process shell = new ProcessBuilder("sh", "-c", "set -- " + command + "; printf '%s\\n' \"$@\"").start();

        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                .containsExactly("/opt/model gate", "revive", kill.killId(), "--log", odd.toString());
    }

    @Test
    void logShowsTheLastEntriesInOrder() {
        run("kill", "credit", "--version", "v2", "--reason", "first");
        run("kill", "fraud", "--reason", "second", "--actor", "Alice B");

        assertThat(run("log").out().lines()).hasSize(4);
        CommandRun two = run("log", "--last", "2");
        assertThat(two.code()).isZero();
        assertThat(two.out().lines()).hasSize(2);
        assertThat(two.out())
                .containsPattern("#3  20.*Z  kill credit  id=kill-.*  version=v2  by .* \\(os-user\\): first")
                .containsPattern("#4  20.*Z  kill fraud  id=kill-.*  by \"Alice B\" \\(asserted\\): second");
        assertThat(run("log", "--last", "1").out()).contains("#4").doesNotContain("#3");
        assertThat(run("log").out()).contains("declare credit  attributes=region  stable=v1  versions=v1,v2");
    }

    @Test
    void defaultOfLogIsTwentyEntries() {
        for (int i = 0; i < 25; i++) {
            run("kill", "credit", "--reason", "bad " + i);
        }
        assertThat(run("log").out().lines()).hasSize(20);
        assertThat(run("log", "--last", "1000").out().lines()).hasSize(27);
    }

    @Test
    void verifySaysWhereTheChainEnds() {
        run("kill", "credit", "--reason", "bad");

        for (CommandRun verify : List.of(
                run("log", "verify"),
                CommandRun.of(Map.of(), "log", "verify", log.toString()),
                CommandRun.of(Map.of(), "log", "verify", "--log", log.toString()))) {
            assertThat(verify.code()).isZero();
            assertThat(verify.out()).contains("3 entries", "hash " + last().hash(), "\nverified");
        }
    }

    @Test
    void helpSaysOfEachCommandWhatItWorksOn() {
        assertThat(run("budget", "--help").out()).contains("--api URL").doesNotContain("--log", "--redis");
        assertThat(run("log", "--help").out())
                .startsWith("usage: modelgate log [--last N]")
                .contains("modelgate log tail | verify | export | seal | archive");
        assertThat(run("--help").out())
                .contains("budget works through a console alone", "console serves a control log");
    }

    @Test
    void helpIsNoError() {
        assertThat(run("help").code()).isZero();
        assertThat(run("--help").out()).contains("status", "kill", "revive", "log verify", "log seal", "exit code");
        assertThat(run("kill", "--help").out()).startsWith("usage: modelgate kill");
        assertThat(run("kill", "credit", "--reason", "x", "-h").code()).isZero();
        assertThat(entries()).as("help kills nothing").hasSize(2);
    }

    @Test
    void everythingWorksWhileOthersAppend() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try (Gates other = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            Future<Integer> appended = writer.submit(() -> {
                int count = 0;
                while (!stop.get()) {
                    String id = UUID.randomUUID().toString();
                    Receipt note = other.append(other.decision(id, "note", "credit", Actor.of("load"), "", Map.of()));
                    count += note.stored(Duration.ofSeconds(30)) ? 1 : 0;
                }
                return count;
            });
            for (int i = 0; i < 20; i++) {
                assertThat(run("kill", "credit", "--reason", "bad").code()).isZero();
                assertThat(run("status"))
                        .satisfies(ok -> assertThat(ok.code()).as("%s", ok).isZero());
                assertThat(run("log", "verify"))
                        .satisfies(ok -> assertThat(ok.code()).as("%s", ok).isZero());
            }
            stop.set(true);
            int others = appended.get();
            assertThat(others).isPositive();
            assertThat(entries()).hasSize(2 + 20 + others);
            assertThat(run("status").out()).contains("20 kills engaged");
        } finally {
            stop.set(true);
            writer.shutdownNow();
        }
    }

    @Test
    void lookingChangesNoFile() throws IOException {
        run("kill", "credit", "--reason", "bad");
        Files.writeString(log, Files.readString(log) + "{\"v\":1,\"seq\":4"); // a writer that died
        Files.delete(directory.resolve("modelgate.log.key"));
        Files.delete(directory.resolve("modelgate.log.lock"));
        byte[] before = Files.readAllBytes(log);

        assertThat(run("status").out()).contains("1 kill engaged");
        assertThat(run("log").code()).isZero();
        assertThat(run("log", "verify").out())
                .contains("14 bytes of an unfinished line")
                .contains("\nverified");
        assertThat(run("revive").err()).contains("which kill?");

        assertThat(Files.readAllBytes(log)).isEqualTo(before);
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("modelgate.log", "modelgate.log.head");
        }
    }
}
