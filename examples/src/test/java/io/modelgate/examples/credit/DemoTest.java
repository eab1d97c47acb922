package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    private static final CreditData DATA = CreditData.split(1);
    private static final Models MODELS = Models.train(DATA);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final Page page = new Page(out);

    @TempDir
    Path directory;

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theNumbersOfTheWholeStoryAddUp() throws IOException {
        Path log = directory.resolve("modelgate.log");
        Path json = directory.resolve("summary.json");
        Books books = new Story(page, log, Demo.CALLERS).play();

        assertThat(Demo.close(books, page, log, json)).as(printed()).isZero();

        Summary summary = books.summary(log);
        assertThat(Files.readString(json)).isEqualTo(summary.json());
        assertThat(summary.calls())
                .isEqualTo(sum(summary.answered().values())
                        + sum(summary.fellBack().values()));
        assertThat(sum(summary.byCause().values()))
                .isEqualTo(sum(summary.fellBack().values()));
        assertThat(summary.answered()).containsKeys("v1", "v2", "v3");
        assertThat(summary.answered().get("v3")).isBetween(1L, 300L).isEqualTo(books.servedByAborted());
        assertThat(summary.fellBack()).containsOnlyKeys("debt-ratio", "degrade", "previousVersion");
        assertThat(summary.startedAfterKill()).isZero();
        assertThat(summary.logEntries()).isGreaterThan(12);
        assertThat(printed())
                .contains("breaker of v1: CLOSED → OPEN")
                .contains("breaker of v1: HALF_OPEN → CLOSED")
                .contains(
                        "v2 is promoted:",
                        "not worse: fallback",
                        "the soak is over",
                        "v3 is aborted:",
                        "regressed: approved")
                .containsPattern("v3 reached, until this policy aborted it +" + books.servedByAborted() + " applicants")
                .contains("by the example rule of Flagger", "by the example rule of Argo Rollouts")
                .contains("They ask again: stable answers " + books.servedByAborted() + ", v3 answers 0")
                .contains("killed before its first call: yes")
                .contains("its chain: verified");
    }

    private static long sum(Collection<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** The demo as a newcomer starts it, in a process of its own. */
    private static final class Started implements AutoCloseable {

        private static final Pattern OPEN = Pattern.compile("open +(http://[0-9.]+:[0-9]+/)#token=(mg_[A-Za-z0-9_-]+)");

        private final Process process;
        private final BufferedReader lines;
        private final StringBuilder printed = new StringBuilder();
        private final HttpClient client = HttpClient.newHttpClient();
        private URI address = URI.create("");
        private String token = "";

        Started(String... args) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Demo.class.getName()));
            command.addAll(List.of(args));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            lines = process.inputReader(StandardCharsets.UTF_8);
            // Whoever waits for a line finds the end of them.
            CompletableFuture.delayedExecutor(4, TimeUnit.MINUTES).execute(process::destroyForcibly);
        }

        /** The next line of this kind. */
        String line(Predicate<String> kind) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.append(line).append('\n');
                if (kind.test(line)) {
                    return line;
                }
            }
            throw new AssertionError("it ended without such a line:\n" + printed);
        }

        void open() throws IOException {
            Matcher open = OPEN.matcher(line(line -> OPEN.matcher(line).find()));
            assertThat(open.find()).isTrue();
            address = URI.create(open.group(1));
            token = open.group(2);
        }

        HttpResponse<String> ask(String path, String body) throws IOException, InterruptedException {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(address.resolve(path)).header("Authorization", "Bearer " + token);
            if (!body.isEmpty()) {
                request.header("Content-Type", "application/json")
                        .header("X-ModelGate", "1")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        /** Asks it to end, as Ctrl-C does, and returns its exit code. */
        int end() throws IOException, InterruptedException {
            process.toHandle().destroy(); // Process.destroy() closes what it prints to as well
            return ended();
        }

        int ended() throws IOException, InterruptedException {
            lines.lines().forEach(line -> printed.append(line).append('\n'));
            return process.waitFor();
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            lines.close();
        }
    }

    @Test
    void itServesOnWithTheConsoleUntilItIsEnded() throws Exception {
        try (Started demo = new Started()) {
            demo.open();
            assertThat(demo.ask("/api/v1/me", "").body()).contains("you", "ADMIN");
            String rollout = "/api/v1/gates/credit-risk/rollout";
            assertThat(demo.ask(rollout, "").body()).contains("\"candidate\":\"v2\"");
            demo.line(line -> line.contains("calls/s:") && line.contains("v1 ") && line.contains("v2 "));
            // Its evidence is there after the first look at it.
            while (!demo.ask(rollout, "").body().contains("\"guardrail\":\"approved\"")) {
                demo.line(line -> line.contains("calls/s:"));
            }
            HttpResponse<String> killed = demo.ask(
                    "/api/v1/kills", "{\"gate\": \"credit-risk\", \"version\": \"v2\", \"reason\": \"to see\"}");
            assertThat(killed.statusCode()).as(killed.body()).isEqualTo(201);
            demo.line(line -> line.contains("calls/s: v1 ") && !line.contains("v2 "));
            killed = demo.ask("/api/v1/kills", "{\"gate\": \"credit-risk\", \"reason\": \"to see\"}");
            assertThat(killed.statusCode()).as(killed.body()).isEqualTo(201);
            demo.line(line -> line.contains("calls/s: rung debt-ratio "));

            assertThat(demo.end()).as(demo.printed.toString()).isZero();
            assertThat(demo.printed.toString())
                    .contains("The numbers add up", "The end", "rung debt-ratio")
                    .containsPattern("the numbers add up\\s*$");
            assertThatThrownBy(() -> demo.ask("/api/v1/me", "")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void onceItEndsByItself() throws Exception {
        try (Started demo = new Started("--once")) {
            assertThat(demo.ended()).as(demo.printed.toString()).isZero();
            assertThat(demo.printed.toString())
                    .contains("The numbers add up")
                    .doesNotContain("#token=")
                    .containsPattern("took [0-9.]+ s\\s*$");
        }
    }

    @Test
    void aCallWithoutAnOutcomeFailsTheDemo() throws IOException {
        Path log = directory.resolve("modelgate.log");
        Books books = few(log);
        books.callers().ask();
        assertThat(Demo.close(books, page, log, null)).isEqualTo(1);
        assertThat(printed())
                .contains("outcomes that callers got: 200; calls that they made: 201")
                .contains("calls that the gate counted: 200; calls made: 201");
    }

    @Test
    void anInvocationAfterAKillFailsTheDemo() throws IOException {
        Path log = directory.resolve("modelgate.log");
        Books books = few(log);
        books.versionKilled("v2", Long.MIN_VALUE);
        assertThat(Demo.close(books, page, log, null))
                .as("v2 was never invoked")
                .isZero();
        books.versionKilled("v1", Long.MIN_VALUE);
        assertThat(Demo.close(books, page, log, null)).isEqualTo(1);
        assertThat(printed()).contains("invocations of a killed version after its kill: 200; allowed: 0");
    }

    @Test
    void aControlLogThatWasChangedFailsTheDemo() throws IOException {
        Path log = directory.resolve("modelgate.log");
        Books books = few(log);
        Files.writeString(log, Files.readString(log).replace("\"v1\"", "\"v9\""));
        assertThat(Demo.close(books, page, log, null)).isEqualTo(1);
        assertThat(printed())
                .contains("its chain: NOT VERIFIED")
                .contains("control log verified: false; expected: true");
    }

    /** Books of a few calls that add up. */
    private static Books few(Path log) {
        Traffic traffic = new Traffic(DATA.heldOut(), 200, 2, 1);
        Books books = new Books(traffic.tapes());
        Backend backend = new Backend("here");
        try (Service service = Service.start(log, MODELS, backend, backend)) {
            books.callers().add(traffic.once(service.credit()).end());
            books.closing(service.credit(), "v1", "v2");
        }
        return books;
    }

    @Test
    void wrongArgumentsAreRefusedWithTheUsage() throws IOException {
        String nowhere = directory.resolve("nowhere/summary.json").toString();
        for (List<String> args : List.of(
                List.of("--fast"), List.of("now"), List.of("--summary-json"), List.of("--summary-json", nowhere))) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            int exitCode = Demo.run(args, out, new PrintStream(errors, true, StandardCharsets.UTF_8));
            assertThat(exitCode).isEqualTo(2);
            assertThat(errors.toString(StandardCharsets.UTF_8)).contains("usage: ./demo");
        }
        assertThat(printed()).isEmpty();
    }
}
