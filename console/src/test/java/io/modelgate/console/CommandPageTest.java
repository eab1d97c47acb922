package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Weight;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/command.md and docs/runbook.md say of the command is so. */
@Timeout(120)
class CommandPageTest {

    private static final Path PAGE = Path.of("../docs/command.md");
    private static final Path RUNBOOK = Path.of("../docs/runbook.md");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @TempDir
    Path directory;

    private final Token token = Token.generate();
    private Path log;
    private Gates gates;
    private Rollouts rollouts;
    private Console console;
    private ModelGate<String, String> credit;

    @BeforeEach
    void serve() throws IOException {
        log = directory.resolve("modelgate.log");
        gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)));
        rollouts = Rollouts.open(gates, r -> r.manual());
        credit = gates.gate(
                "credit-risk",
                g -> g.stable("v1", x -> x)
                        .version("v2", x -> x)
                        .attributes("region")
                        .router(Cohorts.router()));
        ModelGate<String, String> fraud =
                gates.gate("fraud", g -> g.stable("m1", x -> x).version("m2", x -> x));
        fraud.version("m2").promote(Actor.of("alice"), "better").stored(Duration.ofSeconds(20));
        console = Console.start(gates, c -> c.port(0).rollouts(rollouts).token("alice", Role.ADMIN, token.hash()));
        Files.createDirectory(directory.resolve("exposures"));
        Path config = Files.writeString(directory.resolve("console.yaml"), configuration());
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    }

    /** As the page has it. */
    private static String configuration() throws IOException {
        String page = Files.readString(PAGE);
        String begin = "```yaml\n";
        int from = page.indexOf(begin) + begin.length();
        return page.substring(from, page.indexOf("```", from));
    }

    @AfterEach
    void close() {
        console.close();
        rollouts.close();
        gates.close();
    }

    private void rollout() {
        Await.until(
                () -> gates.applied() >= gates.log().head().seq()); // what the command decided is in force here soon
        gates.kills()
                .forEach(kill ->
                        gates.revive(kill.id(), Actor.of("alice"), "over").stored(Duration.ofSeconds(20)));
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("careful")
                .step(Weight.percent(10), Duration.ofMinutes(10), 100)
                .manualStep(Weight.percent(50), Duration.ofMinutes(10), 100)
                .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
                .soak(Duration.ofHours(1)));
        assertThat(rollouts.start(credit, "v2", policy, r -> r.afterAbort(), Actor.of("alice"), "canary")
                        .stored(Duration.ofSeconds(20)))
                .isTrue();
    }

    private static List<String> commands(Path page, String name) throws IOException {
        return Files.readAllLines(page).stream()
                .map(line -> line.replaceFirst("^    ", ""))
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1).replaceFirst(" +# .*", ""))
                .toList();
    }

    private static String[] words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3));
        }
        return words.toArray(String[]::new);
    }

    private CommandRun run(String command) {
        if (command.startsWith("rollout promote")) { // takes who has looked at the evidence
            Await.until(() -> gates.applied() >= gates.log().head().seq());
            rollouts.tick();
        }
        Map<String, String> env = command.startsWith("budget") || command.startsWith("rollout promote")
                ? Map.of("MODELGATE_API", console.address().toString(), "MODELGATE_TOKEN", token.text())
                : Map.of("MODELGATE_LOG", log.toString());
        return CommandRun.of(env, words(command));
    }

    @Test
    void everyExampleRuns() throws Exception {
        Set<String> shown = new TreeSet<>();
        String killed = "";
        for (String each : commands(PAGE, "modelgate")) {
            String command = each.replace("KILL-ID", killed)
                    .replace("copy.log", directory.resolve("copy.log").toString())
                    .replace("exposures exposures", "exposures " + directory.resolve("exposures"))
                    .replace("seal modelgate.log", "seal " + log);
            shown.add(words(command)[0]);
            if (command.startsWith("console")) {
                servesUntilItIsStopped(command);
                continue;
            }
            if (command.startsWith("rollback credit") || command.startsWith("rollout status credit")) {
                rollout(); // is taken back by the one, and steered after the other
            }
            CommandRun run = run(command);
            assertThat(run.code()).as("%s: %s", command, run).isEqualTo(Command.DONE);
            killed = command.startsWith("kill") ? run.killId() : killed;
        }
        Set<String> there = new TreeSet<>();
        CommandRun help = CommandRun.of(Map.of(), "help");
        Matcher name = Pattern.compile("(?m)^  ([a-z]+)  +[A-Z]").matcher(help.out());
        while (name.find()) {
            there.add(name.group(1));
        }
        there.remove("help");
        assertThat(shown).as("the page shows every command").isEqualTo(there);
    }

    /** In a process of its own, as it ends only with that. */
    private void servesUntilItIsStopped(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Command.class.getName()));
        words.addAll(List.of(words(command)));
        words.addAll(List.of("--log", log.toString(), "--json"));
        Process process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).as(Files.readString(directory.resolve("err"))).isNotNull();
            String address = Contract.MAPPER.readTree(line).get("address").asText();
            CommandRun nobody =
                    CommandRun.of(Map.of("MODELGATE_TOKEN", Token.generate().text()), "status", "--api", address);
            assertThat(nobody.code()).as("%s", nobody).isEqualTo(Command.REFUSED);
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theRunbookNamesOnlyWhatThereIs() throws IOException {
        for (String each : commands(RUNBOOK, "./modelgate")) {
            List<String> words = new ArrayList<>(List.of(words(each)));
            words.add("--help");
            CommandRun run = CommandRun.of(Map.of(), words.toArray(String[]::new));
            assertThat(run.code()).as("%s: %s", each, run).isZero();
        }
        assertThat(commands(RUNBOOK, "./modelgate")).hasSizeGreaterThan(10);
    }

    @Test
    void thePageExplainsEveryKeyOfTheConfiguration() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(ConsoleFile.KEYS).allSatisfy(key -> assertThat(page).contains("| `" + key + "` |"));
    }

    @Test
    void theExitCodesAreThoseOfTheHelp() throws IOException {
        String codes = Files.readString(PAGE).split("## Exit codes", 2)[1];
        String help = CommandRun.of(Map.of(), "help").out().split("exit code: ", 2)[1];
        for (int code : List.of(Command.DONE, Command.FAILED, Command.USAGE, Command.NOT_VERIFIED, Command.REFUSED)) {
            assertThat(codes).contains("| " + code + " |");
            assertThat(help).containsPattern("(^|; |\\n *)" + code + " ");
        }
        assertThat(codes).doesNotContain("| 5 |");
    }
}
