package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Bucketing;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who come from another system. */
class MovedTest {

    private static final Path FILE = Path.of("scenarios", "moved-in.yaml");

    private static Scenario with(String bucketing) throws Exception {
        String file = Files.readString(FILE).replaceFirst("bucketing: .*", "bucketing: {" + bucketing + "}");
        return ScenarioFile.parse("s.yaml", file.getBytes(StandardCharsets.UTF_8), null);
    }

    /** At every move the gate is asked whether those who had the candidate there have it here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "system: unleash, groupId: checkout, at: 20 %",
                "system: unleash-node, groupId: checkout, at: 20 %",
                "system: launchdarkly, flagKey: checkout, salt: a1, at: 20 %",
                "system: growthbook-v2, seed: checkout, at: 15 %",
                "system: growthbook-v2-coverage, seed: checkout, at: 15 %",
                "system: flagd-v2, prefix: checkout, at: 20 %",
                "system: split, seed: -7, at: 20 %",
                "system: split-legacy, seed: 42, at: 20 %",
                "system: optimizely, experimentId: '10', at: 20 %"
            })
    void whoHadTheCandidateElsewhereKeepsItWhileTheWeightGrows(String bucketing) throws Exception {
        Scenario scenario = with(bucketing);
        assertThat(Moved.class.cast(scenario.setting().moved()).had().cardinality())
                .isBetween(30, 130);
        Run run = new Replay(Shipped.policy("moved-in"), scenario, Duration.ofSeconds(30), 11).retold(0);
        assertThat(run.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(run.timeline()).anyMatch(line -> line.text().startsWith("step 2: 50 %"));
    }

    @Test
    void anOrderThatIsNotTheOtherSystemsFailsTheRun() {
        BitSet had = new Moved(Bucketing.unleash("checkout"), Weight.percent(20)).had();
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<Object, Object> gate = gates.gate(
                    "g",
                    g -> g.stable("stable", input -> 0)
                            .version("candidate", input -> 0)
                            .router(Cohorts.router()));
            Rollout.start(gate, "candidate", r -> r.weight(Weight.percent(20)), Actor.of("alice"), "own order");
            Probes probes = new Probes(gate);
            probes.keep(had, 0.2);
            probes.require(0.1); // before so many are to have it
            assertThatThrownBy(() -> probes.require(0.2))
                    .hasMessageContaining("callers had the candidate in the other system and do not get it here");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "system: unlesh, groupId: a, at: 20 % | unknown value \"unlesh\" in system: did you mean \"unleash\"?",
                "system: unleash, seed: 1, at: 20 % | unknown key \"seed\" in bucketing",
                "system: unleash, at: 20 % | bucketing has no \"groupId\": add it",
                "system: unleash, groupId: '', at: 20 % | groupId has 0 characters: expected 1 to 200",
                "system: split, seed: 1.5, at: 20 % | seed is 1.5: expected a whole number",
                "system: unleash, groupId: a, at: 12.5 % | at is 12.5 %: expected a whole percent above 0",
                "system: unleash, groupId: a, at: 0 | at is 0: expected a whole percent above 0"
            })
    void anotherSystemThatCannotBeIsRefused(String bucketing, String message) {
        assertThatThrownBy(() -> with(bucketing))
                .isInstanceOf(BadFileException.class)
                .hasMessageMatching("(?s)s\\.yaml:\\d+:\\d+: .*")
                .hasMessageContaining(message);
    }

    @Test
    void aPolicyThatBeginsBelowWhereTheOtherSystemWasIsRefused() {
        assertThatThrownBy(() -> new Replay(Shipped.policy("in-a-share"), ScenarioFile.load(FILE), null, 1))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("policy \"in-a-share\" begins at 5 %")
                .hasMessageContaining("expected a first step of that or more");
    }
}
