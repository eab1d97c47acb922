package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.fallback.Ladder;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.testkit.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One console for a whole fleet: two processes serve from a log on Redis, and the console, which serves no model, decides for both. */
@Timeout(180)
class ConsoleOnRedisTest {

    private static final String MODEL = "model";
    private static final String SAFE = "safe";
    private static final long SECONDS = 30;

    @TempDir
    Path directory;

    private RedisServer redis;
    private Console console;
    private final List<Serving> fleet = new ArrayList<>();

    /** A process that serves, and what it answers, each answer once until another comes. */
    private record Serving(Process process, BlockingQueue<String> answers, Path errors) {

        void answers(String expected) throws Exception {
            String answer = answers.poll(SECONDS, TimeUnit.SECONDS);
            assertThat(answer).as(Files.readString(errors)).isEqualTo(expected);
        }
    }

    /** What such a process runs: its arguments are the log's URI, a directory and its name. */
    static final class Server {

        private static final long BETWEEN_CALLS = TimeUnit.MILLISECONDS.toNanos(5);

        private Server() {}

        public static void main(String[] args) throws IOException {
            try (Gates gates = Gates.open(g -> g.controlLog(() -> RedisControlLog.open(
                    r -> r.uri(args[0]).directory(Path.of(args[1])).instance(args[2]))))) {
                ModelGate<String, String> gate = gates.gate(
                        "credit-risk", g -> g.stable("v1", input -> MODEL).fallback(Ladder.of(l -> l.degrade(SAFE))));
                String before = "";
                while (System.in.available() == 0) {
                    String answer = gate.call("application", Caller.of("user-42"));
                    if (!answer.equals(before)) {
                        System.out.println(answer);
                        before = answer;
                    }
                    LockSupport.parkNanos(BETWEEN_CALLS);
                }
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().start();
        for (String name : List.of("server-1", "server-2", "console")) {
            Files.createDirectory(directory.resolve(name));
        }
        fleet.add(serve("server-1"));
        fleet.add(serve("server-2"));
        for (Serving each : fleet) {
            each.answers(MODEL);
        }
        console = Console.standalone(
                () -> RedisControlLog.open(r -> r.uri(redis.uri())
                        .directory(directory.resolve("console"))
                        .instance("console")),
                c -> TwoProcesses.staff(c.port(0)));
        Client operator = new Client(console, TwoProcesses.OPERATOR);
        // They serve before the log has their gate, and are listed after that.
        Await.required(() -> operator.get("/api/v1/gates/credit-risk").status() == 200);
        Await.required(() ->
                names(operator.get("/api/v1/instances").at("/instances")).containsAll(List.of("server-1", "server-2")));
    }

    private Serving serve(String name) throws IOException {
        Path errors = directory.resolve(name + ".err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        redis.uri(),
                        directory.resolve(name).toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(answers::add);
            } catch (IOException | UncheckedIOException e) {
                answers.add(e.toString());
            }
        });
        reader.setDaemon(true);
        reader.start();
        return new Serving(process, answers, errors);
    }

    @AfterEach
    void stop() throws Exception {
        if (console != null) {
            console.close();
        }
        for (Serving each : fleet) {
            each.process().destroyForcibly().waitFor();
        }
        if (redis != null) {
            redis.close();
        }
    }

    private static List<String> names(JsonNode instances) {
        return StreamSupport.stream(instances.spliterator(), false)
                .map(each -> each.at("/name").asText())
                .toList();
    }

    @Test
    void aKillFromOutsideIsConfirmedByBothProcessesAndSoIsItsRevive() throws Exception {
        Client operator = new Client(console, TwoProcesses.OPERATOR);
        JsonNode gate = operator.get("/api/v1/gates/credit-risk").json();
        assertThat(gate.at("/summary/here").asBoolean()).isFalse();
        assertThat(gate.at("/summary").has("traffic")).isFalse();

        Client.Answer killed =
                operator.post("/api/v1/kills", Map.of("gate", "credit-risk", "reason", "approval rate fell"));
        assertThat(killed.status()).isEqualTo(201);
        String kill = "/api/v1/kills/" + killed.at("/kill/id").asText();
        Await.until(() ->
                operator.get(kill + "/confirmation?wait=1000").at("/complete").asBoolean());

        JsonNode confirmation = operator.get(kill + "/confirmation").json();
        assertThat(names(confirmation.at("/confirmed"))).contains("server-1", "server-2");
        assertThat(confirmation.at("/pending")).isEmpty();
        for (Serving each : fleet) {
            each.answers(SAFE);
        }
        assertThat(names(operator.get("/api/v1/instances").at("/instances"))).contains("server-1", "server-2");

        Client approver = new Client(console, TwoProcesses.APPROVER);
        Map<String, String> order = Map.of("confirm", "credit-risk", "reason", "fixed");
        assertThat(operator.post(kill + "/revive", order).status()).isEqualTo(403);
        assertThat(approver.post(kill + "/revive", order).status()).isIn(200, 202);
        for (Serving each : fleet) {
            each.answers(MODEL);
        }
        assertThat(operator.get("/api/v1/state").at("/kills").asInt()).isZero();
    }

    @Test
    void thePageSeesBothProcessesConfirm() throws Exception {
        Browser.assumeAvailable();
        try (Browser browser = Browser.start()) {
            browser.open(console.address(), TwoProcesses.OPERATOR);
            browser.see("main", "serves no model");
            browser.click("tr[data-name='credit-risk'] button");
            browser.see("#answers", "not known here");
            browser.click("#submit");
            browser.type("#reason", "approval rate fell");
            browser.click("#submit");

            browser.see("#outcome", "In force in all");
            browser.see("#confirmations tr[data-name='server-1']", "confirmed");
            browser.see("#confirmations tr[data-name='server-2']", "confirmed");
            for (Serving each : fleet) {
                each.answers(SAFE);
            }
            browser.click("#cancel");
            browser.go("fleet");
            browser.see("#instances tr[data-name='server-2']", "up to date");
            browser.requireNoErrors();
        }
    }
}
