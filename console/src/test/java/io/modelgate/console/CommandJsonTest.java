package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a log, for programs and for rollouts. */
class CommandJsonTest {

    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(10), Duration.ofMinutes(10), 100)
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
            .soak(Duration.ofHours(1)));

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

    private static JsonNode json(CommandRun run) throws IOException {
        assertThat(run.out().lines()).as("%s", run).hasSize(1);
        return Contract.MAPPER.readTree(run.out());
    }

    @Test
    void whatALogSaysHasTheShapesOfTheApi() throws IOException {
        JsonNode killed = json(run("kill", "credit", "--reason", "bad \u001b x", "--json"));
        assertThat(killed.get("title").asText()).as("control characters").isEqualTo("Not understood");
        killed = json(run("kill", "credit", "--reason", "bad \u202e x", "--json"));
        Contract.conforms("Kill", killed.get("kill").toString());
        Contract.conforms("Confirmation", killed.get("confirmation").toString());
        assertThat(killed.at("/kill/reason").asText()).isEqualTo("bad \u202e x");
        assertThat(run("status", "--json").out())
                .as("nothing that turns a line around")
                .doesNotContain("\u202e");

        JsonNode status = json(run("status", "--json"));
        status.get("kills").forEach(each -> Contract.conforms("Kill", each.toString()));
        status.get("gates").forEach(each -> Contract.conforms("GateSummary", each.toString()));
        Contract.conforms("Log", status.get("log").toString());
        assertThat(status.at("/gates/0/state").asText()).isEqualTo("KILLED");
        Contract.conforms("Gate", run("status", "credit", "--json").out());
        Contract.conforms("LogPage", run("log", "--last", "2", "--json").out());
        assertThat(json(run("log", "tail", "--last", "1", "--json"))
                        .at("/entries/0/seq")
                        .asInt())
                .isEqualTo(3);
        String id = killed.at("/kill/id").asText();
        Contract.conforms("Revived", run("revive", id, "--json").out());
        assertThat(json(run("log", "verify", "--json")).get("verified").asBoolean())
                .isTrue();
        Path copy = directory.resolve("copy");
        JsonNode exported = json(run("log", "export", copy.toString(), "--from", "2", "--json"));
        assertThat(exported.get("entries").asInt()).isEqualTo(3);
        assertThat(Files.readAllLines(copy)).isEqualTo(Files.readAllLines(log).subList(1, 4));
        assertThat(json(run("token", "--json")).get("token").asText()).matches(Token::isToken);
        assertThat(json(run("completion", "--json")).get("script").asText()).contains("rollback");
        assertThat(json(run("log", "seal", log.toString(), "--json")).get("seq").asInt())
                .isEqualTo(4);
    }

    @Test
    void whatGoesWrongIsAProblemAndTheCodeStays() throws IOException {
        CommandRun unknown = run("kill", "kredit", "--reason", "x", "--json");
        assertThat(unknown.code()).isEqualTo(Command.USAGE);
        Contract.conforms("Problem", unknown.out());
        assertThat(json(unknown).get("detail").asText()).contains("kredit", "[credit, fraud]");
        assertThat(unknown.err()).contains("kredit");
        Contract.conforms("Problem", run("frobnicate", "--json").out());
        Contract.conforms("Problem", run("revive", "--json").out());
        Files.writeString(log, Files.readString(log).replace("fraud", "freud"));
        CommandRun status = run("status", "--json");
        assertThat(status.code()).isEqualTo(Command.FAILED);
        assertThat(json(status).get("status").asInt()).isEqualTo(503);
        CommandRun verify = run("log", "verify", "--json");
        assertThat(verify.code()).isEqualTo(Command.NOT_VERIFIED);
        assertThat(json(verify).get("verified").asBoolean()).isFalse();
    }

    @Test
    void aRolloutOfALogIsSeenAndSteeredWithoutItsModels() throws IOException {
        Path own = directory.resolve("own.log");
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(own)));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual())) {
            ModelGate<String, String> credit = gates.gate(
                    "credit", g -> g.stable("v1", x -> x).version("v2", x -> x).router(Cohorts.router()));
            gates.<String, String>gate("fraud", g -> g.stable("m1", x -> x).router(Cohorts.router()));
            assertThat(rollouts.start(credit, "v2", POLICY, Actor.of("alice"), "canary")
                            .stored(Duration.ofSeconds(20)))
                    .isTrue();
            CommandRun status = CommandRun.of(Map.of(), "rollout", "status", "credit", "--log", own.toString());
            assertThat(status.code()).as("%s", status).isZero();
            assertThat(status.out()).contains("credit: v2 after v1", "careful", "by alice: canary");
            Contract.conforms(
                    "Rollout",
                    CommandRun.of(Map.of(), "--json", "--log", own.toString(), "rollout", "status", "credit")
                            .out());
            Contract.conforms(
                    "Rollouts",
                    CommandRun.of(Map.of(), "--json", "--log", own.toString(), "rollout", "status")
                            .out());
            long before = gates.log().head().seq();
            assertThat(before).as("looking appends nothing").isEqualTo(3);

            String[] pause = {
                "rollout", "pause", "credit", "--reason", "a doubt", "--actor", "bob", "--log", own.toString()
            };
            CommandRun paused = CommandRun.of(Map.of(), pause);
            assertThat(paused.code()).as("%s", paused).isZero();
            assertThat(paused.out()).contains("DONE: pause the rollout of credit", "entry 4, on disk in " + own);
            assertThat(gates.log().read(3, 1).get(0).decision().actor()).isEqualTo("bob");
            CommandRun twice = CommandRun.of(Map.of(), pause);
            assertThat(twice.code()).isEqualTo(Command.USAGE);
            assertThat(twice.err()).startsWith("modelgate: NOT DONE: ");
            CommandRun abort =
                    CommandRun.of(Map.of(), "rollout", "abort", "credit", "--reason", "fell", "--log", own.toString());
            assertThat(abort.code()).as("%s", abort).isZero();
            assertThat(CommandRun.of(Map.of(), "rollout", "pause", "fraud", "--reason", "x", "--log", own.toString())
                            .code())
                    .isEqualTo(Command.USAGE);
        }
        assertThat(CommandRun.of(Map.of(), "rollout").err()).contains("expected one of", "promote");
        assertThat(CommandRun.of(Map.of(), "rollout", "pause", "credit", "--log", own.toString())
                        .err())
                .contains("--reason TEXT is missing");
    }

    @Test
    void aShellReadsTheScriptOfItsCompletion() throws Exception {
        CommandRun made = run("completion", "zsh");
        assertThat(made.code()).isZero();
        Path script = Files.writeString(directory.resolve("completion"), made.out());
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script
                                + " && COMP_WORDS=(modelgate log ex) COMP_CWORD=2 && _complete_modelgate 2>/dev/null"
                                + " && echo \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        assertThat(said.strip()).isEqualTo("export");
        assertThat(run("completion", "fish").code()).isEqualTo(Command.USAGE);
    }

    @Test
    void anOptionOfAGroupDoesNotGetLost() {
        CommandRun run = run("log", "--last", "3", "verify");
        assertThat(run.code()).isEqualTo(Command.USAGE);
        assertThat(run.err()).contains("--last stands before \"verify\"");
        assertThat(CommandRun.of(Map.of(), "--log", log.toString(), "log", "verify")
                        .code())
                .isZero();
    }
}
