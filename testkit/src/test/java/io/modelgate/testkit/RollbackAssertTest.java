package io.modelgate.testkit;

import static io.modelgate.testkit.RollbackAssert.assertRollbackRestores;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollbackAssertTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");

    private final Gates gates = Gates.open(g -> g.ticker(() -> 0));
    private final AtomicBoolean oneDown = new AtomicBoolean();
    private final AtomicBoolean twoDown = new AtomicBoolean();
    private final AtomicBoolean twoWrong = new AtomicBoolean();

    private final ModelGate<String, String> gate = gates.gate(
            "credit",
            g -> g.stable("v1", input -> answer(oneDown, "one " + input))
                    .version("v2", input -> answer(twoDown, (twoWrong.get() ? "wrong " : "two ") + input)));

    private static String answer(AtomicBoolean down, String answer) {
        if (down.get()) {
            throw new IllegalStateException("down");
        }
        return answer;
    }

    @AfterEach
    void close() {
        gates.close();
    }

    private void hasTheBaseline() {
        assertThat(gate.describe().stable()).contains("v1");
        oneDown.set(false);
        assertThat(gate.call("x", CALLER)).isEqualTo("one x");
    }

    @Test
    void candidateThatFailsIsRolledBack() {
        assertRollbackRestores(gate, "v2", () -> twoDown.set(true), "a", "b");
        hasTheBaseline();
    }

    @Test
    void candidateThatAnswersWronglyIsRolledBack() {
        assertRollbackRestores(gate, "v2", () -> twoWrong.set(true), "a");
        hasTheBaseline();
    }

    @Test
    void candidateThatIsKilledIsRolledBack() {
        assertRollbackRestores(gate, "v2", () -> gate.version("v2").kill(ALICE, "bad"), "a");
        hasTheBaseline();
    }

    @Test
    void probesAreNotNeeded() {
        assertRollbackRestores(gate, "v2", () -> {});
        hasTheBaseline();
    }

    @Test
    void canBeRehearsedAgain() {
        assertRollbackRestores(gate, "v2", () -> twoWrong.set(true), "a");
        twoWrong.set(false);
        assertRollbackRestores(gate, "v2", () -> twoWrong.set(true), "a");
        hasTheBaseline();
    }

    @Test
    void breakingNothingIsNoRehearsal() {
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v2", () -> {}, "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("brokenBy broke nothing")
                .hasMessageContaining("<v2>");
        hasTheBaseline();
    }

    @Test
    void baselineThatBreaksWithTheCandidateIsNotRestored() {
        assertThatThrownBy(() -> assertRollbackRestores(
                        gate,
                        "v2",
                        () -> {
                            twoDown.set(true);
                            oneDown.set(true);
                        },
                        "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("probe 1 <a> was answered <one a> by <v1> before the deployment")
                .hasMessageContaining("<nothing> by no version because of ERROR after the rollback");
        hasTheBaseline();
    }

    @Test
    void baselineThatIsKilledMeanwhileIsNotRestored() {
        assertThatThrownBy(() -> assertRollbackRestores(
                        gate,
                        "v2",
                        () -> {
                            twoDown.set(true);
                            gate.version("v1").kill(ALICE, "bad");
                        },
                        "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("it cannot be rolled back")
                .hasMessageContaining("not killed");
    }

    @Test
    void gateThatIsKilledMeanwhileIsNotRestored() {
        assertThatThrownBy(() ->
                        assertRollbackRestores(gate, "v2", () -> gates.kill(Scope.gate("credit"), ALICE, "bad"), "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected <v1> to serve after the rollback")
                .hasMessageContaining("because of a kill");
    }

    @Test
    void candidateHasToServeBeforeItIsBroken() {
        twoDown.set(true);
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v2", () -> {}, "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected <v2> to answer probe 1 <a> once it is promoted");
        hasTheBaseline();
    }

    @Test
    void baselineHasToServeBefore() {
        oneDown.set(true);
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v2", () -> {}, "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected <v1> to answer probe 1 <a> before anything was deployed");
        hasTheBaseline();
    }

    @Test
    void whatBrokenByThrowsIsThrownAndTheBaselineIsBack() {
        IllegalStateException thrown = new IllegalStateException("no such pod");
        assertThatThrownBy(() -> assertRollbackRestores(
                        gate,
                        "v2",
                        () -> {
                            throw thrown;
                        },
                        "a"))
                .isSameAs(thrown);
        hasTheBaseline();
    }

    @Test
    void stableOrUnknownVersionCannotBeRehearsed() {
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v1", () -> {}, "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("<v1> is stable already");
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v9", () -> {}, "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v9");
    }

    @Test
    void killedCandidateCannotBeDeployed() {
        gate.version("v2").kill(ALICE, "bad");
        assertThatThrownBy(() -> assertRollbackRestores(gate, "v2", () -> {}, "a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("killed");
        hasTheBaseline();
    }
}
