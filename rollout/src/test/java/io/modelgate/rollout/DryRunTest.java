package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dry run is of one rollout, whenever it is asked for. */
class DryRunTest {

    private final Rig rig = new Rig();

    @BeforeEach
    void start() {
        rig.start("v2");
        rig.minutes(2);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void dryRun(String policy, Finding finding) {
        rig.rollouts.dryRun(rig.gate, RolloutPolicy.of(p -> {
            Rig.steps(p);
            p.name(policy)
                    .sampleRatio(false)
                    .guardrail(Guardrail.custom("own", (counts, share, alpha) -> finding)
                            .requiredForPromotion());
        }));
    }

    private void abort() {
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "no"));
    }

    private void assertToldBy(String... policies) {
        assertThat(rig.heard(RolloutEvent.WouldHave.class))
                .extracting(RolloutEvent.WouldHave::policy)
                .containsExactly(policies);
    }

    @Test
    void oneForTheNextRolloutIsKeptByTheLookThatFindsTheLastOver() {
        abort();
        dryRun("next", Finding.REGRESSED);
        rig.minutes(1);
        rig.start("v3");
        rig.minutes(2);
        assertToldBy("next");
    }

    @Test
    void oneThatLookedAtARolloutEndsWithIt() {
        dryRun("former", Finding.INCONCLUSIVE);
        rig.minutes(1);
        abort();
        rig.minutes(1);
        rig.start("v3");
        rig.minutes(11);
        assertToldBy();
    }

    @Test
    void oneThatLookedAtARolloutEndsWithItThoughTheNextStartsBeforeALook() {
        dryRun("former", Finding.INCONCLUSIVE);
        rig.minutes(1);
        abort();
        rig.start("v3");
        rig.minutes(11);
        assertToldBy();
    }

    @Test
    void oneThatIsAskedForAsTheLastOneIsDoneIsKept() {
        rig.rollouts.onEvent(event -> {
            if (event instanceof RolloutEvent.WouldHave would && would.policy().equals("first")) {
                dryRun("second", Finding.REGRESSED);
            }
        });
        dryRun("first", Finding.REGRESSED);
        rig.minutes(3);
        assertToldBy("first", "second");
    }
}
