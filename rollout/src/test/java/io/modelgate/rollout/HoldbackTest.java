package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets what while some callers keep the version before. */
class HoldbackTest {

    private final Rig.World world = new Rig.World();
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private Set<String> getting(String version) {
        Set<String> callers = new TreeSet<>();
        for (int i = 0; i < 10_000; i++) {
            String key = "user-" + i;
            if (rig.gate.call("", Caller.of(key)).equals(version)) {
                callers.add(key);
            }
        }
        return callers;
    }

    // flagger#1532, #1647: a ramp loses earlier users; affinity drifts everyone to the canary.
    @Test
    void whoeverHadTheCandidateKeepsItThroughStepsPromotionAndEnd() {
        rig.start("v2");
        world.finding = Finding.NOT_WORSE;
        Set<String> before = new TreeSet<>();
        for (int i = 0; i < 95; i++) {
            Set<String> now = getting("v2");
            assertThat(now.containsAll(before)).as("%s", rig.status()).isTrue();
            before = now;
            rig.minutes(1);
        }
        assertThat(before).hasSize(10_000);
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
    }

    @Test
    void afterThePromotionTheHoldbackKeepsTheOldVersionUntilTheEnd() {
        rig.promoted("v2");
        assertThat(getting("v1")).hasSizeBetween(420, 580);
        assertThat(rig.gate.routing().orElseThrow().holdsBack()).isTrue();
        rig.minutes(61);
        assertThat(getting("v1")).isEmpty();
    }

    @Test
    void aHoldbackNeverTakesTheCandidateFromWhoeverHadIt() {
        rig.start(
                "v2", Rig.policy(p -> p.step(Weight.percent(98), Rig.MINUTE, 0).holdback(Weight.percent(2))));
        Set<String> before = getting("v2");
        Rig.stored(rig.gates.append(rig.gates.decision(
                "by-someone-else",
                "promote",
                "credit-risk",
                Rig.ALICE,
                "",
                java.util.Map.of("version", "v2", "rollout", rig.status().rollout(), "holdback", 50_000L))));
        assertThat(getting("v2").containsAll(before)).isTrue();
        assertThat(getting("v1")).hasSizeBetween(120, 280);
    }

    @Test
    void allowedDeniedAndAnonymousCallersAreNotHeldBack() {
        rig.rollouts.start(
                rig.gate,
                "v2",
                Rig.read(Rig.policy()),
                who -> IntStream.range(0, 500).forEach(i -> who.allow("user-" + i)),
                Rig.ALICE,
                "");
        world.finding = Finding.NOT_WORSE;
        rig.minutes(31);
        Set<String> held = getting("v1");
        assertThat(held).isNotEmpty();
        assertThat(rig.gate.call("", Caller.anonymous())).isEqualTo("v2");
        assertThat(held.stream().filter(key -> Integer.parseInt(key.substring(5)) < 500))
                .isEmpty();
    }

    @Test
    void aKilledBaselineHoldsNobodyBackAndAReviveGivesItNobody() {
        rig.promoted("v2");
        var kill = rig.gate.version("v1").kill(Rig.BOB, "drift");
        Rig.stored(kill);
        assertThat(getting("v1")).isEmpty();
        Rig.stored(rig.gate.version("v1").revive(kill.id(), Rig.BOB, "fixed"));
        assertThat(getting("v1")).isEmpty();
        assertThat(getting("v2")).hasSize(10_000);
        assertThat(rig.stage()).isIn(Stage.FULL, Stage.SOAK);
    }

    @Test
    void withoutAHoldbackThePromotedVersionIsStillWatched() {
        rig.start(
                "v2", Rig.policy(p -> p.step(Weight.percent(50), Rig.MINUTE, 0).holdback(Weight.NONE)));
        world.finding = Finding.NOT_WORSE;
        rig.minutes(1);
        rig.minutes(1);
        assertThat(rig.stable()).isEqualTo("v2");
        assertThat(getting("v2")).hasSize(10_000);
        StepCounts counts = Routings.of(rig.gate).counts();
        assertThat(counts.candidate().calls().answered()).isEqualTo(10_000);
    }

    @Test
    void theCallsOfACanaryAreCountedByArm() {
        rig.start("v2", Rig.policy(p -> p.step(Weight.percent(10), Rig.MINUTE, 0)));
        getting("v2");
        StepCounts counts = Routings.of(rig.gate).counts();
        assertThat(counts.candidate().calls().answered()).isBetween(850L, 1_150L);
        assertThat(counts.stable().calls().answered())
                .isEqualTo(10_000 - counts.candidate().calls().answered());
        assertThat(counts.candidate().callers()).isBetween(850L, 1_150L);
    }
}
