package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.rollout.Bucketing;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.Finding;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.RolloutsBuilder;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A model that approves as many as the one before, and fewer of those who rent. */
class FairnessTest {

    private static final CreditData DATA = CreditData.split(Story.SEED);
    private static final Models MODELS = Models.train(DATA);
    private static final Actor ALICE = Actor.of("alice");
    private static final Guardrail APPROVED =
            Guardrail.mean("approved").eitherIsWorse().worseByPoints(0.1);

    /** No group may lose more than five points of its approvals. */
    private static final Guardrail EACH = Guardrail.mean("approved")
            .name("approved-by-home")
            .lowerIsWorse()
            .worseByPoints(0.05)
            .requiredForPromotion();

    /** Renters are a fifth of the applicants. */
    private static final int A_MINUTE = 60;

    private static RolloutPolicy policy(Guardrail... more) {
        return RolloutPolicy.of(p -> {
            p.name("fair")
                    .step(Weight.percent(10), Duration.ofMinutes(30), 100)
                    .step(Weight.percent(50), Duration.ofMinutes(30), 500)
                    .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.02).requiredForPromotion())
                    .guardrail(APPROVED.requiredForPromotion())
                    .holdback(Weight.percent(5))
                    .soak(Duration.ofMinutes(10));
            List.of(more).forEach(p::guardrail);
        });
    }

    private static Guardrail byHome(Guardrail guardrail) {
        return guardrail.by("home", "owner", "parents", "rent");
    }

    /** A rollout of v4 over v2, over the applicants that no model has seen, one by one. */
    private static final class World implements AutoCloseable {
        final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        final Gates gates =
                Gates.open(g -> g.ticker(time).instants(time).scheduler(time).eventExecutor(Runnable::run));
        final ModelGate<Applicant, Decision> gate = gates.gate(
                "credit-risk",
                g -> g.stable("v2", applicant -> Decision.of(MODELS.v2().trees().probabilityOfBad(applicant)))
                        .version("v4", applicant -> Decision.of(MODELS.v4().probabilityOfBad(applicant)))
                        .attributes("home")
                        .metric("approved", 0, 1, decision -> decision == Decision.APPROVE ? 1 : 0)
                        .router(Cohorts.router()));
        final Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual);
        final Random random = new Random(Story.SEED);
        int applicants;
        int renters;

        RolloutStatus run(RolloutPolicy policy, int minutes) {
            // Always the same order of applicants: a rollout's own differs with its id.
            rollouts.start(
                    gate,
                    "v4",
                    policy,
                    who -> who.bucketing(Bucketing.unleash("credit-risk")),
                    ALICE,
                    "approves as many, at less risk");
            for (int minute = 0; minute < minutes && !over(); minute++) {
                for (int i = 0; i < A_MINUTE; i++) {
                    apply(DATA.heldOut()
                            .get(random.nextInt(DATA.heldOut().size()))
                            .applicant());
                }
                time.advance(Duration.ofMinutes(1));
                rollouts.tick();
            }
            return status();
        }

        private void apply(Applicant applicant) {
            Caller caller = Caller.of("applicant-" + applicants++).with("home", applicant.home());
            if (gate.decide(applicant, caller) instanceof Outcome.Answered<Decision> answered
                    && answered.version().equals("v4")
                    && applicant.home().equals("rent")) {
                renters++;
            }
        }

        private boolean over() {
            return status().stage() != Stage.CANARY && status().stage() != Stage.DRAFT;
        }

        private RolloutStatus status() {
            return rollouts.status(gate).orElseThrow();
        }

        @Override
        public void close() {
            rollouts.close();
            gates.close();
        }
    }

    private static double approved(Scorer scorer, Predicate<Applicant> who) {
        return DATA.heldOut().stream()
                .map(Application::applicant)
                .filter(who)
                .mapToInt(each -> Decision.of(scorer.probabilityOfBad(each)) == Decision.APPROVE ? 1 : 0)
                .average()
                .orElseThrow();
    }

    @Test
    void v4ApprovesAsManyButFewerRenters() {
        Predicate<Applicant> rents = each -> each.home().equals("rent");
        double before = approved(MODELS.v2().trees(), each -> true);
        double after = approved(MODELS.v4(), each -> true);
        double rentersBefore = approved(MODELS.v2().trees(), rents);
        double rentersAfter = approved(MODELS.v4(), rents);
        System.out.printf(
                "approved of all: v2 %.3f, v4 %.3f; of renters: v2 %.3f, v4 %.3f%n",
                before, after, rentersBefore, rentersAfter);
        assertThat(Math.abs(after - before)).isLessThan(0.02);
        assertThat(rentersAfter).isLessThan(rentersBefore - 0.15);
    }

    @Test
    void theAverageLetsItPass() {
        try (World world = new World()) {
            RolloutStatus status = world.run(policy(), 600);
            assertThat(status.stage()).isIn(Stage.FULL, Stage.SOAK, Stage.COMPLETE);
            assertThat(world.gate.describe().stable()).contains("v4");
        }
    }

    @Test
    void theSameGuardrailForEachGroupTakesItBack() {
        try (World world = new World()) {
            RolloutStatus status = world.run(policy(byHome(EACH)), 600);
            assertThat(status.stage()).isEqualTo(Stage.ABORTED);
            assertThat(status.reason()).contains("approved-by-home[home=rent]");
            assertThat(regressed(status)).containsExactly("approved-by-home[home=rent]");
            System.out.printf("by group: %d renters had got v4, of %d applicants%n", world.renters, world.applicants);
            assertThat(world.renters).isLessThan(1_000);
        }
    }

    @Test
    void theRatioOfTheGroupsTakesItBack() {
        try (World world = new World()) {
            RolloutStatus status = world.run(
                    policy(byHome(Guardrail.groupRatio("approved").worseBy(0.2).requiredForPromotion())), 600);
            assertThat(status.stage()).isEqualTo(Stage.ABORTED);
            assertThat(regressed(status)).containsExactly("approved-group-ratio");
            System.out.printf("by ratio: %d renters had got v4, of %d applicants%n", world.renters, world.applicants);
            assertThat(world.renters).isLessThan(2_000);
        }
    }

    private static List<String> regressed(RolloutStatus status) {
        return status.evidence().stream()
                .filter(each -> each.finding() == Finding.REGRESSED)
                .map(Evidence::guardrail)
                .toList();
    }
}
