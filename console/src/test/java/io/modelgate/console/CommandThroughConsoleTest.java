package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Weight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command through a console of a process that serves. */
@Timeout(120)
class CommandThroughConsoleTest {

    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(10), Duration.ofMinutes(10), 100)
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
            .soak(Duration.ofHours(1)));

    @TempDir
    Path directory;

    private final Map<Role, Token> tokens = new HashMap<>();
    private Gates gates;
    private Rollouts rollouts;
    private ModelGate<String, String> credit;
    private Console console;

    @BeforeEach
    void serve() {
        gates = Gates.open(g -> g.controlLog(FileControlLog.open(directory.resolve("modelgate.log"))));
        rollouts = Rollouts.open(gates, r -> r.manual());
        credit = gates.gate(
                "credit",
                g -> g.stable("v1", x -> "one")
                        .version("v2", x -> "two")
                        .attributes("region")
                        .router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.degrade("safe"))));
        Await.required(() -> !gates.log().instances().isEmpty()); // the gate is declared, and this process listed
        console = Console.start(gates, c -> {
            c.port(0).rollouts(rollouts);
            for (Role role : Role.values()) {
                Token token = Token.generate();
                tokens.put(role, token);
                c.token("the-" + role.name().toLowerCase(java.util.Locale.ROOT), role, token.hash());
            }
        });
    }

    @AfterEach
    void close() {
        console.close();
        rollouts.close();
        gates.close();
    }

    private CommandRun run(Role role, String... args) {
        return CommandRun.of(
                Map.of(
                        "MODELGATE_API",
                        console.address().toString(),
                        "MODELGATE_TOKEN",
                        tokens.get(role).text()),
                args);
    }

    private JsonNode json(CommandRun run) throws IOException {
        assertThat(run.out().lines()).as("%s", run).hasSize(1);
        return Contract.MAPPER.readTree(run.out());
    }

    private Entry last() {
        return gates.log().read(gates.log().head().seq() - 1, 1).get(0);
    }

    @Test
    void aKillIsInForceAndSaysWhereAndTheTokenSaysWhoDidIt() {
        CommandRun kill = run(Role.OPERATOR, "kill", "credit", "--reason", "approvals fell", "--confirm", "30");

        assertThat(kill.code()).as("%s", kill).isZero();
        assertThat(kill.err()).isEmpty();
        assertThat(kill.out())
                .contains("KILLED credit at", "gate credit, with all its versions", "in the control log of ")
                .contains(gates.log().instance() + " has it in force")
                .contains("revive  modelgate revive " + kill.killId());
        assertThat(credit.call("x", Caller.of("a"))).isEqualTo("safe");
        assertThat(last().decision().actor()).isEqualTo("the-operator");
        assertThat(last().decision().authentication()).isEqualTo(Access.BY_TOKEN);
        assertThat(last().decision().id()).isEqualTo(kill.killId());
        Await.until(
                () -> run(Role.VIEWER, "status").out().contains("head: entry 2")); // a console's state is a moment old
        assertThat(run(Role.VIEWER, "status").out())
                .contains("1 kill engaged", kill.killId(), "credit KILLED: stable v1", "1 process:", "head: entry 2");

        CommandRun silent = run(Role.APPROVER, "revive", kill.killId());
        assertThat(silent.code()).isEqualTo(Command.USAGE);
        assertThat(silent.err()).contains("NOT REVIVED: --reason TEXT is missing");

        CommandRun revive = run(Role.APPROVER, "revive", kill.killId(), "--reason", "fixed");
        assertThat(revive.code()).as("%s", revive).isZero();
        assertThat(revive.out()).contains("REVIVED credit", "nothing else on this scope");
        assertThat(credit.call("x", Caller.of("a"))).isEqualTo("one");
    }

    @Test
    void whatARoleMayNotDoIsRefusedWithACodeOfItsOwnAndNothingIsDone() {
        long before = gates.log().head().seq();
        CommandRun kill = run(Role.VIEWER, "kill", "credit", "--reason", "x");
        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.REFUSED);
        assertThat(kill.out()).isEmpty();
        assertThat(kill.err()).startsWith("modelgate: the-viewer is VIEWER").contains("OPERATOR");

        CommandRun stranger = CommandRun.of(
                Map.of("MODELGATE_TOKEN", Token.generate().text()),
                "kill",
                "credit",
                "--reason",
                "x",
                "--api",
                console.address().toString());
        assertThat(stranger.code()).isEqualTo(Command.REFUSED);
        assertThat(gates.kills()).isEmpty();
        assertThat(gates.log().read(before, 100))
                .noneMatch(entry -> entry.type().equals("kill"));

        String id = run(Role.OPERATOR, "kill", "*", "--reason", "all").killId();
        assertThat(run(Role.APPROVER, "revive", id, "--reason", "x").code()).isEqualTo(Command.REFUSED);
        assertThat(run(Role.ADMIN, "revive", id, "--reason", "x").code()).isZero();
    }

    @Test
    void unknownNamesListWhatThereIs() {
        CommandRun gate = run(Role.OPERATOR, "kill", "kredit", "--reason", "x");
        assertThat(gate.code()).isEqualTo(Command.USAGE);
        assertThat(gate.err()).contains("kredit", "[credit]").doesNotContain("\tat ");
        assertThat(run(Role.OPERATOR, "kill", "credit", "--version", "v9", "--reason", "x")
                        .err())
                .contains("v9", "[v1, v2]");
        assertThat(run(Role.VIEWER, "status", "kredit").code()).isEqualTo(Command.USAGE);
        assertThat(run(Role.APPROVER, "revive", "kill-0123456789ab", "--reason", "x")
                        .code())
                .isEqualTo(Command.USAGE);
    }

    @Test
    void jsonIsWhatTheApiSays() throws IOException {
        JsonNode killed = json(run(
                Role.OPERATOR, "kill", "credit", "--version", "v2", "--where", "region=eu", "--reason", "x", "--json"));
        Contract.conforms("Confirmation", killed.get("confirmation").toString());
        Contract.conforms("Kill", killed.get("kill").toString());
        assertThat(killed.get("stored").asBoolean()).isTrue();

        JsonNode status = json(run(Role.VIEWER, "--json", "status"));
        Contract.conforms("Log", status.get("log").toString());
        status.get("gates").forEach(each -> Contract.conforms("GateSummary", each.toString()));
        assertThat(status.get("kills")).hasSize(1);
        Contract.conforms("Gate", run(Role.VIEWER, "status", "credit", "--json").out());
        Contract.conforms("LogPage", run(Role.VIEWER, "log", "--json").out());
        Contract.conforms("Budgets", run(Role.VIEWER, "budget", "--json").out());
        Contract.conforms(
                "Rollouts", run(Role.VIEWER, "rollout", "status", "--json").out());
        String id = killed.at("/kill/id").asText();
        Contract.conforms(
                "Revived",
                run(Role.APPROVER, "revive", id, "--reason", "x", "--json").out());

        CommandRun refused = run(Role.VIEWER, "kill", "credit", "--reason", "x", "--json");
        Contract.conforms("Problem", refused.out());
        assertThat(json(refused).get("status").asInt()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo(Command.REFUSED);
        CommandRun misspelt = run(Role.VIEWER, "kill", "credit", "--reson", "x", "--json");
        Contract.conforms("Problem", misspelt.out());
        assertThat(misspelt.code()).isEqualTo(Command.USAGE);
    }

    @Test
    void aRolloutIsSeenAndSteered() throws IOException {
        assertThat(rollouts.start(credit, "v2", POLICY, Actor.of("alice"), "canary")
                        .stored(Duration.ofSeconds(20)))
                .isTrue();
        CommandRun status = run(Role.VIEWER, "rollout", "status", "credit");
        assertThat(status.code()).as("%s", status).isZero();
        assertThat(status.out())
                .contains("credit: v2 after v1", "10% of the callers", "careful", "because canary", "by alice: canary");
        Contract.conforms(
                "Rollout",
                run(Role.VIEWER, "rollout", "status", "credit", "--json").out());

        assertThat(run(Role.OPERATOR, "rollout", "pause", "credit", "--reason", "a doubt")
                        .code())
                .isZero();
        assertThat(run(Role.VIEWER, "rollout", "status").out()).contains("PAUSED");
        assertThat(run(Role.OPERATOR, "rollout", "resume", "credit", "--reason", "x")
                        .code())
                .isEqualTo(Command.REFUSED);
        assertThat(run(Role.APPROVER, "rollout", "resume", "credit", "--reason", "no doubt")
                        .out())
                .startsWith("DONE: resume the rollout of credit");
        CommandRun back = run(Role.OPERATOR, "rollback", "credit", "--reason", "fell");
        assertThat(back.code()).as("%s", back).isZero();
        assertThat(back.out()).contains("ROLLED BACK credit from v2 to v1", "serves  v1");
        CommandRun again = run(Role.OPERATOR, "rollout", "abort", "credit", "--reason", "twice");
        assertThat(again.code()).as("%s", again).isEqualTo(Command.USAGE);
    }

    @Test
    void theLogIsReadExportedAndVerifiedHere() throws IOException {
        run(Role.OPERATOR, "kill", "credit", "--reason", "bad");
        assertThat(run(Role.VIEWER, "log", "--last", "1").out()).containsPattern("#2  .* kill credit .*: bad");
        CommandRun verify = run(Role.VIEWER, "log", "verify");
        assertThat(verify.code()).as("%s", verify).isZero();
        assertThat(verify.out()).contains("2 entries in an unbroken chain", last().hash(), "\nverified");

        Path copy = directory.resolve("copy.log");
        CommandRun export = run(Role.VIEWER, "log", "export", copy.toString());
        assertThat(export.code()).as("%s", export).isZero();
        assertThat(copy).hasSameBinaryContentAs(directory.resolve("modelgate.log"));
        assertThat(run(Role.VIEWER, "log", "export", copy.toString()).err()).contains("exists");
    }

    @Test
    void aTailGoesOnWithWhatComesAndOverALostConnection() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int port = console.address().getPort();
        Map<String, String> env = Map.of(
                "MODELGATE_API",
                console.address().toString(),
                "MODELGATE_TOKEN",
                tokens.get(Role.VIEWER).text());
        Thread tail = new Thread(() -> Command.run(
                List.of("log", "tail", "--last", "1", "--follow"),
                env,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
        tail.start();
        try {
            shows(out, err, "#1  ");
            gates.kill(Scope.gate("credit"), Actor.of("bob"), "first");
            shows(out, err, "bob (asserted): first");
            console.close();
            shows(err, out, "connecting again");
            gates.kill(Scope.gate("credit"), Actor.of("bob"), "while it was away");
            console = Console.start(
                    gates,
                    c -> c.port(port)
                            .token("alice", Role.VIEWER, tokens.get(Role.VIEWER).hash()));
            gates.kill(Scope.gate("credit"), Actor.of("bob"), "last");
            shows(out, err, "bob (asserted): last");
        } finally {
            console.close();
            while (tail.isAlive()) { // Ctrl-C ends it anywhere; an interrupt, between two connections
                tail.interrupt();
                tail.join(100);
            }
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" ", 2)[0]))
                .as("each once, in order")
                .containsExactly("#1", "#2", "#3", "#4");
    }

    private static void shows(ByteArrayOutputStream where, ByteArrayOutputStream other, String text) {
        Await.until(() -> where.toString(StandardCharsets.UTF_8).contains(text));
        assertThat(where.toString(StandardCharsets.UTF_8)).as("%s", other).contains(text);
    }

    @Test
    void aConsoleThatCannotBeReachedTurnsNothingOff() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        CommandRun kill = CommandRun.of(
                Map.of("MODELGATE_TOKEN", tokens.get(Role.OPERATOR).text()),
                "--api",
                "http://127.0.0.1:" + port,
                "kill",
                "credit",
                "--reason",
                "x");
        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.err()).contains("cannot be reached", "NOTHING was done");
        assertThat(kill.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://gates.example.com",
                "http://192.0.2.7:7710",
                "http://localhost.example.com",
                "http://127.0.0.1.example.com",
                "ftp://127.0.0.1",
                "http://user:secret@127.0.0.1",
                "http://127.0.0.1/?token=secret",
                "127.0.0.1:7710",
                "http://"
            })
    void aTokenGoesNowhereUnencryptedAndIsNotPartOfAUrl(String url) {
        CommandRun status =
                CommandRun.of(Map.of("MODELGATE_TOKEN", tokens.get(Role.VIEWER).text()), "status", "--api", url);
        assertThat(status.code()).as("%s", status).isEqualTo(Command.USAGE);
        assertThat(status.err())
                .contains("--api")
                .doesNotContain("secret", tokens.get(Role.VIEWER).text());
    }

    @Test
    void aTokenIsNotSentOnToWhereTheConsoleSends() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.getResponseHeaders().set("Location", console.address().toString());
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        elsewhere.start();
        try {
            CommandRun kill = CommandRun.of(
                    Map.of("MODELGATE_TOKEN", tokens.get(Role.OPERATOR).text()),
                    "kill",
                    "credit",
                    "--reason",
                    "x",
                    "--api",
                    "http://127.0.0.1:" + elsewhere.getAddress().getPort());
            assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
            assertThat(kill.err()).contains("sends on to", "where no token is sent");
            assertThat(asked).hasValue(1);
            assertThat(gates.kills()).isEmpty();
        } finally {
            elsewhere.stop(0);
        }
    }

    @Test
    void aTokenIsInTheEnvironmentOrInAFile() throws IOException {
        String address = console.address().toString();
        CommandRun none = CommandRun.of(Map.of(), "status", "--api", address);
        assertThat(none.code()).isEqualTo(Command.USAGE);
        assertThat(none.err()).contains("MODELGATE_TOKEN", "--token-file");

        Path file = Files.writeString(
                directory.resolve("token"), tokens.get(Role.VIEWER).text() + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        CommandRun quiet = CommandRun.of(Map.of(), "status", "--api", address, "--token-file", file.toString());
        assertThat(quiet.code()).as("%s", quiet).isZero();
        assertThat(quiet.err()).isEmpty();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        CommandRun loose = CommandRun.of(Map.of(), "status", "--api", address, "--token-file", file.toString());
        assertThat(loose.code()).isZero();
        assertThat(loose.err()).contains("others can read the token", "chmod 600 " + file);

        Files.writeString(file, "two words\n");
        CommandRun bad = CommandRun.of(Map.of(), "status", "--api", address, "--token-file", file.toString());
        assertThat(bad.code()).isEqualTo(Command.USAGE);
        assertThat(bad.err()).contains(file.toString(), "no token").doesNotContain("two words");
    }

    @Test
    void whatIsMeantIsSaidOnce() {
        String log = directory.resolve("modelgate.log").toString();
        List<CommandRun> both = new ArrayList<>();
        both.add(run(Role.VIEWER, "status", "--api", console.address().toString(), "--log", log));
        both.add(CommandRun.of(Map.of("MODELGATE_API", console.address().toString(), "MODELGATE_LOG", log), "status"));
        both.add(run(Role.OPERATOR, "kill", "credit", "--reason", "x", "--actor", "bob"));
        both.add(CommandRun.of(Map.of("MODELGATE_LOG", log), "status", "--insecure"));
        both.add(CommandRun.of(Map.of("MODELGATE_LOG", log), "budget"));
        assertThat(both).allSatisfy(run -> {
            assertThat(run.code()).as("%s", run).isEqualTo(Command.USAGE);
            assertThat(run.out()).isEmpty();
        });
        assertThat(gates.kills()).isEmpty();
        assertThat(run(Role.VIEWER, "status", "--log", log).out())
                .as("what is typed counts before the environment")
                .contains("credit: stable v1, versions v1, v2");
    }
}
