package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a kill does to a rollout. */
class HaltTest {

    private final Log log = new Log();

    private boolean reached(Caller caller) {
        return log.routing().toCandidate(caller);
    }

    @Test
    void killingTheCandidateSendsNobodyToItAllowedAndForcedCallersIncluded() {
        log.startWith(
                100_000,
                Map.of("allow", List.of(Log.IDENTITIES.hash("qa-1")), "force", Map.of("segment", List.of("staff"))));
        assertThat(reached(Caller.of("qa-1"))).isTrue();
        log.kill("k", "v2");
        assertThat(reached(Caller.of("qa-1"))).isFalse();
        assertThat(reached(Caller.of("user-1").with("segment", "staff"))).isFalse();
        assertThat(log.cohort(1_000)).isZero();
        assertThat(log.routing().candidate()).isEqualTo("v2");
    }

    @Test
    void aReviveGivesNoTrafficBackButALaterWeightDoes() {
        log.startWith(50_000, Map.of("allow", List.of(Log.IDENTITIES.hash("qa-1"))));
        log.kill("k", "v2").revive("k");
        assertThat(log.cohort(1_000)).isZero();
        assertThat(log.toCandidate("qa-1")).isFalse();
        assertThat(log.weight("r", 0).toCandidate("qa-1")).isFalse();
        assertThat(log.weight("r", 10_000).cohort(1_000)).isBetween(60, 140);
        assertThat(log.toCandidate("qa-1")).isTrue();
    }

    @Test
    void aWeightWrittenWhileTheKillStandsDoesNotCount() {
        log.start("r", "v2", 1_000).kill("k", "v2").weight("r", 100_000);
        assertThat(log.cohort(1_000)).isZero();
        assertThat(log.revive("k").cohort(1_000)).isZero();
        assertThat(log.weight("r", 100_000).cohort(1_000)).isEqualTo(1_000);
    }

    @Test
    void theKillStandsUntilEachOfItsIdsIsReleased() {
        log.start("r", "v2", 1_000).kill("k-1", "v2").kill("k-2", "v2").revive("k-1");
        assertThat(log.weight("r", 100_000).cohort(1_000)).isZero();
        assertThat(log.revive("k-2").weight("r", 100_000).cohort(1_000)).isEqualTo(1_000);
    }

    @Test
    void aRolloutOfAKilledVersionStartsHalted() {
        log.kill("k", "v2").startWith(100_000, Map.of("allow", List.of(Log.IDENTITIES.hash("qa-1"))));
        assertThat(log.cohort(100)).isZero();
        assertThat(log.revive("k").cohort(100)).isZero();
        assertThat(log.toCandidate("qa-1")).isFalse();
        assertThat(log.weight("r", 100_000).cohort(100)).isEqualTo(100);
    }

    @Test
    void aRevivedVersionCanBeRolledOutAfresh() {
        log.kill("k", "v2").revive("k").start("r", "v2", 100_000);
        assertThat(log.cohort(100)).isEqualTo(100);
    }

    @Test
    void killsOfStableTheGateTheFleetOrASegmentChangeNothing() {
        log.start("r", "v2", 10_000);
        int before = log.cohort(10_000);
        log.kill("k-1", "v1")
                .write("k-2", "kill", Log.GATE, Map.of())
                .write("k-3", "kill", "*", Map.of())
                .write("k-4", "kill", Log.GATE, Map.of("version", "v2", "attribute", "region", "value", "eu"))
                .write("k-5", "kill", "*", Map.of("version", "v2"))
                .write("k-6", "kill", "another-gate", Map.of("version", "v2"));
        assertThat(log.cohort(10_000)).isEqualTo(before);
        assertThat(log.weight("r", 20_000).cohort(10_000)).isGreaterThan(before);
    }

    @Test
    void aFleetReviveReleasesNoKillOfAVersion() {
        log.start("r", "v2", 10_000).kill("k", "v2").write("entry", "revive", "*", Map.of("kills", List.of("k")));
        assertThat(log.weight("r", 100_000).cohort(100)).isZero();
    }

    @Test
    void endingAHaltedRolloutLetsAnotherStart() {
        log.start("r", "v2", 10_000).kill("k", "v2").end("r").start("s", "v3", 100_000);
        assertThat(log.routing().candidate()).isEqualTo("v3");
        assertThat(log.cohort(100)).isEqualTo(100);
    }
}
