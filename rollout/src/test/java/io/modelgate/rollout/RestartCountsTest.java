package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart makes of the counts of a source. */
class RestartCountsTest {

    @TempDir
    Path directory;

    private Rig.World world() {
        return new Rig.World(FileControlLog.open(directory.resolve("modelgate.log")));
    }

    private Rig.World fiveMinutesIn() {
        Rig.World world = world();
        try (Rig one = new Rig(world, r -> {})) {
            one.start("v2").stored(Duration.ofSeconds(5));
            one.minutes(5);
        }
        return world;
    }

    @Test
    void aSourceThatKeepsItsCountsOverARestartIsNotCountedTwice() {
        fiveMinutesIn();
        Rig.World world = world();
        world.time.advance(Duration.ofMinutes(5));
        try (Rig two = new Rig(world, r -> {})) {
            two.minutes(1);
            assertThat(two.rollouts.rollback(two.gate, Rig.BOB, "").calls()).isEqualTo(world.calls());
        }
    }

    @Test
    void aSourceThatCountsFromZeroAfterARestartLosesNothing() {
        Rig.World first = fiveMinutesIn();
        Rig.World second = world();
        second.callers = 3;
        try (Rig two = new Rig(second, r -> {})) {
            two.minutes(1);
            assertThat(two.rollouts.rollback(two.gate, Rig.BOB, "").calls()).isEqualTo(first.calls() + second.calls());
        }
    }

    @Test
    void aRestartWhileItWaitsForEvidenceCallsNobody() {
        Rig.World before = world();
        try (Rig one = new Rig(before, r -> {})) {
            RolloutPolicy patient = Rig.policy(p -> {
                Rig.steps(p);
                p.inconclusive(Duration.ofDays(3), Inconclusive.Then.WAIT);
            });
            one.start("v2", patient).stored(Duration.ofSeconds(5));
            one.minutes(300);
            assertThat(one.status().step()).as("waits at the last step").isEqualTo(2);
            assertThat(one.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
        }
        Rig.World after = world();
        after.time.advance(Duration.ofMinutes(301));
        try (Rig two = new Rig(after, r -> {})) {
            two.minutes(5);
            assertThat(two.status().inStep()).isGreaterThan(Duration.ofHours(2));
            assertThat(two.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
        }
    }
}
