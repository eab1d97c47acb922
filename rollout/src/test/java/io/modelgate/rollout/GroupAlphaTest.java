package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Cause;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * False regressions of a candidate that is exactly as good as stable in each of twenty groups, by five guardrails each without a margin,
 * under a look every second: at most α of the rollouts. Four epochs of rising weight each.
 */
class GroupAlphaTest {

    private static final double ALPHA = 0.05;
    private static final double[] SHARES = {0.05, 0.1, 0.25, 0.5};
    private static final int LOOKS = 25;
    private static final int GROUPS = 20;
    private static final int SEED = 20_261_129;

    private static final Guardrail[] FIVE = Stream.of(
                    Guardrail.rate(Rate.ERRORS).worseBy(0),
                    Guardrail.rate(Rate.ERRORS).name("points").worseByPoints(0),
                    Guardrail.latency(0.9).worseBy(0),
                    Guardrail.mean("score").worseByPoints(0),
                    Guardrail.distribution("score").worseByPoints(0))
            .map(each -> each.by(GroupRig.ATTRIBUTE, GroupRig.names(GROUPS)))
            .toArray(Guardrail[]::new);

    private static double falseRegressions(int runs) {
        int regressed = 0;
        for (int run = 0; run < runs; run++) {
            GroupRig rig = new GroupRig(SEED + run, EvidenceRig.book(ALPHA, FIVE), GROUPS);
            boolean any = false;
            for (int epoch = 0; epoch < SHARES.length && !any; epoch++) {
                rig.begin(SHARES[epoch]);
                for (int look = 0; look < LOOKS && !any; look++) {
                    for (EvidenceRig group : rig.groups) {
                        second(group, SHARES[epoch]);
                    }
                    any = rig.look().book.regressed();
                }
            }
            regressed += any ? 1 : 0;
        }
        double share = (double) regressed / runs;
        System.out.printf(
                "20 groups × 5 guardrails, A/A, %d runs, seed %d: %.2f %% false regressions, α = 5 %%%n",
                runs, SEED, share * 100);
        return share;
    }

    private static void second(EvidenceRig group, double share) {
        int candidate = group.binomial(40, share);
        for (int arm = 0; arm < 2; arm++) {
            int calls = arm == EvidenceRig.CANDIDATE ? candidate : 40 - candidate;
            int missed = group.binomial(calls, 0.05);
            if (missed > 0) {
                group.missed(arm, Cause.ERROR, missed);
            }
            for (int i = 0; i < calls - missed; i++) {
                group.answered(arm, (long) (10 / (1 - 0.999 * group.random.nextDouble())), 1);
                group.score(arm, group.random.nextDouble(), 1);
            }
        }
    }

    @Test
    void twentyGroupsByFiveGuardrailsStayBelowAlpha() {
        assertThat(falseRegressions(60)).isLessThanOrEqualTo(ALPHA);
    }

    @Test
    @Tag("soak")
    void twentyGroupsByFiveGuardrailsStayBelowAlphaInTwoThousandRuns() {
        assertThat(falseRegressions(2_000)).isLessThanOrEqualTo(ALPHA);
    }
}
