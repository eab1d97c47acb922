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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kill, seen by processes that serve. */
@Timeout(120)
class SecondProcessTest {

    private static final long SECONDS = 60;

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
}
