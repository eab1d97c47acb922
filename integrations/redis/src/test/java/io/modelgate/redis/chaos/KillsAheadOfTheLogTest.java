package io.modelgate.redis.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Entry;
import io.modelgate.redis.chaos.Violation.Rule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Feeds the checker kills that are in force before they are given: what they excuse, and what nothing does. */
class KillsAheadOfTheLogTest extends JournalsByHand {

    // Weight 50 to v2, as the log says that stays after a fork; the kill of the one that gave way, appended again.
    private final Entry staying = entry(weight, "w3", "weight", Map.of("candidate", "v2", "weight", 50L));
    private final Entry restored = entry(staying, "k", "kill", Map.of("version", "v2"));

    @Test
    void aKillThatHasArrivedMayTakeEffectBeforeItIsGiven() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("arrived 3 k credit v2");
        life("a").call(BELOW_50, 4, 5, "v1").given(6, kill).applied(7, kill);
        life("a").given(8, revive).applied(9, revive).given(10, again).applied(11, again);
        life("a").call(BELOW_50, 12, 13, "v2");
        acknowledged("a", again);
        last("a", again);
        assertThat(check()).isEmpty();
    }

    @Test
    void aKillThatHadArrivedIsNoExcuseOnceItWasGivenAndRevived() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("arrived 3 k credit v2");
        life("a").given(6, kill).applied(7, kill).given(8, revive).applied(9, revive);
        life("a").given(10, again).applied(11, again).call(BELOW_50, 12, 13, "v1");
        acknowledged("a", again);
        last("a", again);
        assertThat(rules()).contains(Rule.COHORT);
    }

    @Test
    void aKillThatTheRepairOfAForkRestoresMayTakeEffectBeforeItIsGiven() {
        repaired(6, 10);
        life("a").call(BELOW_50, 8, 9, "v1", "-").call(BELOW_50, 11, 12, "v1", "-");
        appendedAgain(13);
        life("a").call(BELOW_50, 15, 16, "v1", "-");
        last("a", restored);
        assertThat(check()).isEmpty();
    }

    @Test
    void aCallerThatLeavesTheCohortBeforeTheRepairOfAForkIsSeen() {
        life("a").call(BELOW_50, 3, 4, "v1", "-");
        repaired(6, 10);
        appendedAgain(13);
        last("a", restored);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void aKillThatTheRepairOfAForkRestoresIsNoExcuseForOtherVersions() {
        Entry third = entry(weight, "w3", "weight", Map.of("candidate", "v3", "weight", 50L));
        life("a").given(1, weight).applied(2, weight).given(3, third).applied(4, third);
        journals.get("a").add("owing 5 k credit v2");
        life("a").call(BELOW_50, 6, 7, "v1", "-");
        last("a", third);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void aKillThatWasRestoredIsNoExcuseOnceItIsRevived() {
        Entry released = entry(restored, "r", "revive", Map.of("kills", List.of("k")));
        Entry raised = entry(released, "w4", "weight", Map.of("candidate", "v2", "weight", 50L));
        repaired(6, 10);
        appendedAgain(13);
        life("a").given(15, released).applied(16, released).given(17, raised).applied(18, raised);
        life("a").call(BELOW_50, 19, 20, "v1", "-");
        last("a", raised);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void aKillThatIsOwedIsNoExcuseOnceARevivalOfItIsConfirmed() {
        Entry released = entry(weight, "r", "revive", Map.of("kills", List.of("k")));
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("owing 3 k credit v2");
        life("a").given(4, released).applied(5, released).call(BELOW_50, 6, 7, "v1", "-");
        last("a", released);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    @Test
    void aStartAfterAForksKillWasRestoredIsSeen() {
        repaired(6, 10);
        life("a").call(BELOW_50, 11, 12, "v2");
        appendedAgain(13);
        last("a", restored);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void aStartAfterARestartThatForgotARestoredKillIsSeen() {
        repaired(6, 10);
        boot("a");
        life("a").given(1, staying).applied(2, staying).call(BELOW_50, 3, 4, "v2");
        appendedAgain(13);
        last("a", restored);
        assertThat(rules()).containsOnly(Rule.STARTED);
    }

    @Test
    void aStartWhileARestoredKillIsRevivedInTheLogThatStayedIsNone() {
        repaired(6, 10);
        Entry released = entry(staying, "r", "revive", Map.of("kills", List.of("k")));
        life("a").given(9, released).call(BELOW_50, 11, 12, "v2").applied(13, released);
        last("a", released);
        assertThat(check()).isEmpty();
    }

    @Test
    void aKillOfItsOwnIsNoExcuseOnceItIsRevived() {
        life("a").given(1, weight).applied(2, weight);
        journals.get("a").add("killing 3 credit v2");
        journals.get("a").add("killed 3 4 k credit v2");
        life("a").given(5, again, 3).applied(6, again).call(BELOW_50, 7, 8, "v1", "-");
        last("a", again);
        assertThat(rules()).containsOnly(Rule.COHORT);
    }

    /** The process finds that Redis went on without what it has, gives its gates the kill of what Redis had, and says that it is in force. */
    private void repaired(long owing, long inForce) {
        life("a").given(1, staying, 2).applied(2, staying).given(5, staying, 2);
        journals.get("a").add("owing " + owing + " k credit v2");
        life("a").applied(7, staying);
        journals.get("a").add("restored " + inForce + " k credit v2");
    }

    private void appendedAgain(long stamp) {
        life("a").given(stamp, restored).applied(stamp + 1, restored);
        acknowledged("a", restored);
    }
}
