package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.modelgate.Gates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two versions that are switched as a whole. */
class SwitchedTest {

    private static Switched replay(String scenario) {
        return new Switched(ScenarioFile.load(Path.of("scenarios", scenario + ".yaml")), 11);
    }

    private static Switched replay(String scenario, String words, String others) throws Exception {
        String file = Files.readString(Path.of("scenarios", scenario + ".yaml"));
        assertThat(file).contains(words);
        byte[] changed = file.replace(words, others).getBytes(StandardCharsets.UTF_8);
        return new Switched(ScenarioFile.parse("s.yaml", changed, null), 11);
    }

    /** 20 calls a second; 7.85 % of the answers are bad for 4 minutes, 0.2 % for 15 minutes before. */
    @Test
    void whatTurnsBadAfterTheSwitchIsSwitchedBackByAPersonAndHarmsUntilThen() {
        Switched replay = replay("switched-and-back");
        for (int number = 0; number < 3; number++) {
            Switched.Result run = replay.run(number);
            assertThat(run.failed()).isNull();
            assertThat(run.toSwitch())
                    .isBetween(Duration.ofMillis(20), Duration.ofSeconds(2)); // three calls of 30 ms or so
            assertThat(run.turnedBad()).isBetween(Duration.ofMinutes(25), Duration.ofSeconds(25 * 60 + 1));
            assertThat(run.toBack()).isBetween(Duration.ofMinutes(4), Duration.ofSeconds(241));
            assertThat((double) run.bad())
                    .as("run %d, seed 11", number)
                    .isCloseTo(4 * 60 * 20 * 0.0785 + 15 * 60 * 20 * 0.002, withinPercentage(20));
            assertThat(run.reachedWhileBad()).isBetween(4000L, 4800L);
            assertThat(run.reached()).isGreaterThan(run.reachedWhileBad());
            assertThat(run.timeline())
                    .extracting(
                            line -> line.at().toMinutes() + " " + line.text().split(",", 2)[0])
                    .containsSubsequence("10 switched to the candidate", "29 switched back");
            assertThat(replay.run(number)).isEqualTo(run);
        }
    }

    @Test
    void whatFailsItsSmokeCallsIsNeverSwitchedTo() {
        Switched.Result run = replay("fails-its-smoke-calls").run(0);
        assertThat(run.failed()).contains("failed 1 of 2 smoke calls");
        assertThat(run.toSwitch()).isNull();
        assertThat(run.back()).isNull();
        assertThat(run.reached()).isZero();
        assertThat(run.bad()).isZero();
    }

    @Test
    void whatPassesItsSmokeCallsAndIsBadAlreadyIsSwitchedBackAfterTheSwitch() throws Exception {
        Switched.Result run =
                replay("fails-its-smoke-calls", "least: 0.4", "most: 0.4").run(0);
        assertThat(run.failed()).isNull();
        assertThat(run.turnedBad()).isZero();
        assertThat(run.back()).isBetween(Duration.ofMinutes(14), Duration.ofSeconds(14 * 60 + 2));
        assertThat(run.toBack()).isBetween(Duration.ofMinutes(4), Duration.ofSeconds(241));
        assertThat((double) run.bad()).isCloseTo(4 * 60 * 20, withinPercentage(10));
    }

    @Test
    void whatStaysGoodIsNotSwitchedBack() throws Exception {
        Switched.Result run = replay("switched-and-back", "ERROR: 3 %}, badAnswers: 5 %", "ERROR: 0.2 %}")
                .run(0);
        assertThat(run.back()).isNull();
        assertThat(run.turnedBad()).isNull();
        assertThat(run.reachedWhileBad()).isZero();
    }

    @Test
    void oneWhoDoesNotGetWhatEverybodyIsToGetFailsTheRun() {
        Scenario scenario = ScenarioFile.load(Path.of("scenarios", "switched-and-back.yaml"));
        try (Gates gates = Gates.open(g -> {})) {
            AtTheGate calls = new AtTheGate(scenario, gates, "g", new Draws(1, 0), (at, news) -> {});
            calls.everybody("candidate");
            assertThatThrownBy(calls::call).hasMessageContaining("a call went to \"stable\"");
            Probes probes = new Probes(calls.gate());
            probes.requireEverybody("stable");
            assertThatThrownBy(() -> probes.requireEverybody("candidate"))
                    .hasMessageContaining("400 callers do not get \"candidate\"");
        }
    }

    @Test
    void aScenarioThatSwitchesNothingIsRefusedAndAPolicyOverOneThatDoes() {
        assertThatThrownBy(() -> replay("aa"))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("has no blueGreen");
        assertThatThrownBy(() -> replay("switched-and-back", "switchAt: 10m", "switchAt: 1h"))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("its switchAt PT1H after the start")
                .hasMessageContaining("expected a longer one");
        Scenario scenario = ScenarioFile.load(Path.of("scenarios", "switched-and-back.yaml"));
        assertThatThrownBy(() -> new Replay(Shipped.policy("in-a-share"), scenario, null, 1))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("simulate it with --blue-green");
    }
}
