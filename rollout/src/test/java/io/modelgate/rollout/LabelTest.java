package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Feedback;
import io.modelgate.FeedbackIds;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.OutcomeId;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Labels, as evidence of a rollout: real gates, and truth that comes weeks later. */
class LabelTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration DAY = Duration.ofDays(1);

    private final ManualTime time = new ManualTime();
    private final SplittableRandom random = new SplittableRandom(8);
    private final ControlLog log = new MemoryControlLog();
    private final List<Serving> processes = new ArrayList<>();
    private final Serving process = process();

    /** What was asked, and who answered. */
    private record Asked(String id, String version) {}

    private final class Serving implements AutoCloseable {
        private final FeedbackIds known = FeedbackIds.inMemory(100_000);

        /** What comes while it is found out whether a label is the first. */
        Runnable meanwhile = () -> {};

        final Gates gates = Gates.open(g -> g.controlLog(new ForwardingControlLog(log) {
                    @Override
                    public void close() {}
                })
                .feedbackIds((id, now, expires) -> {
                    boolean first = known.first(id, now, expires);
                    meanwhile.run();
                    return first;
                })
                .ticker(time)
                .instants(time)
                .scheduler(time)
                .eventExecutor(Runnable::run));
        final ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .router(Cohorts.router())
                        .metric("length", 0, 10, String::length)
                        .label("other", 0, 1)
                        .label("defaulted", 0, 1));
        final Rollouts rollouts = Rollouts.open(gates, r -> r.manual());

        List<Asked> ask(int from, int to) {
            List<Asked> asked = new ArrayList<>();
            for (int i = from; i < to; i++) {
                var outcome = gate.decide("hi", Caller.of("user-" + i));
                asked.add(new Asked(
                        outcome.id().map(OutcomeId::text).orElseThrow(),
                        outcome.answeredBy().orElseThrow()));
            }
            return asked;
        }

        /** Says of each what it turned out to be: with v2 so many defaults, with v1 a tenth. */
        void truth(List<Asked> asked, double ofCandidate) {
            for (Asked each : asked) {
                double rate = each.version().equals("v2") ? ofCandidate : 0.1;
                assertThat(gate.feedback(each.id(), "defaulted", random.nextDouble() < rate ? 1 : 0))
                        .isEqualTo(Feedback.JOINED);
            }
        }

        void days(int days) {
            for (int i = 0; i < days; i++) {
                time.advance(DAY);
                ask(0, 100); // traffic goes on
                rollouts.tick();
            }
        }

        Stage stage() {
            return rollouts.status(gate).orElseThrow().stage();
        }

        Evidence defaulted() {
            return rollouts.status(gate).orElseThrow().evidence().stream()
                    .filter(each -> each.guardrail().equals("defaulted"))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void close() {
            rollouts.close();
            gates.close();
        }
    }

    private Serving process() {
        Serving made = new Serving();
        processes.add(made);
        return made;
    }

    @AfterEach
    void close() {
        processes.forEach(Serving::close);
    }

    private static RolloutPolicy policy(Unit unit) {
        return RolloutPolicy.of(p -> p.name("months")
                .sampleRatio(false)
                .holdback(Weight.percent(5))
                .soak(Duration.ofDays(10))
                .inconclusive(Duration.ofDays(60), Inconclusive.Then.HOLD)
                .step(Weight.percent(20), Duration.ofDays(5), 10)
                .step(Weight.percent(50), Duration.ofDays(60), 10)
                .guardrail(Guardrail.mean("defaulted")
                        .higherIsWorse()
                        .worseByPoints(0.1)
                        .unit(unit)
                        .requiredForPromotion()));
    }

    private void start(Unit unit) {
        process.rollouts.start(process.gate, "v2", policy(unit), ALICE, "better");
        process.rollouts.tick();
    }

    @Test
    void aCandidateWhoseTruthIsBadIsTakenBackWeeksLater() {
        start(Unit.CALLER);
        List<Asked> asked = process.ask(0, 4_000);
        process.days(21);
        assertThat(process.stage()).isEqualTo(Stage.CANARY);
        process.truth(asked, 0.4);
        process.days(1);

        assertThat(process.stage()).isEqualTo(Stage.ABORTED);
        assertThat(process.gate.feedbackStats().of("defaulted", "v2").mean().orElseThrow())
                .isBetween(0.35, 0.45);
    }

    @Test
    void aCandidateWhoseTruthIsAsGoodIsShownToBeNotWorse() {
        start(Unit.CALLER);
        List<Asked> asked = process.ask(0, 24_000);
        process.days(1);
        process.truth(asked, 0.1);
        process.days(1);

        assertThat(process.stage()).isEqualTo(Stage.CANARY);
        assertThat(process.defaulted().finding()).isEqualTo(Finding.NOT_WORSE);
    }

    @Test
    void labelsCountAtALaterStepInTheArmTheyWereServedIn() {
        start(Unit.CALLER);
        List<Asked> asked = process.ask(0, 4_000);
        long byCandidate =
                asked.stream().filter(each -> each.version().equals("v2")).count();
        process.days(6);
        assertThat(process.rollouts.status(process.gate).orElseThrow().weight()).isEqualTo(Weight.percent(50));
        process.truth(asked, 0.1);
        process.days(1);

        assertThat(byCandidate).isBetween(700L, 900L);
        assertThat(process.defaulted().numbers())
                .containsEntry("stableValues", Long.toString(units(asked, "v1")))
                .containsEntry("candidateValues", Long.toString(units(asked, "v2")));
    }

    /** How many units the callers that a version answered are in: of two labels of a unit one counts. */
    private long units(List<Asked> asked, String version) {
        RolloutRun run = Objects.requireNonNull(Routings.of(process.gate).run());
        long salt = Spots.salt(run.plan().id());
        return IntStream.range(0, asked.size())
                .filter(i -> asked.get(i).version().equals(version))
                .map(i -> Spots.unit(Spots.spot(Caller.of("user-" + i).keyHash(), salt)))
                .distinct()
                .count();
    }

    /** Where the ids are in a file or on a server, that takes its time. */
    @Test
    void aLabelCountsWhereAStepComesWhileItIsFoundOutWhetherItIsTheFirst() {
        start(Unit.CALL);
        Asked asked = process.ask(0, 500).get(0);
        process.rollouts.tick();
        process.meanwhile = () -> process.days(6);

        process.truth(List.of(asked), 1);
        process.rollouts.tick();
        assertThat(process.rollouts.status(process.gate).orElseThrow().step()).isEqualTo(1);
        assertThat(process.defaulted().numbers())
                .containsEntry(asked.version().equals("v2") ? "candidateValues" : "stableValues", "1");
    }

    @Test
    void ofACallerTheFirstLabelCountsAndOfCallsEach() {
        start(Unit.CALLER);
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.addAll(process.ask(0, 20));
        }
        process.days(1);
        process.truth(asked, 0.1);
        process.days(1);
        StepCounts counts = Routings.of(process.gate).counts();

        assertThat(values(counts.stable().calls()) + values(counts.candidate().calls()))
                .isEqualTo(1_000);
        assertThat(values(counts.stable().firstCalls())
                        + values(counts.candidate().firstCalls()))
                .isEqualTo(20);
        assertThat(counts.stable().calls().values(1).count()).isZero();
    }

    @Test
    void ofAGroupFirstLabelsAreKeptOnlyWhereAGuardrailThereNamesThem() {
        Guardrail guardrail =
                Guardrail.mean("defaulted").higherIsWorse().worseByPoints(0.1).by("home", "own", "rent");
        GroupTallies tallies = new GroupTallies(
                new RolloutUnits(), Grouping.of(List.of(guardrail)), process.gate.metricsAndLabels(), 2, Set.of());
        long own = 1L << 32;
        tallies.labelled(own, EpochTally.CANDIDATE, 7, 0, 1);
        tallies.labelled(own, EpochTally.CANDIDATE, 7, 1, 1);
        tallies.labelled(own, EpochTally.CANDIDATE, 7, 1, 1);

        ArmCounts candidate = Objects.requireNonNull(tallies.counts().get(new Group("home", "own")))
                .candidate();
        assertThat(candidate.calls().values(1).count()).isEqualTo(1);
        assertThat(candidate.firstCalls().values(1).count()).isZero();
        assertThat(candidate.calls().values(2).count()).isEqualTo(2);
        assertThat(candidate.firstCalls().values(2).count()).isEqualTo(1);
    }

    private static long values(io.modelgate.CallCounts calls) {
        return calls.values(2).count();
    }

    @Test
    void anEndedRolloutHearsNothingMore() {
        start(Unit.CALL);
        List<Asked> asked = process.ask(0, 100);
        process.rollouts.abort(process.gate, ALICE, "no");
        process.truth(asked, 0.1);
        process.rollouts.start(process.gate, "v2", policy(Unit.CALL), who -> who.afterAbort(), ALICE, "again");
        process.rollouts.tick();
        List<Asked> again = process.ask(0, 100);
        process.truth(again, 0.1);

        StepCounts counts = Routings.of(process.gate).counts();
        assertThat(values(counts.stable().calls()) + values(counts.candidate().calls()))
                .isEqualTo(100);
        assertThat(process.gate.feedbackStats().of("defaulted", "v1").count()
                        + process.gate.feedbackStats().of("defaulted", "v2").count())
                .isEqualTo(200);
    }

    @Test
    void labelsCountInAnotherProcessAndWithoutAnyCallThere() {
        start(Unit.CALL);
        List<Asked> asked = process.ask(0, 4_000);
        Serving other = process();
        other.rollouts.tick();
        time.advance(DAY);
        other.truth(asked, 0.4);
        other.rollouts.tick();

        assertThat(other.stage()).isEqualTo(Stage.ABORTED);
        assertThat(other.defaulted().finding()).isEqualTo(Finding.REGRESSED);
    }

    @Test
    void labelsThatCameBeforeARestartStayEvidence() {
        start(Unit.CALL);
        List<Asked> asked = process.ask(0, 4_000);
        process.days(2);
        process.truth(asked.subList(0, 2_000), 0.1);
        process.days(1);
        String before = process.defaulted().numbers().get("candidateHigh");
        process.close();

        Serving after = process();
        after.rollouts.tick();
        assertThat(after.defaulted().numbers()).containsEntry("candidateHigh", before);
        after.truth(asked.subList(2_000, 4_000), 0.1);
        after.days(1);
        assertThat(Double.parseDouble(after.defaulted().numbers().get("candidateHigh")))
                .isLessThan(Double.parseDouble(before));
    }

    @Test
    void aGuardrailAboutNoMetricAndNoLabelIsRefusedAndSaysWhatThereIs() {
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("typo")
                .step(Weight.percent(20), DAY, 10)
                .guardrail(Guardrail.mean("default").requiredForPromotion()));
        assertThatThrownBy(() -> process.rollouts.start(process.gate, "v2", policy, ALICE, "x"))
                .hasMessageContaining("about the metric or label \"default\"")
                .hasMessageContaining("it has [length, other, defaulted]");
    }
}
