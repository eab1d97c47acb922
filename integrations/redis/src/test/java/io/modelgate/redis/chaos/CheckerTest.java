package io.modelgate.redis.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.redis.chaos.Violation.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Feeds the checker journals by hand: good ones it passes, and for each rule one that breaks it and nothing else. */
class CheckerTest extends JournalsByHand {

    @Test
    void whatKeepsTheRulesPasses() {
        life("a").given(1, weight).applied(2, weight).call(BELOW_50, 3, 4, "v2").call(ABOVE_50, 5, 6, "v1");
        life("a").given(7, kill).call(BELOW_50, 8, 9, "v2").call(BELOW_50, 10, 11, "v1");
        life("a")
                .applied(12, kill)
                .call(BELOW_50, 13, 14, "v1")
                .given(15, revive)
                .applied(16, revive);
        life("a")
                .call(BELOW_50, 17, 18, "v1")
                .given(19, again)
                .applied(20, again)
                .call(BELOW_50, 21, 22, "v2");
        acknowledged("a", again);
        last("a", again);
        boot("b");
        life("b").given(1, again, 4).applied(2, again);
        last("b", again);
        assertThat(check()).isEmpty();
    }

    @Test
    void differentChainsAreSeen() {
        life("a").given(1, weight).applied(2, weight);
        last("a", weight);
        boot("b");
        life("b").given(1, kill, 2).applied(2, kill);
        last("b", kill);
        assertThat(rules()).contains(Rule.CHAIN);
    }

    @Test
    void aChainThatIsNotWholeIsSeen() {
        boot("a");
        journals.get("a").add("entry " + line(kill));
        last("a", kill, State.EMPTY.report());
        assertThat(rules()).containsOnly(Rule.CHAIN);
    }

    @Test
    void aStoreThatHoldsSomethingElseIsSeen() {
        life("a").given(1, weight).applied(2, weight);
        last("a", weight);
        Checker checker = new Checker(journals, List.of());
        checker.stream(List.of(weight, kill));
        assertThat(checker.check()).extracting(Violation::rule).containsOnly(Rule.CHAIN);
    }

    @Test
    void aMissingLastReportIsSeen() {
        life("a").given(1, weight).applied(2, weight);
        assertThat(rules()).containsOnly(Rule.CHAIN);
    }

    @Test
    void aStateThatIsNotTheLogsIsSeen() {
        life("a").given(1, kill, 2).applied(2, kill);
        last("a", kill, weight(50).report());
        assertThat(rules()).containsOnly(Rule.STATE);
    }

    @Test
    void aProcessThatHasNotSettledIsSeen() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a")
                .add("state last false 1 " + weight.hash() + " " + weight(50).report());
        assertThat(rules()).containsOnly(Rule.STATE);
    }

    @Test
    void anAcknowledgedEntryThatIsMissingIsSeen() {
        Entry lost = entry(weight, "w3", "weight", Map.of("candidate", "v2", "weight", 7L));
        life("a")
                .given(1, weight)
                .applied(2, weight)
                .given(3, lost)
                .given(4, kill)
                .applied(5, kill);
        acknowledged("a", lost);
        last("a", kill);
        assertThat(rules()).containsOnly(Rule.ACKNOWLEDGED);
    }

    @Test
    void anAcknowledgedEntryThatAnEntryAboutTheForkNamesIsNotMissing() {
        Entry lost = entry(weight, "w3", "weight", Map.of("candidate", "v2", "weight", 7L));
        Entry fork = entry(kill, "fork-1", "fork", Map.of("lost", List.of("2 w3 weight"), "digest", "x"));
        life("a")
                .given(1, weight)
                .applied(2, weight)
                .given(3, lost)
                .given(4, fork, 2)
                .applied(5, fork);
        acknowledged("a", lost);
        last("a", fork);
        assertThat(check()).isEmpty();
    }

    @Test
    void whatALostEntryAboutAForkNamedIsNotMissingIfItIsNamedItself() {
        Entry lost = entry(weight, "w3", "weight", Map.of("candidate", "v2", "weight", 7L));
        Entry lostFork = entry(weight, "fork-1", "fork", Map.of("lost", List.of("2 w3 weight")));
        Entry fork = entry(weight, "fork-2", "fork", Map.of("lost", List.of("2 fork-1 fork")));
        life("a")
                .given(1, weight)
                .applied(2, weight)
                .given(3, lost)
                .given(4, lostFork)
                .given(5, fork)
                .applied(6, fork);
        acknowledged("a", lost);
        last("a", fork);
        assertThat(check()).isEmpty();
    }

    @Test
    void anAcknowledgedKillIsMissingEvenIfItIsNamed() {
        Entry fork = entry(weight, "fork-1", "fork", Map.of("lost", List.of("2 k kill")));
        life("a").given(1, fork, 2).applied(2, fork).given(3, kill);
        acknowledged("a", kill);
        last("a", fork);
        assertThat(rules()).containsOnly(Rule.KILL);
    }

    @Test
    void aKillThatWasDurableInAProcessIsMissing() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("owes k kill");
        boot("a");
        life("a").given(1, weight).applied(2, weight);
        last("a", weight);
        assertThat(rules()).containsOnly(Rule.KILL);
    }

    @Test
    void aKillOfAProcessThatLivesIsMissing() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("killed 3 4 k credit v2");
        last("a", weight);
        assertThat(rules()).containsOnly(Rule.KILL);
    }

    @Test
    void aKillThatWasNotDurableMayEndWithItsProcess() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("killed 3 4 k credit v2");
        boot("a");
        life("a").given(1, weight).applied(2, weight).call(BELOW_50, 5, 6, "v2");
        last("a", weight);
        assertThat(check()).isEmpty();
    }

    @Test
    void aStartAfterTheConfirmationOfAKillIsSeen() {
        life("a").given(1, kill, 2).applied(2, kill).call(BELOW_50, 3, 4, "v1", "v2");
        last("a", kill);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void aStartAfterItsOwnKillReturnedIsSeen() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("killed 3 4 k credit -");
        life("a").call(BELOW_50, 5, 6, "v2").given(7, kill).applied(8, kill);
        last("a", kill);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void aKillOfTheFleetIsSeenToStandInEveryGate() {
        Entry all = Entry.after(new Head(1, weight.hash()), decision("k", "kill", "*", Map.of()));
        life("a").given(1, all, 2).applied(2, all).call(BELOW_50, 3, 4, "v1", "v1");
        last("a", all);
        assertThat(rules()).contains(Rule.STARTED);
    }

    @Test
    void aStartAfterARestartThatForgotAConfirmedKillIsSeen() {
        life("a").given(1, kill, 2).applied(2, kill);
        boot("a");
        life("a")
                .given(1, weight)
                .applied(2, weight)
                .call(BELOW_50, 3, 4, "v2")
                .given(5, kill)
                .applied(6, kill);
        last("a", kill);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void whatAProcessHadNoRoomForOnItsDiskIsNotHeldAgainstItsNextLife() {
        journals.put("a", new ArrayList<>(List.of(Life.BOOT + " 1 " + Life.WITHOUT_ROOM)));
        life("a").given(1, kill, 2).applied(2, kill);
        boot("a");
        life("a")
                .given(1, weight)
                .applied(2, weight)
                .call(BELOW_50, 3, 4, "v2")
                .given(5, kill)
                .applied(6, kill);
        last("a", kill);
        assertThat(check()).isEmpty();
    }

    @Test
    void aStartAfterTheForkWithTheKillLostIsSeen() {
        Entry other = entry(weight, "w3", "weight", Map.of("candidate", "v2", "weight", 60L));
        Entry restored = entry(other, "k", "kill", Map.of("version", "v2"));
        life("a").given(1, kill, 2).applied(2, kill).given(3, other).applied(4, other);
        life("a").call(BELOW_50, 5, 6, "v2").given(7, restored).applied(8, restored);
        last("a", restored);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void aStartBetweenTheReviveAndItsConfirmationIsNone() {
        life("a")
                .given(1, kill, 2)
                .applied(2, kill)
                .given(3, again, 2)
                .call(BELOW_50, 4, 5, "v2")
                .applied(6, again);
        last("a", again);
        assertThat(check()).isEmpty();
    }

    @Test
    void aCallerThatChangesTheCohortWithoutAnEntryIsSeen() {
        life("a").given(1, weight).applied(2, weight).call(BELOW_50, 3, 4, "v2").call(BELOW_50, 5, 6, "v1");
        last("a", weight);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void aCallerOfAKilledCandidateGoesToStable() {
        Entry raised = entry(kill, "w3", "weight", Map.of("candidate", "v2", "weight", 50L));
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("killing 3 credit v2");
        life("a").call(BELOW_50, 4, 5, "v1");
        journals.get("a").add("killed 3 6 k credit v2");
        life("a").call(BELOW_50, 7, 8, "v1").given(9, kill).applied(10, kill).call(BELOW_50, 11, 12, "v1");
        life("a").given(13, raised).applied(14, raised).call(BELOW_50, 15, 16, "v1");
        last("a", raised);
        assertThat(check()).isEmpty();
    }

    @Test
    void aCallerThatIsSentByAStateOfLongAgoIsSeen() {
        life("a").given(1, kill, 2).applied(2, kill).call(BELOW_50, 3, 4, "v2", "-");
        last("a", kill);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void whatIsSpentAboveTheBoundIsSeen() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("spend tokens 60");
        last("a", weight);
        boot("b");
        life("b").given(1, weight).applied(2, weight);
        journals.get("b").add("spend tokens 50");
        last("b", weight);
        assertThat(new Checker(journals, List.of(new Checker.Bound("tokens", 110))).check())
                .isEmpty();
        assertThat(new Checker(journals, List.of(new Checker.Bound("tokens", 109))).check())
                .extracting(Violation::rule)
                .containsExactly(Rule.BUDGET);
    }
}
