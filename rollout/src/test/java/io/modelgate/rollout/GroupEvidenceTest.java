package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.Cause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same guardrail for each group, and the ratio of the groups. */
class GroupEvidenceTest {

    private static final int STABLE = EvidenceRig.STABLE;
    private static final int CANDIDATE = EvidenceRig.CANDIDATE;
    private static final int SEED = 20_261_129;
    private static final Guardrail POINTS = Guardrail.rate(Rate.ERRORS).worseByPoints(0.02);

    private static GroupRig rig(int groups, Guardrail... guardrails) {
        return new GroupRig(SEED, EvidenceRig.book(0.05, guardrails), groups);
    }

    private static Guardrail by(Guardrail guardrail, int groups) {
        return guardrail.by(GroupRig.ATTRIBUTE, GroupRig.names(groups));
    }

    /** So many answers in each arm of a group, of which a share scores 1 and the others 0. */
    private static void scores(GroupRig rig, int group, int each, double ofStable, double ofCandidate) {
        for (int arm = 0; arm < 2; arm++) {
            EvidenceRig to = rig.groups.get(group);
            int high = (int) Math.round(each * (arm == CANDIDATE ? ofCandidate : ofStable));
            to.answered(arm, 10, each).score(arm, 1, high).score(arm, 0, each - high);
        }
    }

    @Test
    void oneBadGroupOfTwentyIsFoundWhileTheAverageLooksFine() {
        GroupRig rig = rig(20, POINTS.name("all"), by(POINTS, 20).requiredForPromotion());
        rig.begin(0.5);
        int seconds = 0;
        for (; seconds < 3_600 && !rig.book.regressed(); seconds++) {
            for (int i = 0; i < 20; i++) {
                rig.groups.get(i).second(10, 0.5, 0.01, i == 7 ? 0.15 : 0.01);
            }
            rig.look();
        }
        assertThat(rig.evidence("errors[region=g7]").finding()).isEqualTo(Finding.REGRESSED);
        assertThat(rig.book.evidence())
                .filteredOn(each -> each.finding() == Finding.REGRESSED)
                .hasSize(1);
        assertThat(rig.evidence("all").finding()).isNotEqualTo(Finding.REGRESSED);
        System.out.printf(
                "one group of 20 at 15 %% errors, the others at 1 %%, 10 calls/s each, half of them to the candidate: found after %d s%n",
                seconds);
        assertThat(seconds).isBetween(5, 300);
        // The average goes on looking fine, however long one looks.
        for (int i = 0; i < 1_000; i++) {
            for (int group = 0; group < 20; group++) {
                rig.groups.get(group).second(10, 0.5, 0.01, group == 7 ? 0.15 : 0.01);
            }
        }
        rig.look();
        assertThat(rig.evidence("all").finding()).isEqualTo(Finding.NOT_WORSE);
    }

    @Test
    void eachGroupPaysItsPartOfAlphaAndSaysSo() {
        GroupRig rig = rig(20, POINTS.name("all").share(4), by(POINTS, 20)).begin(0.5);
        rig.groups.get(0).missed(CANDIDATE, Cause.ERROR, 3).answered(STABLE, 10, 3);
        rig.look();
        assertThat(rig.evidence("all").text()).contains("needs 25 to be worse").doesNotContain("α");
        assertThat(rig.evidence("errors[region=g0]").text())
                .contains("needs 2,000 to be worse")
                .endsWith("; α 0.05 × 1/5 × 1/20");
    }

    @Test
    void promotionAsksItOfEachGroup() {
        GroupRig rig = rig(2, by(POINTS, 2).requiredForPromotion()).begin(0.5);
        rig.groups.get(0).answered(STABLE, 10, 4_000).answered(CANDIDATE, 10, 4_000);
        rig.look();
        assertThat(rig.book.evidence()).allMatch(Evidence::required).hasSize(2);
        assertThat(rig.evidence("errors[region=g0]").finding()).isEqualTo(Finding.NOT_WORSE);
        assertThat(rig.evidence("errors[region=g1]").finding()).isEqualTo(Finding.INCONCLUSIVE);
    }

    @Test
    void callersInNoGroupAreCountedAsSuch() {
        GroupRig rig =
                rig(2, by(POINTS, 2), by(Guardrail.groupRatio("score"), 2)).begin(0.5);
        rig.others.answered(STABLE, 10, 700).answered(CANDIDATE, 10, 504);
        rig.groups.get(0).answered(STABLE, 10, 10);
        rig.look();
        assertThat(rig.book.evidence())
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.text()).contains("; 1,204 calls are in none of its groups"));
    }

    @Test
    void groupsGoOnAfterARestart() {
        Guardrail[] all = {
            by(POINTS, 3),
            by(Guardrail.latency(0.9), 3),
            by(Guardrail.mean("score").worseByPoints(0.1), 3),
            by(Guardrail.distribution("score"), 3),
            by(Guardrail.groupRatio("score"), 3),
            by(Guardrail.groupRatio("score").name("against-stable").worseBy(0.1), 3)
        };
        GroupRig rig = rig(3, all).begin(0.5);
        for (int look = 0; look < 30; look++) {
            traffic(rig);
        }
        Map<String, Object> checkpoint = rig.book.checkpoint();
        EvidenceBook goesOn = EvidenceRig.book(0.05, all);
        EvidenceBook fromZero = EvidenceRig.book(0.05, all);
        assertThat(goesOn.restore(checkpoint)).isTrue();
        assertThat(fromZero.restore(checkpoint)).isTrue();
        assertThat(goesOn.checkpoint()).isEqualTo(checkpoint);
        assertThat(goesOn.evidence()).hasSize(14).isEqualTo(rig.book.evidence());

        StepCounts before = rig.counts();
        traffic(rig);
        goesOn.look(rig.counts());
        fromZero.look(CountSums.minus(rig.counts(), before));
        assertThat(goesOn.evidence()).isEqualTo(rig.book.evidence());
        assertThat(fromZero.evidence().stream().map(Evidence::finding))
                .isEqualTo(rig.book.evidence().stream().map(Evidence::finding).toList());
        assertThat(fromZero.evidence().get(0).numbers())
                .isEqualTo(rig.book.evidence().get(0).numbers());
    }

    private static void traffic(GroupRig rig) {
        for (int i = 0; i < rig.groups.size(); i++) {
            rig.groups.get(i).second(40, 0.5, 0.02, 0.02);
            for (int arm = 0; arm < 2; arm++) {
                rig.groups.get(i).score(arm, 0.1 * (i + rig.groups.get(i).random.nextInt(5)), 20);
            }
        }
        rig.look();
    }

    @Test
    void aCheckpointFromBeforeThereWereGroupsIsReadAsWithoutThem() {
        EvidenceRig old = new EvidenceRig(SEED, 0.05, POINTS).begin(0.5);
        old.answered(STABLE, 10, 100).answered(CANDIDATE, 10, 100).look();
        Map<String, Object> counts = new HashMap<>(new SavedCounts(false, false).write(old.counts()));
        assertThat(counts).doesNotContainKey("slices");
        assertThat(SavedCounts.readStep(new Saved(counts)).groups()).isEmpty();
        EvidenceBook book = EvidenceRig.book(0.05, POINTS);
        assertThat(book.restore(old.book.checkpoint())).isTrue();
    }

    @Test
    void theFourFifthsRuleComparesTheLowestGroupWithTheHighest() {
        GroupRig rig = rig(3, by(Guardrail.groupRatio("score").atLeast(0.8), 3)).begin(0.5);
        for (int look = 0; look < 20; look++) {
            scores(rig, 0, 100, 0.6, 0.6);
            scores(rig, 1, 100, 0.6, 0.6);
            scores(rig, 2, 100, 0.6, 0.3);
            rig.look();
        }
        Evidence evidence = rig.evidence("score-group-ratio");
        assertThat(evidence.finding()).isEqualTo(Finding.REGRESSED);
        assertThat(evidence.text()).contains("lowest in g2 ").contains("; α 0.05 × 1/1 over 3 groups");
        assertThat(Double.parseDouble(evidence.numbers().get("candidateHigh"))).isLessThan(0.8);
        assertThat(Double.parseDouble(evidence.numbers().get("candidateLow"))).isLessThan(0.5);
    }

    @Test
    void groupsThatAreAsGoodAreShownToBe() {
        GroupRig rig = rig(3, by(Guardrail.groupRatio("score"), 3).requiredForPromotion())
                .begin(0.5);
        for (int look = 0; look < 300; look++) {
            for (int i = 0; i < 3; i++) {
                scores(rig, i, 100, 0.6, 0.6);
            }
            rig.look();
        }
        assertThat(rig.evidence("score-group-ratio").finding()).isEqualTo(Finding.NOT_WORSE);
        Band band = rig.book.shown().get(0).band().orElseThrow();
        assertThat(band.low()).isGreaterThan(0.8);
        assertThat(band.limit()).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void aGroupOfWhichNothingIsKnownKeepsTheRatioOpen() {
        GroupRig rig = rig(3, by(Guardrail.groupRatio("score"), 3)).begin(0.5);
        for (int look = 0; look < 300; look++) {
            scores(rig, 0, 100, 0.6, 0.6);
            scores(rig, 1, 100, 0.6, 0.6);
            rig.look();
        }
        assertThat(rig.evidence("score-group-ratio").finding()).isEqualTo(Finding.INCONCLUSIVE);
    }

    @Test
    void aRatioThatIsNoWorseThanStablesIsAllowedWhereStablesIsTheMeasure() {
        Guardrail ratio = Guardrail.groupRatio("score");
        GroupRig rig = rig(2, by(ratio, 2), by(ratio.name("against-stable").worseBy(0.2), 2))
                .begin(0.5);
        for (int look = 0; look < 300; look++) {
            scores(rig, 0, 100, 0.6, 0.6);
            scores(rig, 1, 100, 0.3, 0.3);
            rig.look();
        }
        assertThat(rig.evidence("score-group-ratio").finding()).isEqualTo(Finding.REGRESSED);
        assertThat(rig.evidence("against-stable").finding()).isEqualTo(Finding.NOT_WORSE);
    }

    @Test
    void stablesOwnGroupsAreNoRegressionOfTheCandidate() {
        GroupRig rig = rig(2, by(Guardrail.groupRatio("score"), 2)).begin(0.5);
        for (int look = 0; look < 300; look++) {
            scores(rig, 0, 100, 0.6, 0.6);
            scores(rig, 1, 100, 0.3, 0.6);
            rig.look();
        }
        assertThat(rig.evidence("score-group-ratio").finding()).isEqualTo(Finding.NOT_WORSE);
    }

    @Test
    void everyPageHasItsBand() {
        GroupRig rig = rig(2, by(POINTS, 2), by(Guardrail.mean("score"), 2), by(Guardrail.distribution("score"), 2))
                .begin(0.5);
        for (int look = 0; look < 10; look++) {
            traffic(rig);
        }
        List<Evidence> shown = rig.book.shown();
        assertThat(shown).hasSize(6).allMatch(each -> each.band().isPresent());
    }
}
