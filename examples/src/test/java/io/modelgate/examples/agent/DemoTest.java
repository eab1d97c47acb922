package io.modelgate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    private static final InstantSource AFTERNOON = InstantSource.fixed(Instant.parse("2026-11-20T14:30:00Z"));

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private int play(Path json, List<Budget> ceilings) throws IOException, InterruptedException {
        return Demo.play(new Page(out), directory, json, AFTERNOON, ceilings);
    }

    @Test
    void noBillIsAboveItsCeilingAndEveryOneIsWhatTheLedgerSays() throws IOException, InterruptedException {
        Story story = new Story(new Page(out), directory, AFTERNOON, AgentGate.ceilings());
        Summary summary = story.play();

        assertThat(story.books().problems())
                .as("seed " + Story.SEED + "\n" + printed())
                .isEmpty();
        assertThat(summary.ceilingMicros()).isEqualTo(50_000);
        assertThat(summary.billMicros()).isBetween(40_000L, 50_000L).isEqualTo(summary.ledgerMicros());
        assertThat(summary.raceBillMicros()).isEqualTo(50_000).isEqualTo(summary.raceLedgerMicros());
        assertThat(summary.tenantBillMicros()).isBetween(140_000L, 160_000L).isEqualTo(summary.tenantLedgerMicros());
        assertThat(summary.tenantAtStartMicros()).isBetween(100_000L, 160_000L).isEqualTo(summary.tenantAtStopMicros());
        // A thread each after the race, three times the loop, the tenant's last session, and the runaway: for its
        // repeats, then as killed.
        assertThat(summary.refused()).isEqualTo(Race.THREADS + 3 + 1 + 2);
        assertThat(summary.clamped()).isGreaterThanOrEqualTo(2);
        assertThat(summary.cut()).isOne();
        assertThat(summary.observed()).isOne();
        assertThat(summary.killedSessions()).isOne();
        assertThat(summary.overruns()).isZero();
        assertThat(printed())
                .contains("large is killed: its call ends as CUT, and small answers instead")
                .contains("OVER_BUDGET: budget session: the call needs")
                .contains("OVER_BUDGET: budget tenant-day: the call needs")
                .contains("REPEATED_INPUT: the session repeats the same input")
                .contains("another session of the same user goes on: yes")
                .contains("killed sessions: s-runaway");
    }

    @Test
    void theWholeDemoExitsWithZeroAndWritesItsFigures() throws IOException, InterruptedException {
        Path json = directory.resolve("summary.json");
        assertThat(play(json, AgentGate.ceilings())).as(printed()).isZero();
        assertThat(Files.readString(json))
                .contains("\"ceilingMicros\": 50000,\n")
                .contains("\"raceBillMicros\": 50000,\n")
                .contains("\"overruns\": 0\n");
        assertThat(printed()).contains("no bill is above its ceiling");
    }

    @Test
    void aCeilingThatIsNotConfiguredFailsTheDemo() throws IOException, InterruptedException {
        assertThat(play(directory.resolve("summary.json"), List.of(AgentGate.SESSION_TOKENS, AgentGate.TENANT_DAY)))
                .isEqualTo(1);
        assertThat(printed()).contains("the bill of s-loop: ").contains("; the ceiling of session: 50000");
    }

    @Test
    void aCeilingThatIsHigherThanPromisedFailsTheDemo() throws IOException, InterruptedException {
        Budget loose = Budget.money("session", Money.of("0.06", "USD"), Per.session());
        assertThat(play(directory.resolve("summary.json"), List.of(loose, AgentGate.SESSION_TOKENS)))
                .isEqualTo(1);
        assertThat(printed())
                .containsPattern("the bill of s-race: 59\\d{3}; the ceiling of session: 50000")
                .doesNotContain("the ledger of s-race");
    }

    @Test
    void wrongArgumentsAreRefusedWithTheUsage() throws IOException, InterruptedException {
        String nowhere = directory.resolve("nowhere/summary.json").toString();
        for (List<String> args : List.of(
                List.of("--once"), List.of("now"), List.of("--summary-json"), List.of("--summary-json", nowhere))) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            int exitCode = Demo.run(args, out, new PrintStream(errors, true, StandardCharsets.UTF_8));
            assertThat(exitCode).isEqualTo(2);
            assertThat(errors.toString(StandardCharsets.UTF_8)).contains("usage: ./demo agent");
        }
        assertThat(printed()).isEmpty();
    }
}
