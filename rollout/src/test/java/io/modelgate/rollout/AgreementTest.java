package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgreementTest {

    private static final double ALPHA = 0.05;
    private static final ShadowStage RULES =
            new ShadowStage(1, Duration.ofHours(1), 50, 0.95, new ShadowStage.Alike.Equal());

    private static Agreement of(long compared, long agreed) {
        return new Agreement(RULES, ALPHA, new ShadowCounts(compared + 500, agreed + 400, compared, agreed));
    }

    /** The share of runs in which the agreement is shown at any of the looks, one each 50 calls. */
    private static double shown(int runs, int calls, double rate) {
        SplittableRandom random = new SplittableRandom(20260302);
        int shown = 0;
        for (int run = 0; run < runs; run++) {
            long agreed = 0;
            for (int call = 1; call <= calls; call++) {
                agreed += random.nextDouble() < rate ? 1 : 0;
                if (call % 50 == 0 && of(call, agreed).shown()) {
                    shown++;
                    break;
                }
            }
        }
        return (double) shown / runs;
    }

    @Test
    void aCandidateThatAgreesTooSeldomPassesNoMoreOftenThanAlphaHoweverOftenOneLooks() {
        assertThat(shown(400, 2_000, 0.95)).isLessThan(ALPHA);
    }

    @Test
    @Tag("soak")
    void aCandidateThatAgreesTooSeldomPassesNoMoreOftenThanAlphaInThousandsOfRuns() {
        assertThat(shown(4_000, 20_000, 0.95)).isLessThan(ALPHA);
    }

    @Test
    void oneThatAgreesOftenEnoughPasses() {
        assertThat(shown(200, 2_000, 0.99)).isGreaterThan(0.95);
    }

    @Test
    void twoHundredThatAllAgreeShowWhatTheDocsSay() {
        assertThat(of(200, 200).bounds().low()).isBetween(0.968, 0.970);
        assertThat(of(0, 0).shown()).isFalse();
    }

    @Test
    void eachProcessMayBeWrongOnItsOwnSoThatAlphaIsDividedByThem() {
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("n").processes(5).promotionAlpha(0.05));
        assertThat(Agreement.of(policy, RULES, ShadowCounts.NONE).alpha()).isEqualTo(0.01);
    }

    @Test
    void countsThatMakeNoSenseAreNone() {
        assertThat(ShadowCounts.read(new Saved(new ShadowCounts(10, 7, 5, 4).write())))
                .isEqualTo(new ShadowCounts(10, 7, 5, 4));
        for (ShadowCounts each : List.of(
                new ShadowCounts(7, 10, 7, 7),
                new ShadowCounts(10, 7, 11, 4),
                new ShadowCounts(10, 7, 5, 6),
                new ShadowCounts(10, 7, 10, 8),
                new ShadowCounts(10, 7, 5, 1))) {
            assertThat(ShadowCounts.read(new Saved(each.write()))).isEqualTo(ShadowCounts.NONE);
        }
        assertThat(ShadowCounts.read(new Saved(Map.of("compared", 10L, "agreed", 7L))))
                .as("of before callers were told apart")
                .isEqualTo(ShadowCounts.NONE);
        assertThat(ShadowCounts.read(new Saved("nonsense"))).isEqualTo(ShadowCounts.NONE);
    }
}
