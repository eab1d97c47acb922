package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.FileControlLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
class CommandAndServingProcessTest {

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
    void killFromACommandReachesARunningProcessAndItsRestart() throws Exception {
        Path log = directory.resolve("modelgate.log");
        Process serving = serve(log);
        awaitAnswer("model");
        try (FileControlLog seen = FileControlLog.open(log)) { // it serves before its gate is declared and it is listed
            Await.required(() -> !seen.instances().isEmpty());
        }

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
