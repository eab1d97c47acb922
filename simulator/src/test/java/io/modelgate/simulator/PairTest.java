package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two gates whose rollouts have to do with each other. */
class PairTest {

    private static Run run(String policy, String scenario, int number) {
        return new Replay(
                        Shipped.policy(policy),
                        ScenarioFile.load(Path.of("scenarios", scenario + ".yaml")),
                        Duration.ofSeconds(10),
                        11)
                .retold(number);
    }

    private static Run other(Run run) {
        return Objects.requireNonNull(run.other());
    }

    @Test
    void theBadOneOfALockstepPairTakesTheGoodOneBackAtTheSameLook() {
        for (int number = 0; number < 3; number++) {
            Run run = run("in-a-share", "bad-in-lockstep", number);
            assertThat(run.ending()).isEqualTo(Ending.ROLLED_BACK);
            assertThat(other(run).ending()).isEqualTo(Ending.ROLLED_BACK);
            assertThat(other(run).length()).isEqualTo(run.length());
            assertThat(run.length()).isGreaterThan(Duration.ofMinutes(25));
        }
    }

    @Test
    void whoWaitsForTheFirstBeginsOnceThatIsComplete() {
        for (int number = 0; number < 3; number++) {
            Run run = run("in-a-share", "waits-for-the-first", number);
            assertThat(run.ending()).isEqualTo(Ending.COMPLETE);
            assertThat(other(run).ending()).isEqualTo(Ending.ROLLED_BACK);
            List<Run.Line> steps = other(run).timeline().stream()
                    .filter(line -> line.text().startsWith("step 1"))
                    .toList();
            assertThat(steps).hasSize(1);
            assertThat(steps.get(0).at()).isGreaterThanOrEqualTo(run.length());
            assertThat(run.timeline()).anyMatch(line -> line.text().startsWith("other: held by others"));
        }
    }

    @Test
    void whatIsKeptApartIsJudgedApart() {
        for (int number = 0; number < 3; number++) {
            Run run = run("in-a-share", "apart", number);
            assertThat(run.ending()).isEqualTo(Ending.COMPLETE);
            assertThat(other(run).ending()).isEqualTo(Ending.ROLLED_BACK);
            assertThat(other(run).length()).isLessThan(Duration.ofMinutes(30));
        }
    }

    @Test
    void whatIsTestedJointlyMeetsInTheSameCallers() {
        for (int number = 0; number < 3; number++) {
            Run run = run("in-a-share", "joint-test", number);
            assertThat(run.ending()).isEqualTo(Ending.COMPLETE);
            assertThat(other(run).ending()).isEqualTo(Ending.ROLLED_BACK);
            assertThat(other(run).length()).isBetween(Duration.ofMinutes(25), Duration.ofMinutes(27));
            assertThat(run.timeline())
                    .extracting(Run.Line::text)
                    .contains("step 2: 20 %", "other: step 2: 20 %"); // where many meet
        }
    }

    /** Of 400, 80 are to meet, give or take five standard deviations of 8. */
    @Test
    void whoHasOneCandidateOfAJointTestAloneFailsTheRunAndSoDoTooFewWhoMeet() {
        BitSet fewer = new BitSet();
        fewer.set(0, 80);
        BitSet more = new BitSet();
        more.set(0, 160);
        Probes.requireMeeting(fewer, more, 0.2);
        Probes.requireMeeting(more, fewer, 0.2);
        assertThatThrownBy(() -> Probes.requireMeeting(fewer, more, 0.4))
                .hasMessageContaining("80 of 400 callers have both candidates of the joint test, and about 160 are to");
        more.clear(7);
        assertThatThrownBy(() -> Probes.requireMeeting(fewer, more, 0.2))
                .hasMessageContaining("1 callers have one candidate of the joint test alone");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "share: 40 % | share: 60 % | share is 60 %: expected above 0 % and up to 50 % for each",
                "together: exclusive | together: lockstep | a share that nothing has",
                "share: 40 % | share: 0 | share is 0: expected above 0 % and up to 50 % for each",
                "together: exclusive | together: apart | unknown value \"apart\" in together"
            })
    void whatASecondGateCannotBeIsRefused(String good, String bad, String message) throws Exception {
        String file = Files.readString(Path.of("scenarios", "apart.yaml")).replace(good, bad);
        assertThatThrownBy(() -> ScenarioFile.parse("s.yaml", file.getBytes(StandardCharsets.UTF_8), null))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(message);
    }
}
