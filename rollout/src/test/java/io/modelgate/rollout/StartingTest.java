package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A start is made on what the log says when it is stored, and one that is refused leaves nothing behind. */
class StartingTest {

    private final Between log = new Between();
    private final Rig rig = new Rig(new Rig.World(log), r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    /** With a test of its own under a name that other policies have too. */
    private static RolloutPolicy finding(Finding finding) {
        return Rig.policy(p -> {
            Rig.steps(p);
            p.guardrail(Guardrail.custom("own", (counts, share, alpha) -> finding));
        });
    }

    private Finding own() {
        return rig.status().evidence().stream()
                .filter(each -> each.guardrail().equals("own"))
                .findFirst()
                .orElseThrow()
                .finding();
    }

    @Test
    void aRefusedStartLeavesTheRunningRolloutItsOwnTests() {
        rig.rollouts.start(rig.gate, "v2", finding(Finding.NOT_WORSE), Rig.ALICE, "canary");
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.start(rig.gate, "v3", finding(Finding.REGRESSED), Rig.BOB, "another"))
                .withMessageContaining("end it before another starts");
        rig.minutes(2);
        assertThat(own()).isEqualTo(Finding.NOT_WORSE);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void eachRolloutIsJudgedByTheTestsThatItWasStartedWith() {
        rig.rollouts.start(rig.gate, "v2", finding(Finding.REGRESSED), Rig.ALICE, "canary");
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        rig.rollouts.start(rig.gate, "v3", finding(Finding.NOT_WORSE), Rig.ALICE, "the next");
        rig.minutes(2);
        assertThat(own()).isEqualTo(Finding.NOT_WORSE);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }
}
