package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that lacks the test of a guardrail, or the callers, decides nothing for those that have them. */
class BystanderTest {

    private final Rig.World world = new Rig.World();
    private final Rig judge = new Rig(
            world, r -> r.instance("judge").guardrailTest("own", (counts, share, alpha) -> Finding.INCONCLUSIVE));
    private final Rig bare = new Rig(world, r -> r.instance("bare"));

    @AfterEach
    void close() {
        judge.close();
        bare.close();
    }

    private void starts(Consumer<PolicyBuilder> more) {
        judge.start("v2", Rig.policy(p -> {
            Rig.steps(p);
            p.guardrail(Guardrail.custom("own", (counts, share, alpha) -> Finding.INCONCLUSIVE));
            more.accept(p);
        }));
    }

    @Test
    void itDoesNotCompleteASoak() {
        starts(p -> {});
        world.finding = Finding.NOT_WORSE;
        judge.minutes(31);
        assertThat(judge.stage()).isIn(Stage.FULL, Stage.SOAK);
        bare.minutes(300);
        assertThat(bare.stage()).isEqualTo(Stage.SOAK);
        assertThat(bare.status().reason()).contains("no test of the name \"own\"");
        judge.minutes(61);
        assertThat(judge.stage()).isEqualTo(Stage.COMPLETE);
    }

    @Test
    void itNeitherHoldsNorAbortsWhatIsInconclusive() {
        starts(p -> p.inconclusive(Duration.ofHours(1), Inconclusive.Then.ABORT));
        judge.minutes(25);
        bare.minutes(300);
        assertThat(bare.stage()).isEqualTo(Stage.CANARY);
        assertThat(bare.status().step()).isEqualTo(2);
        judge.minutes(61);
        assertThat(judge.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void itCallsNobodyForCallersThatItLacks() {
        world.callers = 99;
        starts(p -> {});
        bare.minutes(1_000);
        assertThat(bare.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
        assertThat(bare.heard(RolloutEvent.Hindered.class)).isNotEmpty();
        judge.minutes(60);
        assertThat(judge.heard(RolloutEvent.HeldTooLong.class)).isNotEmpty();
    }

    @Test
    void itCallsNobodyForCallersThatAnotherProcessHas() {
        Rig.World quiet = new Rig.World(world.log);
        quiet.callers = 0;
        try (Rig elsewhere = new Rig(quiet, r -> r.instance("elsewhere"))) {
            judge.start("v2", Rig.policy(p -> {
                Rig.steps(p);
                p.inconclusive(Duration.ofDays(300), Inconclusive.Then.WAIT);
            }));
            judge.minutes(32);
            judge.rollouts.close(); // with a checkpoint: it had the least time and callers of the last step
            elsewhere.minutes(2_000);
            assertThat(elsewhere.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
            assertThat(elsewhere.status().step()).isEqualTo(2);
        }
    }
}
