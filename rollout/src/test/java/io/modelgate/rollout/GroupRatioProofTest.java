package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it takes to show that the ratio of the groups is no worse than stable's. */
class GroupRatioProofTest {

    private static final int GROUPS = 20;
    private static final double ALPHA = 0.05;
    private static final int EACH = 100;
    private static final int HIGH = 60;
    private static final int LOOKS = 2_000;

    private static final List<String> NAMES =
            IntStream.range(0, GROUPS).mapToObj(i -> "g" + i).toList();

    /** After so many looks: in each arm of each group a hundred answers a look, of which sixty score 1 and the others 0. */
    private static StepCounts counts(CallTally tally) {
        tally.value(0, 1, HIGH);
        tally.value(0, 0, EACH - HIGH);
        tally.answered(10, EACH);
        CallCounts calls = tally.counts();
        ArmCounts arm = new ArmCounts(calls, calls, calls.calls(), calls.calls(), Map.of());
        StepCounts group = new StepCounts(arm, arm, CallCounts.NONE, 0);
        Map<Group, StepCounts> groups = new HashMap<>();
        NAMES.forEach(name -> groups.put(new Group("region", name), group));
        return new StepCounts(arm, arm, CallCounts.NONE, 0, groups);
    }

    private static int shown(Guardrail guardrail) {
        GroupRatioPage page =
                new GroupRatioPage(guardrail, new Groups("region", NAMES), 0, new double[] {0, 1}, ALPHA, ALPHA);
        page.controlArm = true;
        page.begin();
        CallTally tally = new CallTally(1, Set.of(0), true);
        for (int look = 1; look <= LOOKS; look++) {
            page.look(counts(tally));
            if (page.evidence().finding() == Finding.NOT_WORSE) {
                return look;
            }
        }
        throw new AssertionError("not shown: " + page.evidence().text());
    }

    /** The first look at which so many bounds, each with its even part of α, show a ratio above four fifths. */
    private static int boundsOf(int bounds) {
        double needed = Math.log(bounds / (ALPHA * Epochs.part(1)));
        EmpiricalBernstein mean = new EmpiricalBernstein();
        for (int look = 1; look <= LOOKS; look++) {
            mean.add(new Values(EACH, HIGH, HIGH), needed);
            Interval at = mean.interval(needed);
            if (at.low() / at.high() > 0.8) {
                return look;
            }
        }
        throw new AssertionError("not shown by " + bounds + " bounds");
    }

    @Test
    void againstStablesRatioEveryGroupOfStablesIsPaidFor() {
        assertThat(shown(Guardrail.groupRatio("score").worseBy(0.2).by("region", NAMES.toArray(String[]::new))))
                .isEqualTo(boundsOf(2 + 2 * GROUPS))
                .isGreaterThan(boundsOf(4));
    }

    @Test
    void aRatioByItselfTakesTheBoundsOfTwoGroups() {
        assertThat(shown(Guardrail.groupRatio("score").atLeast(0.8).by("region", NAMES.toArray(String[]::new))))
                .isEqualTo(boundsOf(2));
    }
}
