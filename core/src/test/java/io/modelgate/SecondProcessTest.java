package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.FileControlLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, against a process that serves. */
@Timeout(120)
class SecondProcessTest {

    private static final long SECONDS = 60;
    private static final int TRIES = 20;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private Process java(Class<?> main, String... args) throws IOException {
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        main.getName()),
                                Stream.of(args))
                        .toList())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("err").toFile()))
                .start();
        started.add(process);
        return process;
    }

    private Process serve(Path log) throws IOException {
        Process process = java(ServingProcess.class, log.toString());
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(answers::add);
            } catch (IOException | UncheckedIOException e) {
                answers.add(e.toString());
            }
        });
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    private void stop(Process serving) throws Exception {
        serving.outputWriter().append('\n').flush();
        assertThat(serving.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(serving.exitValue()).as(err()).isZero();
    }

    private String command(String... args) throws Exception {
        Process process = java(Command.class, args);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%s", out, err()).isZero();
        return out;
    }

    private void awaitAnswer(String expected) throws Exception {
        assertThat(answers.poll(SECONDS, TimeUnit.SECONDS)).as(err()).isEqualTo(expected);
    }

    private String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @AfterEach
    void endThem() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aProcessThatStandsStillIsNamed() throws Exception {
        Path log = directory.resolve("modelgate.log");
        Process one = serve(log);
        awaitAnswer("model");
        Process other = serve(log);
        awaitAnswer("model");
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            while (gates.log().instances().size() < 2) { // what serves is listed soon after it does
                Thread.onSpinWait();
            }
            assertThat(new ProcessBuilder("kill", "-STOP", "" + other.pid())
                            .start()
                            .waitFor())
                    .isZero();
            KillReceipt kill = gates.kill(Scope.gate("credit"), Actor.of("alice"), "approval rate fell");
            awaitAnswer("safe");

            // Long enough for it to be called silent; a live one would have confirmed by then, and ended the waiting.
            Confirmation confirmation = kill.confirmed(Duration.ofSeconds(SECONDS));

            assertThat(confirmation.confirmed())
                    .singleElement()
                    .satisfies(each -> assertThat(each.name()).startsWith(one.pid() + "-"));
            assertThat(confirmation.pending()).isEmpty();
            assertThat(confirmation.silent()).singleElement().satisfies(each -> {
                assertThat(each.name()).startsWith(other.pid() + "-");
                assertThat(each.silentFor()).isGreaterThan(Duration.ofSeconds(2));
            });
            assertThat(confirmation.complete()).isFalse();

            assertThat(new ProcessBuilder("kill", "-CONT", "" + other.pid())
                            .start()
                            .waitFor())
                    .isZero();
            awaitAnswer("safe");
            Confirmation later = gates.confirmed(kill.id(), Duration.ZERO);
            while (!later.complete()) {
                later = gates.confirmed(kill.id(), Duration.ofSeconds(1));
            }
            assertThat(later.confirmed()).hasSize(2);
        }
    }

    @Test
    void killFromACommandReachesARunningProcessAndItsRestart() throws Exception {
        Path log = directory.resolve("modelgate.log");
        Process serving = serve(log);
        awaitAnswer("model");

        String killed = command(
                "kill",
                "credit",
                "--reason",
                "approval rate fell",
                "--confirm",
                String.valueOf(SECONDS),
                "--log",
                log.toString());
        awaitAnswer("safe");
        assertThat(killed).containsPattern("running " + serving.pid() + "-[0-9a-f]{8} has it in force");
        Pattern listed = Pattern.compile(
                "1 process:\n  " + serving.pid() + "-[0-9a-f]{8}: has applied entry 2, heard of just now\n");
        // It says so each second, or a little later: between two beats it may be a second ago.
        String status = command("status", "--log", log.toString());
        for (int tries = 1; tries < TRIES && !listed.matcher(status).find(); tries++) {
            status = command("status", "--log", log.toString());
        }
        assertThat(status).containsPattern(listed);

        stop(serving);
        Process restarted = serve(log);
        awaitAnswer("safe");

        command("revive", new CommandRun(0, killed, "").killId(), "--log", log.toString());
        awaitAnswer("model");
        stop(restarted);

        assertThat(answers).isEmpty();
        assertThat(err()).as("nobody complained").isEmpty();
        assertThat(command("log", "verify", log.toString())).contains("verified");
    }
}
