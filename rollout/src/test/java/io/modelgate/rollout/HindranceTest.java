package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a process does that cannot look after a rollout as it should: it says so once, and steps nothing up. */
class HindranceTest {

    private static final Guardrail OWN = Guardrail.custom("own", (counts, share, alpha) -> Finding.INCONCLUSIVE);

    private static RolloutPolicy watchedBy(Guardrail own) {
        return Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.guardrail(own);
        }));
    }

    @Test
    void aProcessWithoutTheTestOfAGuardrailSaysSoAndPromotesNothing() {
        Rig.World world = new Rig.World();
        try (Rig other = new Rig(
                        world,
                        r -> r.guardrailTest("own", (counts, share, alpha) -> Finding.INCONCLUSIVE)
                                .instance("other"));
                Rig bare = new Rig(world, r -> {})) {
            other.rollouts.start(other.gate, "v2", watchedBy(OWN), Rig.ALICE, "canary");
            world.finding = Finding.NOT_WORSE;
            bare.minutes(200);
            assertThat(bare.status().step()).isZero();
            assertThat(bare.heard(RolloutEvent.Hindered.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.reason()).contains("no test of the name \"own\""));
        }
    }

    @Test
    void aTestThatThrowsIsReportedNowAndThenAndStepsNothingUp() {
        Rig.World world = new Rig.World();
        AtomicInteger looks = new AtomicInteger();
        try (Rig rig = new Rig(
                world,
                r -> r.guardrailTest("own", (counts, share, alpha) -> {
                    throw new AssertionError("look " + looks.incrementAndGet());
                }))) {
            rig.start("v2", watchedBy(OWN));
            world.finding = Finding.NOT_WORSE;
            rig.minutes(100);
            assertThat(rig.status().step()).isZero();
            assertThat(rig.heard(RolloutEvent.Hindered.class)).hasSizeBetween(1, 10);
        }
    }

    @Test
    void anObjectionThatIsWordedAnewAtEveryLookIsNoAlertAtEveryLook() {
        AtomicInteger asked = new AtomicInteger();
        try (Rig rig = new Rig(
                new Rig.World(), r -> r.promotionGate(rollout -> Optional.of("asked " + asked.incrementAndGet())))) {
            rig.promoted("v2");
            for (int i = 0; i < 600; i++) {
                rig.world.time.advance(Duration.ofSeconds(1));
                rig.rollouts.tick();
            }
            assertThat(asked.get()).isGreaterThan(500);
            assertThat(rig.heard(RolloutEvent.PromotionRefused.class)).hasSizeBetween(1, 2);
        }
    }

    @Test
    void aLookThatFailsEveryOtherTimeIsNoAlertEveryOtherTime() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {})) {
            rig.start("v2");
            for (int i = 0; i < 60; i++) {
                world.failing = i % 2 == 0 ? "credit-risk" : null;
                world.time.advance(Duration.ofSeconds(1));
                rig.rollouts.tick();
            }
            assertThat(rig.heard(RolloutEvent.Hindered.class)).hasSize(1);
            world.failing = null;
            rig.minutes(20);
            world.failing = "credit-risk";
            rig.minutes(1);
            assertThat(rig.heard(RolloutEvent.Hindered.class))
                    .as("another outage")
                    .hasSize(2);
            world.failing = null;
        }
    }

    @Test
    void anErrorAtOneGateKeepsNothingFromTheOthers() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(
                world,
                r -> r.promotionGate(rollout -> {
                    if (rollout.gate().equals("credit-risk")) {
                        throw new NoClassDefFoundError("users/Approvals");
                    }
                    return Optional.empty();
                }))) {
            var other = rig.gate("fraud", "v1", "v2");
            rig.start("v2");
            rig.rollouts.start(other, "v2", Rig.read(Rig.policy()), Rig.ALICE, "canary");
            world.finding = Finding.NOT_WORSE;
            rig.minutes(33);
            assertThat(other.describe().stable()).contains("v2");
            assertThat(rig.stable()).isEqualTo("v1");
        }
    }

    @Test
    void aShortStepThatWaitsForWeeksFillsNoLog() {
        try (Rig rig = new Rig()) {
            rig.world.callers = 1;
            rig.start("v2", Rig.policy(p -> p.step(Weight.percent(1), Rig.MINUTE, 100)));
            rig.minutes(7 * 24 * 60);
            assertThat(rig.entries("rollout-checkpoint")).hasSizeLessThan(7 * 24 + 100);
        }
    }

    @Test
    void onceClosedNothingIsDecided() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {})) {
            rig.start("v2");
            rig.rollouts.close();
            world.finding = Finding.REGRESSED;
            rig.minutes(5);
            assertThat(rig.entries("rollout-abort")).isEmpty();
        }
    }
}
