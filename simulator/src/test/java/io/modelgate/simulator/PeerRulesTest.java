package io.modelgate.simulator;

import static io.modelgate.simulator.PeerRule.State.PROMOTED;
import static io.modelgate.simulator.PeerRule.State.ROLLED_BACK;
import static io.modelgate.simulator.PeerRule.State.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documented examples of other tools, step by step; and what they come to, against figures found independently. */
class PeerRulesTest {

    private static PeerRule.State seconds(PeerRule rule, int seconds, long calls, long misses) {
        PeerRule.State state = RUNNING;
        for (int i = 0; i < seconds; i++) {
            assertThat(state).as("second %d", i).isEqualTo(RUNNING);
            state = rule.second(calls, misses);
        }
        return state;
    }

    @Test
    void flaggerAddsFivePointsEvery15SecondsAndPromotesAfterACheckAt50() {
        FlaggerRule rule = new FlaggerRule();
        for (int percent = 5; percent <= 50; percent += 5) {
            assertThat(rule.weight()).isEqualTo(percent / 100.0);
            assertThat(seconds(rule, 15, 100, 1)).isEqualTo(percent == 50 ? PROMOTED : RUNNING);
        }
    }

    @Test
    void flaggerRollsBackAtTheTenthFailedCheckAndAddsNoWeightMeanwhile() {
        FlaggerRule rule = new FlaggerRule();
        assertThat(seconds(rule, 9 * 15, 100, 2)).isEqualTo(RUNNING);
        assertThat(rule.weight()).isEqualTo(0.05);
        assertThat(seconds(rule, 15, 100, 2)).isEqualTo(ROLLED_BACK);
    }

    @Test
    void flaggerForgetsAfterAMinuteButNotItsFailedChecks() {
        FlaggerRule rule = new FlaggerRule();
        seconds(rule, 15, 100, 100); // fails this check and, in the same minute, the next three
        seconds(rule, 45, 100, 0);
        assertThat(rule.weight()).isEqualTo(0.05);
        seconds(rule, 15, 100, 0);
        assertThat(rule.weight()).isEqualTo(0.10);
        assertThat(seconds(rule, 6 * 15, 100, 50)).isEqualTo(ROLLED_BACK);
    }

    @Test
    void flaggerCountsACheckWithoutCallsAsFailed() {
        assertThat(seconds(new FlaggerRule(), 150, 0, 0)).isEqualTo(ROLLED_BACK);
    }

    @Test
    void argoAddsTwentyPointsEveryTenMinutesAndPromotesAfterTheLast() {
        ArgoRule rule = new ArgoRule();
        for (int percent = 20; percent <= 80; percent += 20) {
            assertThat(rule.weight()).isEqualTo(percent / 100.0);
            assertThat(seconds(rule, 600, 100, 5)).isEqualTo(percent == 80 ? PROMOTED : RUNNING);
        }
    }

    @Test
    void argoMeasuresFromTheSecondWeightOnAndRollsBackAtTheFourthFailure() {
        ArgoRule rule = new ArgoRule();
        assertThat(seconds(rule, 1799, 100, 6)).isEqualTo(RUNNING);
        assertThat(rule.second(100, 6)).isEqualTo(ROLLED_BACK);
    }

    @Test
    void argoLooksAtFiveMinutesOnlyAndForgivesThreeFailures() {
        ArgoRule rule = new ArgoRule();
        seconds(rule, 1500, 100, 100); // failures at 900, 1200 and 1500 seconds
        assertThat(seconds(rule, 900, 100, 0)).isEqualTo(PROMOTED);
    }

    @Test
    void argoCountsAMeasurementWithoutCallsNeitherWay() {
        assertThat(seconds(new ArgoRule(), 2400, 0, 0)).isEqualTo(PROMOTED);
    }

    /** Bad answers and seconds of the two rules, found by another simulation. */
    @ParameterizedTest
    @CsvSource({
        "flagger, 0.02, 24, 165", "flagger, 0.05, 37, 150", "flagger, 0.20, 150, 150",
        "argo, 0.02, 2408, NaN", "argo, 0.05, 5960, NaN", "argo, 0.20, 14374, 1800"
    })
    void theRulesCostWhatIsKnownOfThem(String rule, double candidate, double bad, double seconds) {
        PeersTable.Cell cell = new PeersTable.Cell(0.002, candidate, 100);
        Summary summary = Summary.of(runs(rule, cell, 1000), true);
        assertThat(summary.bad().value()).as("seed 7").isCloseTo(bad, within(Math.max(1.5, 0.02 * bad)));
        if (!Double.isNaN(seconds)) {
            assertThat(summary.toRollback().value()).isEqualTo(seconds);
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 0.25", "100, 0.10"})
    void flaggerRollsBackGoodCandidates(double calls, double share) {
        Summary summary = Summary.of(runs("flagger", new PeersTable.Cell(0.008, 0.008, calls), 2000), false);
        assertThat(summary.falselyRolledBack().value()).as("seed 7").isCloseTo(share, within(0.06));
    }

    private static List<Run> runs(String rule, PeersTable.Cell cell, int runs) {
        PeersTable.Rule peer = PeersTable.peer(rule.equals("argo") ? ArgoRule::new : FlaggerRule::new);
        return IntStream.range(0, runs).mapToObj(peer.on(cell, 7)).toList();
    }
}
