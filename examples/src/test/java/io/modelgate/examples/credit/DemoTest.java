package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
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
        Books books = new Story(page, log, 12_000).play();

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
