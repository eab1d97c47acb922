package io.modelgate.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetDemoTest {

    private static final Counts SOUND = new Counts(10, 200, 200, 0, 0, 0);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyProcessConfirmsAndNothingStartsAfter() throws IOException {
        RedisServer.assumeAvailable();
        Path json = directory.resolve("summary.json");

        assertThat(Demo.run(List.of("3", "--summary-json", json.toString()), out, out))
                .as(printed())
                .isZero();

        assertThat(printed())
                .contains("credit-1", "credit-2", "credit-3")
                .contains("kill credit-risk --reason")
                .contains("the receipt: 3 confirmed, 0 pending, 0 silent: off everywhere")
                .contains("not stored yet")
                .contains("Off is off");
        assertThat(Files.readString(json))
                .contains("\"processes\": 3")
                .contains("\"confirmed\": [\"credit-1\", \"credit-2\", \"credit-3\"]")
                .contains("\"startedAfterConfirmation\": 0")
                .doesNotContain("\"outage\": null");
    }

    /** Its parent may be killed too, and then says nothing. */
    @Test
    void aProcessEndsWithItsInputAndTakesRedisAlong() throws Exception {
        RedisServer.assumeAvailable();
        try (RedisServer server = RedisServer.create().start()) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ServingProcess.class.getName(),
                            "demo",
                            directory.toString(),
                            "credit-1")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (PrintStream in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
                in.println(server.uri());
                assertThat(process.inputReader().readLine()).startsWith("serving");
                String info = String.valueOf(server.command("INFO", "server"));
                in.println("guard " + info.replaceAll("(?s).*process_id:(\\d+).*", "$1"));
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.alive()).isFalse();
        }
    }

    @Test
    void aCallThatReachedTheModelAfterAConfirmationFailsTheDemo() throws IOException {
        assertThat(close(act(new Counts(10, 200, 200, 1, 0, 0)), act(SOUND))).isEqualTo(1);
        assertThat(printed()).contains("1 calls reached the model after their process had confirmed");
    }

    @Test
    void aProcessThatHasNotConfirmedFailsTheDemo() throws IOException {
        Act pending = new Act(act(SOUND).members(), List.of(), List.of("credit-1"), List.of(), false, Duration.ZERO);
        assertThat(close(act(SOUND), pending)).isEqualTo(1);
        assertThat(printed()).contains("the kill while Redis was down: confirmed by [], pending [credit-1]");
    }

    /** A receipt is complete for those that it knows of; the demo knows how many there are. */
    @Test
    void aProcessThatTheReceiptDoesNotKnowFailsTheDemo() throws IOException {
        Act missed = new Act(act(SOUND).members(), List.of(), List.of(), List.of(), true, Duration.ZERO);
        assertThat(close(missed, act(SOUND))).isEqualTo(1);
        assertThat(printed()).contains("the kill: confirmed by []", "expected: confirmed by [credit-1]");
    }

    @Test
    void aProcessThatNobodyAskedAfterwardsProvesNothing() throws IOException {
        assertThat(close(act(new Counts(10, 0, 0, 0, 0, 0)), act(SOUND))).isEqualTo(1);
        assertThat(printed()).contains("so it proves nothing");
    }

    @Test
    void whatHeldIsNoProblem() throws IOException {
        assertThat(close(act(SOUND), act(SOUND))).as(printed()).isZero();
    }

    private int close(Act kill, Act down) throws IOException {
        Summary.Outage outage = new Summary.Outage(Duration.ofNanos(1), down);
        return Demo.close(new Summary(1, Duration.ofNanos(1), kill, outage), new Page(out), null);
    }

    private static Act act(Counts counts) {
        Act.Confirmed member = new Act.Confirmed("credit-1", Duration.ofMillis(2), Duration.ofMillis(1), counts);
        return new Act(List.of(member), List.of("credit-1"), List.of(), List.of(), true, Duration.ofMillis(3));
    }

    @Test
    void aRedisThatIsNotThereIsASentence() throws IOException {
        assertThat(Demo.run(List.of("1", "--redis", "redis://:secret@127.0.0.1:1"), out, out))
                .isEqualTo(1);
        assertThat(printed()).contains("the demo cannot go on:").doesNotContain("secret");
    }

    @Test
    void wrongArgumentsAreRefusedWithTheUsage() throws IOException {
        String nowhere = directory.resolve("nowhere/summary.json").toString();
        for (List<String> args : List.of(
                List.<String>of(),
                List.of("0"),
                List.of("51"),
                List.of("many"),
                List.of("3", "4"),
                List.of("3", "--redis"),
                List.of("3", "--summary-json"),
                List.of("3", "--summary-json", nowhere))) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            int exitCode = Demo.run(args, out, new PrintStream(errors, true, StandardCharsets.UTF_8));
            assertThat(exitCode).as("%s", args).isEqualTo(2);
            assertThat(errors.toString(StandardCharsets.UTF_8)).contains("usage: ./demo --fleet");
        }
        assertThat(printed()).isEmpty();
    }
}
