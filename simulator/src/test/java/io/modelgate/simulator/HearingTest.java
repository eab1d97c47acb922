package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Weight;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the list of whom the candidate answered and the decision records say is what the versions know. */
class HearingTest {

    private static final Path REACHED = Path.of("scenarios", "who-was-reached.yaml");

    private static Replay replay(Path scenario) {
        return new Replay(Shipped.policy("in-a-share"), ScenarioFile.load(scenario), Duration.ofSeconds(10), 11);
    }

    @Test
    void theListNamesEachCallerWhomTheCandidateAnsweredAndWhoOfThemWasHurt() {
        Replay replay = replay(REACHED);
        for (int number = 0; number < 2; number++) {
            Run run = replay.retold(number);
            Run.Listed listed = Objects.requireNonNull(run.heard().listed());
            assertThat(run.ending()).isEqualTo(Ending.ROLLED_BACK);
            assertThat(run.length()).isGreaterThan(Duration.ofMinutes(15));
            assertThat((long) listed.named()).isEqualTo(run.reached()).isBetween(200L, 1200L);
            assertThat(listed.answeredBadly()).isBetween(1, listed.named() - 1);
            assertThat(run.timeline())
                    .last()
                    .matches(line -> line.text()
                            .startsWith("the list names " + listed.named() + " callers whom the candidate answered, "
                                    + listed.answeredBadly() + " of them badly"));
            assertThat(replay.retold(number)).isEqualTo(run);
        }
    }

    @Test
    void aListThatMissesACallerOrNamesOneWhoWasNotAnsweredFailsTheRun() {
        Scenario scenario = ScenarioFile.load(REACHED);
        try (Listing listing = new Listing();
                Gates gates = Gates.open(g -> g.executor(Runnable::run).eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(
                        gates, r -> r.manual().executor(Runnable::run).exposures(listing.ledger()))) {
            AtTheGate calls = new AtTheGate(scenario, gates, "g", new Draws(1, 0), (at, news) -> {});
            Rollout rollout = Rollout.start(
                    calls.gate(), "candidate", r -> r.weight(Weight.percent(50)), Actor.of("alice"), "by hand");
            calls.pass(Duration.ofSeconds(20).toNanos());
            rollouts.tick();
            Run.Listed listed = listing.compare(rollout.id(), calls);
            assertThat((double) listed.named()).isCloseTo(200, withinPercentage(25));
            assertThat(listed.answeredBadly()).isZero();

            int somebody = calls.answered().nextSetBit(0);
            calls.answered().clear(somebody);
            assertThatThrownBy(() -> listing.compare(rollout.id(), calls))
                    .hasMessageContaining("0 are missing and 1 too many");
            calls.answered().set(somebody);
            calls.answered().set(calls.answered().nextClearBit(0));
            assertThatThrownBy(() -> listing.compare(rollout.id(), calls))
                    .hasMessageContaining("1 are missing and 0 too many");
        }
    }

    /** A caller who waited for the sink would wait for ever: the sink goes on once that caller has called. */
    @Test
    @Timeout(300)
    void whatDoesNotFitWhileTheSinkHangsIsLostAndNothingElseAndNobodyWaits() {
        Run run = replay(Path.of("scenarios", "sink-hangs.yaml")).run(0);
        Run.Recorded recorded = Objects.requireNonNull(run.heard().recorded());
        assertThat(run.ending()).isEqualTo(Ending.COMPLETE);
        assertThat((double) recorded.meanwhile()).isCloseTo(15 * 60 * 30, withinPercentage(5));
        assertThat(recorded.lost()).isEqualTo(recorded.meanwhile() - Records.WAITING);
        assertThat(recorded.written()).isGreaterThan(recorded.meanwhile());
        assertThat(run.heard().listed()).isNull();
    }

    @Test
    void aRunThatEndsWhileTheSinkHangsLosesNothingForWhichThereIsRoom() throws Exception {
        String late = Files.readString(Path.of("scenarios", "sink-hangs.yaml"))
                .replace("from: 5m, to: 20m", "from: 10m, to: 5h")
                .replace("duration: 3h", "duration: 15m")
                .replace("records:", "exposures: true\nrecords:");
        Scenario scenario = ScenarioFile.parse("s.yaml", late.getBytes(StandardCharsets.UTF_8), null);
        Run run = new Replay(Shipped.policy("in-a-share"), scenario, Duration.ofSeconds(10), 11).run(0);
        Run.Recorded recorded = Objects.requireNonNull(run.heard().recorded());
        assertThat(recorded.lost()).isZero();
        assertThat((double) recorded.meanwhile()).isCloseTo(5 * 60 * 30, withinPercentage(5));
        assertThat(Objects.requireNonNull(run.heard().listed()).named()).isPositive();
    }

    @Test
    void aFolderIsGoneOnceItIsClosed() throws Exception {
        Path path;
        try (Folder folder = new Folder()) {
            path = folder.path();
            Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("c"), "x");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whatCallsAtTheGateDoNotHaveIsRefused() throws Exception {
        assertThatThrownBy(() -> new Replay(Shipped.policy("shadow-first"), ScenarioFile.load(REACHED), null, 1))
                .isInstanceOf(BadFileException.class);
        String timeouts = Files.readString(REACHED).replace("ERROR: 3 %", "TIMEOUT: 3 %");
        Scenario scenario = ScenarioFile.parse("s.yaml", timeouts.getBytes(StandardCharsets.UTF_8), null);
        assertThatThrownBy(() -> new Replay(Shipped.policy("in-a-share"), scenario, null, 1))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("TIMEOUT in rates")
                .hasMessageContaining("expected ERROR alone");
        String scored =
                Files.readString(REACHED).replace("exposures:", "metrics: {score: {least: 0, most: 1}}\nexposures:");
        assertThatThrownBy(() -> new Replay(
                        Shipped.policy("canary"),
                        ScenarioFile.parse("s.yaml", scored.getBytes(StandardCharsets.UTF_8), null),
                        null,
                        1))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("policy \"canary\" watches a latency");
    }
}
