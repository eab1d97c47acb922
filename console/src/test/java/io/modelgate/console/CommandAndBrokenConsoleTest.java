package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.control.FileControlLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says of a console that breaks off, is silent, or answers something else. */
@Timeout(120)
class CommandAndBrokenConsoleTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String KILLS = "/api/v1/kills";
    private static final String ID = "kill-0123456789ab";
    private static final String CONFIRMATION = KILLS + "/" + ID + "/confirmation";

    @TempDir
    Path directory;

    private final BrokenConsole console;

    CommandAndBrokenConsoleTest() throws IOException {
        console = new BrokenConsole();
    }

    @AfterEach
    void close() {
        console.close();
    }

    private static String killed(boolean stored, boolean serving, String more) {
        return "{\"kill\":{\"id\":\"" + ID + "\",\"scope\":{\"gate\":\"credit\"},\"on\":\"credit\",\"actor\":\"alice\","
                + "\"authentication\":\"token\",\"reason\":\"x\",\"at\":\"2026-11-21T03:00:00Z\"},\"stored\":" + stored
                + ",\"serving\":" + serving + ",\"inFlight\":0" + more + "}";
    }

    private static String confirmation(long seq) {
        return "{\"seq\":" + seq + ",\"complete\":false,\"confirmed\":[],\"pending\":[],\"silent\":[]}";
    }

    private CommandRun kill(String... more) {
        return console.run(Stream.concat(Stream.of("kill", "credit", "--reason", "x"), Stream.of(more))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | {"title":"Failed","status":500,"detail":"out of order"} | out of order
            429 | {"title":"Later","status":429,"detail":"too many requests"} | too many requests
            401 | {"title":"Who","status":401,"detail":"nobody has this token"} | nobody has this token
            400 | {"title":"Bad","status":400,"detail":"what wait"} | what wait
            200 | <html>a proxy</html> | not what a console does
            """)
    void aKillThatWasMadeIsSaidWhateverComesOfItsConfirmation(int status, String body, String why) throws IOException {
        console.on(KILLS, 201, killed(true, true, "")).on(CONFIRMATION, status, body);

        CommandRun kill = kill();

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.DONE);
        assertThat(kill.err()).isEmpty();
        assertThat(kill.out())
                .contains("KILLED credit at", ID, "cannot be told: ", why, "revive  modelgate revive " + ID);
        JsonNode json = Contract.MAPPER.readTree(kill("--json").out());
        assertThat(json.at("/kill/id").asText()).isEqualTo(ID);
        assertThat(json.has("confirmation")).isFalse();
    }

    @Test
    void aKillThatSomebodyRevivedMeanwhileIsNotSaidToBeInForce() throws IOException {
        console.on(KILLS, 201, killed(true, true, ""))
                .on(CONFIRMATION, 404, "{\"title\":\"Not found\",\"status\":404,\"detail\":\"it was revived\"}");

        CommandRun kill = kill();

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.out()).contains("KILLED credit at", ID);
        assertThat(kill.err()).contains(ID + " was killed and is in force no more: it was revived");
        assertThat(Contract.MAPPER.readTree(kill("--json").out()).at("/kill/id").asText())
                .isEqualTo(ID);
    }

    @Test
    void aKillThatNoProcessHasHeardOfIsNoKill() throws IOException {
        console.on(KILLS, 201, killed(false, false, "")).on(CONFIRMATION, 200, confirmation(0));

        CommandRun kill = kill("--confirm", "0");

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.out()).isEmpty();
        assertThat(kill.err()).contains("NOT KILLED yet: " + ID + " on credit is not stored", "it is tried on");
        JsonNode json =
                Contract.MAPPER.readTree(kill("--confirm", "0", "--json").out());
        assertThat(json.at("/kill/id").asText()).isEqualTo(ID);
        assertThat(json.get("stored").asBoolean()).isFalse();
    }

    @Test
    void aKillThatIsStoredWhileItsConfirmationIsWaitedForIsOne() throws IOException {
        console.on(KILLS, 201, killed(false, false, "")).on(CONFIRMATION, 200, confirmation(7));

        CommandRun kill = kill("--confirm", "0");

        assertThat(kill.code()).as("%s", kill).isZero();
        assertThat(kill.out()).contains("KILLED credit at", "stored  entry 7");
    }

    @Test
    void aKillThatIsInForceInOneProcessAloneSaysSoAndWhy() throws IOException {
        console.on(KILLS, 201, killed(false, true, ",\"problem\":\"the disk is full\""))
                .on(CONFIRMATION, 200, confirmation(0));

        CommandRun kill = kill("--confirm", "0");

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.out()).contains("KILLED credit at", "stored  NOT YET", "gave up: the disk is full");
        assertThat(kill.err())
                .contains("KILLED ONLY IN the process of", "not tried any more: the disk is full")
                .doesNotContain("tried on");
    }

    @Test
    void aDecisionWhoseAnswerBreaksOffMayBeMadeAllTheSame() {
        console.cut(KILLS, 201, "{\"kill\":");

        CommandRun kill = kill();

        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        assertThat(kill.err()).contains("broke off", "IT MAY BE DONE ALL THE SAME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"kills\":["})
    void aConsoleThatGoesSilentIsGivenUp(String begins) {
        console.silentAfter(KILLS, begins).silentAfter("/api/v1/log/export", begins);

        CommandRun kill = console.run(SHORT, "kill", "credit", "--reason", "x");
        assertThat(kill.code()).as("%s", kill).isEqualTo(Command.FAILED);
        // A decision's answer may take no longer in all than it may be silent: once it has begun, either may come
        // first.
        assertThat(kill.err())
                .containsAnyOf("nothing came for 0.3 s", "it was not whole within 0.3 s")
                .contains("IT MAY BE DONE ALL THE SAME");

        Path copy = directory.resolve("copy.log");
        CommandRun export = console.run(SHORT, "log", "export", copy.toString());
        assertThat(export.code()).as("%s", export).isEqualTo(Command.FAILED);
        assertThat(export.err()).contains("nothing came for 0.3 s");
        assertThat(copy).doesNotExist();
    }

    @Test
    void aTailConnectsAgainAfterSilenceWhereTheLastEventOfAnyKindWas() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        CompletableFuture<String> asked = new CompletableFuture<>();
        console.on("/api/v1/log", 200, "{\"entries\":[]}").on("/api/v1/events", exchange -> {
            if (connections.incrementAndGet() > 1) {
                asked.complete(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
            }
            console.silent(exchange, "id: 0-00000000\nevent: state\ndata: {}\n\n");
        });
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Thread tail = new Thread(() -> Command.run(
                List.of("log", "tail", "--follow", "--api", console.url()),
                Map.of("MODELGATE_TOKEN", Token.generate().text()),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                SHORT));
        tail.start();
        try {
            assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo("0-00000000");
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("nothing came for 0.3 s", "connecting again");
        } finally {
            console.close();
            while (tail.isAlive()) { // Ctrl-C ends it anywhere; an interrupt, between two connections
                tail.interrupt();
                tail.join(100);
            }
        }
    }

    @Test
    void anExportThatIsCutIsNone() throws IOException {
        Path log = directory.resolve("modelgate.log");
        CommandRun.declareGates(log);
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            gates.kill(Scope.gate("credit"), Actor.of("alice"), "x").stored(Duration.ofSeconds(20));
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(3);
        String hash = Contract.MAPPER.readTree(lines.get(2)).get("hash").asText();
        AtomicInteger given = new AtomicInteger(3);
        console.on("/api/v1/log/export", exchange -> {
            byte[] body = (String.join("\n", lines.subList(0, given.get())) + "\n").getBytes(StandardCharsets.UTF_8);
            if (given.get() > 1) {
                exchange.getResponseHeaders().set(ExportFile.THROUGH, "3");
                exchange.getResponseHeaders().set(ExportFile.HASH, hash);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        Path copy = directory.resolve("copy.log");

        given.set(2);
        CommandRun cut = console.run("log", "export", copy.toString());
        assertThat(cut.code()).as("%s", cut).isEqualTo(Command.FAILED);
        assertThat(cut.err()).contains("it was cut: it ends with entry 2", "\"3\"");
        assertThat(copy).doesNotExist();

        given.set(1);
        CommandRun unknown = console.run("log", "export", copy.toString());
        assertThat(unknown.err()).contains("does not say where its export ends");
        assertThat(copy).doesNotExist();

        given.set(3);
        assertThat(console.run("log", "export", copy.toString()).code()).isZero();
        assertThat(copy).hasSameBinaryContentAs(log);
    }
}
