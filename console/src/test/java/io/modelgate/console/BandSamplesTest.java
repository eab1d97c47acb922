package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.rollout.Band;
import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.Finding;
import io.modelgate.rollout.Guardrail.Worse;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Samples are of bounded number and cover the whole rollout. */
class BandSamplesTest {

    private final ManualTime time = new ManualTime();
    private final BandSamples samples = new BandSamples(time);

    private static RolloutStatus status(String rollout, double high) {
        Evidence evidence = new Evidence(
                "errors",
                true,
                Finding.INCONCLUSIVE,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "",
                Map.of(),
                Optional.of(new Band("errors", Band.Unit.SHARE, 0, high, 0, Worse.HIGHER)));
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("careful"));
        return new RolloutStatus(
                "credit-risk",
                rollout,
                policy,
                "v2",
                "v1",
                Stage.CANARY,
                0,
                Weight.percent(1),
                false,
                false,
                Instant.EPOCH,
                Duration.ZERO,
                0,
                true,
                List.of(evidence),
                List.of(),
                "");
    }

    private List<BandSamples.Sample> taken(String rollout) {
        return samples.of(status(rollout, 0), "errors");
    }

    @Test
    void aSampleIsTakenEveryTwoSecondsAtMost() {
        for (int i = 0; i < 10; i++) {
            samples.add(status("r1", i), "t" + i);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(taken("r1").stream().map(BandSamples.Sample::at)).containsExactly("t0", "t2", "t4", "t6", "t8");
    }

    @Test
    void aLongRolloutIsSampledMoreSparselyAndItsBeginningStays() {
        for (int i = 0; i < 10_000; i++) {
            samples.add(status("r1", i), "t" + i);
            time.advance(Duration.ofSeconds(2));
        }
        List<BandSamples.Sample> taken = taken("r1");
        assertThat(taken).hasSizeBetween(BandSamples.MOST / 2, BandSamples.MOST);
        assertThat(taken.get(0).at()).isEqualTo("t0");
        assertThat(taken.get(taken.size() - 1).high()).isGreaterThan(9_900);
        assertThat(apart(taken, 1)).isBetween(apart(taken, taken.size() - 3) / 2, apart(taken, taken.size() - 3) * 2);
        assertThat(taken).isSortedAccordingTo(java.util.Comparator.comparingDouble(BandSamples.Sample::high));
    }

    private static double apart(List<BandSamples.Sample> taken, int at) {
        return taken.get(at + 1).high() - taken.get(at).high();
    }

    @Test
    void anotherRolloutOfTheGateBeginsAnew() {
        samples.add(status("r1", 1), "t1");
        samples.add(status("r2", 2), "t2");
        assertThat(taken("r1")).isEmpty();
        assertThat(taken("r2")).hasSize(1);
    }
}
