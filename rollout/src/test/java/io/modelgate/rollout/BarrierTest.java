package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Actor;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rollout that comes after another does not begin before that is complete. */
@Timeout(60)
class BarrierTest {

    private final Rig.World world = new Rig.World();

    /** The ranker is in the first process, the generator in the second. */
    private final Rig one = new Rig(world, r -> r.instance("one"));

    private final Rig two = new Rig(world, r -> r.instance("two"));
    private ModelGate<String, String> ranker;
    private ModelGate<String, String> generator;

    @BeforeEach
    void hasGates() {
        ranker = one.gate("ranker", "v1", "v8");
        generator = two.gate("generator", "v1", "v3", "v4");
    }

    @AfterEach
    void closes() {
        one.close();
        two.close();
    }

    private static Rollout start(Rig rig, ModelGate<?, ?> gate, String version, Consumer<RolloutBuilder> who) {
        return rig.rollouts.start(gate, version, Rig.read(Rig.policy()), who, Rig.ALICE, "");
    }

    private void minutes(int minutes) {
        for (int i = 0; i < minutes; i++) {
            world.time.advance(Rig.MINUTE);
            one.rollouts.tick();
            two.rollouts.tick();
        }
    }

    private RolloutStatus status() {
        return one.rollouts.status(ranker).orElseThrow();
    }

    private void afterTheGenerator() {
        start(one, ranker, "v8", who -> who.after("generator", "v3"));
    }

    @Test
    void itIsADraftUntilTheOtherIsCompleteAndSaysForWhatItWaits() {
        afterTheGenerator();
        minutes(60);
        assertThat(status().stage()).isEqualTo(Stage.DRAFT);
        assertThat(status().reason()).contains("version \"v3\" of gate \"generator\"", "no rollout has completed");
        assertThat(one.heard(RolloutEvent.HeldByOthers.class))
                .hasSize(1)
                .allSatisfy(event -> assertThat(event.lost()).isFalse());

        start(two, generator, "v3", who -> {});
        world.finding = Finding.NOT_WORSE;
        minutes(40);
        assertThat(two.rollouts.status(generator).orElseThrow().stage()).isEqualTo(Stage.SOAK);
        assertThat(status().stage()).as("promoted is not complete").isEqualTo(Stage.DRAFT);
        assertThat(status().reason()).contains("at stage SOAK");
        minutes(60);
        assertThat(two.rollouts.status(generator).orElseThrow().stage()).isEqualTo(Stage.COMPLETE);
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
        assertThat(one.entries("rollout-alert")).isEmpty();
    }

    @Test
    void aVersionThatIsStableAndThatNoRolloutHasIsComplete() {
        start(one, ranker, "v8", who -> who.after("generator", "v1"));
        minutes(1);
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void aRolloutByHandHasToEnd() {
        generator.version("v3").promote(Rig.ALICE, "");
        Rollout byHand = Rollout.start(generator, "v1", r -> r.weight(Weight.percent(1)), Rig.ALICE, "");
        start(one, ranker, "v8", who -> who.after("generator", "v1"));
        minutes(1);
        assertThat(status().reason()).contains("by hand");
        byHand.end(Rig.ALICE, "");
        minutes(1);
        assertThat(status().stage()).as("taken back, never complete").isEqualTo(Stage.DRAFT);
        generator.version("v1").promote(Rig.ALICE, "");
        minutes(1);
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void itGoesNoFurtherOnceTheOtherIsTakenBack() {
        generator.version("v3").promote(Rig.ALICE, "");
        afterTheGenerator();
        minutes(2);
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
        two.rollouts.rollback(generator, Actor.of("bob"), "empty lists");
        world.finding = Finding.NOT_WORSE;
        minutes(120);
        assertThat(status().step()).isZero();
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
        assertThat(status().reason()).contains("was rolled back");
        assertThat(one.heard(RolloutEvent.HeldByOthers.class))
                .hasSize(1)
                .allSatisfy(event -> assertThat(event.lost()).isTrue());
        generator.version("v3").promote(Rig.ALICE, "it was not that");
        minutes(1);
        assertThat(status().step()).isEqualTo(1);
    }

    @Test
    void whatIsRolledBackAfterItWasCompleteIsCompleteNoMore() {
        start(two, generator, "v3", who -> {});
        afterTheGenerator();
        world.finding = Finding.NOT_WORSE;
        minutes(100);
        assertThat(two.rollouts.status(generator).orElseThrow().stage()).isEqualTo(Stage.COMPLETE);
        int step = status().step();
        two.rollouts.rollback(generator, Actor.of("bob"), "empty lists");
        minutes(60);
        assertThat(status().step()).isEqualTo(step);
        assertThat(status().reason()).contains("was rolled back");
    }

    @Test
    void aKillOfTheOtherHoldsIt() {
        generator.version("v3").promote(Rig.ALICE, "");
        afterTheGenerator();
        minutes(2);
        assertThat(status().stage()).isEqualTo(Stage.CANARY);
        KillReceipt kill = generator.version("v3").kill(Rig.BOB, "empty lists");
        world.finding = Finding.NOT_WORSE;
        minutes(14);
        assertThat(status().step()).isZero();
        assertThat(status().reason()).contains("version \"v3\" of gate \"generator\", which was killed");
        assertThat(one.entries("rollout-alert")).isEmpty();
        minutes(3);
        assertThat(one.entries("rollout-alert"))
                .as("it lost what it came after, and a person is called")
                .singleElement()
                .satisfies(alert -> assertThat(alert.decision().reason()).contains("which was killed"));
        generator.version("v3").revive(kill.id(), Rig.BOB, "it was not that");
        minutes(1);
        assertThat(status().step()).isEqualTo(1);
    }

    @Test
    void anAbortOfTheOtherIsToldToo() {
        afterTheGenerator();
        start(two, generator, "v3", who -> {});
        two.rollouts.abort(generator, Actor.of("bob"), "empty lists");
        minutes(1);
        assertThat(status().reason()).contains("was taken back by bob: empty lists");
    }

    @Test
    void itIsAbortedAllTheSame() {
        generator.version("v3").promote(Rig.ALICE, "");
        afterTheGenerator();
        minutes(2);
        two.rollouts.rollback(generator, Actor.of("bob"), "empty lists");
        world.finding = Finding.REGRESSED;
        minutes(1);
        assertThat(status().stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void whatIsUnknownOrWouldWaitForItselfIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(one, ranker, "v8", who -> who.after("generater", "v3")))
                .withMessageContaining("known gates are [credit-risk, generator, ranker]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(one, ranker, "v8", who -> who.after("generator", "v9")))
                .withMessageContaining("known versions are [v1, v3, v4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(one, ranker, "v8", who -> who.after("ranker", "v1")))
                .withMessageContaining("own gate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rollout.start(ranker, "v8", who -> who.after("generator", "v3"), Rig.ALICE, ""))
                .withMessageContaining("under a policy");
        start(one, one.gate, "v2", who -> who.after("generator", "v3"));
        afterTheGenerator();
        assertThatIllegalStateException()
                .isThrownBy(() -> start(two, generator, "v3", who -> who.after("ranker", "v8")))
                .withMessageContaining("it would wait for itself: version \"v3\" of gate \"generator\" comes after"
                        + " version \"v8\" of gate \"ranker\" comes after version \"v3\" of gate \"generator\"");
        start(two, generator, "v4", who -> who.after("ranker", "v8")); // for another version nobody waits
    }

    @Test
    void whoeverGoesInLockstepIsNotWaitedFor() {
        start(one, ranker, "v8", who -> who.lockstep("search", 2));
        assertThatIllegalStateException()
                .isThrownBy(() -> start(
                        two, generator, "v3", who -> who.after("ranker", "v8").lockstep("search", 2)))
                .withMessageContaining("wait for itself");
        one.rollouts.abort(ranker, Rig.ALICE, "");
        start(one, one.gate, "v2", who -> who.lockstep("search", 2).after("generator", "v3"));
        assertThatIllegalStateException()
                .isThrownBy(() -> start(two, generator, "v3", who -> who.after("credit-risk", "v2")))
                .withMessageContaining("wait for itself");
    }

    @Test
    void itWaitsOverARestartAndForAGateThatIsInNoProcess(@TempDir Path directory) {
        Path file = directory.resolve("modelgate.log");
        try (Rig first = new Rig(new Rig.World(FileControlLog.open(file)), r -> {})) {
            ModelGate<String, String> other = first.gate("generator", "v1", "v3");
            Rollout.start(other, "v3", r -> r.weight(Weight.percent(1)), Rig.ALICE, "")
                    .stored(Duration.ofSeconds(5));
            first.rollouts.start(
                    first.gate, "v2", Rig.read(Rig.policy()), who -> who.after("generator", "v3"), Rig.ALICE, "");
        }
        try (Rig second = new Rig(new Rig.World(FileControlLog.open(file)), r -> {})) {
            second.rollouts.tick();
            assertThat(second.stage()).isEqualTo(Stage.DRAFT);
            assertThat(second.status().reason()).contains("by hand and has not ended");
        }
    }
}
