package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Feedback;
import io.modelgate.FeedbackIds;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.control.FileControlLog;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the pages on what a release needs beside its steps compile and run, and the pages show them. */
class PagesDocsTest {

    private record Applicant(double income) {}

    private record Decision(boolean approved, double score) {}

    /** Approves from an income on. */
    private record Scorer(double income) {
        Decision predict(Applicant applicant) {
            return new Decision(applicant.income() >= income, applicant.income());
        }
    }

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
    private final Scorer forest = new Scorer(0.5);
    private final Scorer boosted = new Scorer(0.51);
    private final Map<String, String> stored = new HashMap<>();
    private final List<String> paged = new ArrayList<>();

    private Path path(String of) {
        return directory.resolve(of);
    }

    private void store(String loan, String id) {
        stored.put(loan, id);
    }

    private String idOf(String loan) {
        return Objects.requireNonNull(stored.get(loan));
    }

    private void page(String reason) {
        paged.add(reason);
    }

    private Gates gates() {
        return Gates.open(g -> g.ticker(time).instants(time).scheduler(time).eventExecutor(Runnable::run));
    }

    private ModelGate<Applicant, Decision> credit(Gates gates) {
        return gates.gate(
                "credit-risk",
                g -> g.stable("v1", forest::predict)
                        .version("v2", boosted::predict)
                        .attributes("home")
                        .metric("score", 0, 1, Decision::score)
                        .metric("approved", 0, 1, d -> d.approved() ? 1 : 0)
                        .label("defaulted", 0, 1)
                        .router(Cohorts.router()));
    }

    private static void calls(ModelGate<Applicant, Decision> credit, int from, int to, double most) {
        for (int i = from; i < to; i++) {
            credit.call(new Applicant(i % 1_000 / 1_000.0 * most), Caller.of("user-" + i));
        }
        credit.gates().flushServed();
    }

    @Test
    void whatAnOutcomeTurnedOutToBe() {
        Applicant applicant = new Applicant(0.7);
        String loan = "loan-7";
        // feedback: begin
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(path("modelgate.log")))
                // feedback: end
                .instants(time)
                // feedback: begin
                .feedbackWithin(Duration.ofDays(180))
                .feedbackIds(FeedbackIds.inFile(path("feedback.ids"))))) {

            ModelGate<Applicant, Decision> credit = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", forest::predict)
                            .version("v2", boosted::predict)
                            .router(Cohorts.router())
                            .label("defaulted", 0, 1, Duration.ofDays(90)));

            Outcome<Decision> outcome = credit.decide(applicant, Caller.of("user-42"));
            store(loan, outcome.id().orElseThrow().text());

            // feedback: end
            assertThat(credit.feedback(idOf(loan), "defaulted", 1)).isEqualTo(Feedback.TOO_EARLY);
            time.advance(Duration.ofDays(91));
            // feedback: begin
            // months later, here or in another process
            Feedback what = credit.feedback(idOf(loan), "defaulted", 1); // JOINED
            // feedback: end
            assertThat(what).isEqualTo(Feedback.JOINED);
            assertThat(credit.feedback(idOf(loan), "defaulted", 0)).isEqualTo(Feedback.ALREADY_KNOWN);
            // feedback: begin
        }
        // feedback: end
    }

    @Test
    void aShadowIsCompared() throws IOException {
        Files.writeString(path("careful.yaml"), DocsPage.of("shadow").yaml());
        try (Gates gates = gates();
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            // shadow: begin
            rollouts.shadowing(
                    credit,
                    s -> s // in each process, before the rollout starts
                            // shadow: end
                            .executor(Runnable::run)
                            // shadow: begin
                            .harmless()); // or a version that asks Call.shadow(), or registered with sideEffects(NONE)
            rollouts.start(
                    credit, "v2", RolloutPolicy.load(path("careful.yaml")), Actor.of("alice"), "trained on 2026");

            // shadow: end
            assertThat(rollouts.shadow(credit)).isEmpty();
            rollouts.tick();
            calls(credit, 0, 10_000, 1);
            rollouts.tick();
            // shadow: begin
            // … some thousand calls later, in a process that serves them
            ShadowReport report = rollouts.shadow(credit).orElseThrow();
            System.out.println(report.callersAgreed() + " of " + report.callers() + " callers agreed: "
                    + report.atLeast()); // each by the first call that v2 was asked
            report.differences().forEach(System.out::println); // of each metric: count, mean, p50, p90, p99, most
            for (ShadowReport.Disagreement each : report.worst()) { // at most 50, the largest difference first
                System.out.println(each.input() + " differs by " + each.difference());
            }
            // shadow: end
            assertThat(report.compared()).isBetween(700L, 1_300L);
            assertThat(report.agreed()).as("by the score, within 0.02").isEqualTo(report.compared());
            assertThat(report.callers()).isBetween(report.compared() - 10, report.compared());
            assertThat(report.atLeast()).isGreaterThan(0.95);
            assertThat(report.differences())
                    .extracting(ShadowReport.Difference::of)
                    .contains("score", "approved");
            time.advance(Duration.ofDays(1));
            calls(credit, 10_000, 11_000, 1);
            rollouts.tick();
            assertThat(rollouts.status(credit).orElseThrow().stage()).isEqualTo(Stage.CANARY);
        }
    }

    @Test
    void aPairIsSwitchedAndSwitchedBack() {
        Applicant good = new Applicant(0.9);
        Applicant bad = new Applicant(0.1);
        Applicant typical = new Applicant(0.5);
        try (Gates gates = gates();
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            // blue-green: begin
            BlueGreen<Applicant, Decision> pair = rollouts.blueGreen(
                    credit,
                    "v1",
                    "v2",
                    b -> b
                            // blue-green: end
                            .executor(Runnable::run)
                            // blue-green: begin
                            .harmless() // or versions that ask Call.shadow(), or registered with sideEffects(NONE)
                            .smoke("a good applicant", good, d -> d.approved())
                            .smoke("a bad applicant", bad, d -> !d.approved())
                            .warm(typical)
                            .every(Duration.ofSeconds(30)));

            // blue-green: end
            assertThat(pair.status().warmed()).isEqualTo(gates.now());
            // blue-green: begin
            pair.switchTo("v2", Actor.of("alice"), "trained on 2026"); // smoke calls, then one entry
            // blue-green: end
            assertThat(gates.describe("credit-risk").orElseThrow().stable()).contains("v2");
            // blue-green: begin
            Rollback back = pair.switchBack(Actor.of("bob"), "approvals fell"); // one entry
            back.remedies().forEach(System.out::println); // what v2's side effects ask for
            // blue-green: end
            assertThat(gates.describe("credit-risk").orElseThrow().stable()).contains("v1");
            assertThat(back.bad()).isEqualTo("v2");
            assertThat(back.remedies()).singleElement().asString().contains("is not in the registry");
            pair.close();
        }
    }

    @Test
    void aRolloutHasToDoWithOthers() {
        RolloutPolicy policy = RolloutPolicy.of(
                p -> p.name("lists").step(Weight.percent(30), Rig.MINUTE, 100).holdback(Weight.percent(5)));
        try (Rig rig = new Rig()) {
            Rollouts rollouts = rig.rollouts;
            ModelGate<String, String> ranker = rig.gate("ranker", "v1", "v8");
            ModelGate<String, String> generator = rig.gate("candidate-generator", "v1", "v3");
            ModelGate<String, String> blender = rig.gate("blender", "v1", "v2");
            // dependencies: begin
            rollouts.start(
                    ranker,
                    "v8",
                    policy,
                    who -> who.exclusive("search", Weight.percent(40)) // no caller has another candidate of "search"
                            .after("candidate-generator", "v3") // begins once that is complete
                            .lockstep("search-2026-11", 2), // with one other rollout, step by step
                    Actor.of("alice"),
                    "trained on the new lists");
            // dependencies: end
            rollouts.tick();
            RolloutStatus waits = rollouts.status(ranker).orElseThrow();
            assertThat(waits.stage()).isEqualTo(Stage.DRAFT);
            assertThat(waits.reason()).contains("version \"v3\" of gate \"candidate-generator\"");
            assertThatIllegalStateException()
                    .isThrownBy(() -> rollouts.start(
                            generator,
                            "v3",
                            policy,
                            who -> who.exclusive("search", Weight.percent(70)),
                            Rig.ALICE,
                            "generator"))
                    .withMessageContaining("40 %");
            assertThatIllegalArgumentException()
                    .as("three steps beside one")
                    .isThrownBy(() -> rollouts.start(
                            blender,
                            "v2",
                            Rig.policy(),
                            who -> who.lockstep("search-2026-11", 2),
                            Rig.ALICE,
                            "blender"))
                    .withMessageContaining("search-2026-11");
        }
    }

    @Test
    void stableIsComparedWithItsOwnPast() {
        try (Gates gates = gates();
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            // drift: begin
            rollouts.countReference(credit); // begins to count stable's answers
            // drift: end
            calls(credit, 0, 10_000, 1);
            // drift: begin
            // … some 10,000 callers later, in the same process:
            rollouts.freezeReference(
                    credit,
                    Drift.of("score", "approved").worseByPoints(0.1).alpha(0.01),
                    Actor.of("alice"),
                    "as validated in March");

            rollouts.onEvent(event -> {
                if (event instanceof RolloutEvent.Drifted drifted) {
                    page(drifted.reason()); // stable "v1" has drifted: the distribution of score is …
                }
            });
            // drift: end
            rollouts.tick();
            calls(credit, 10_000, 20_000, 1);
            time.advance(Rig.MINUTE);
            rollouts.tick();
            assertThat(paged).isEmpty();
            calls(credit, 20_000, 40_000, 0.5); // nobody earns more than half of what the best did
            time.advance(Duration.ofDays(1));
            rollouts.tick();
            // drift: begin
            rollouts.drift(credit).forEach(System.out::println); // where each metric lies now, and how far it may
            // drift: end
            assertThat(rollouts.drift(credit)).extracting(DriftStatus::metric).containsExactly("score", "approved");
            assertThat(paged)
                    .anySatisfy(each ->
                            assertThat(each).startsWith("stable \"v1\" has drifted: the distribution of score is "));
        }
    }

    @Test
    void callersOfAnotherSystemStayWhereTheyAre() {
        try (Gates gates = gates()) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            // bucketing: begin
            Rollout.start(
                    credit,
                    "v2",
                    r -> r.weight(Weight.percent(20)).bucketing(Bucketing.unleash("checkout")),
                    Actor.of("alice"),
                    "moved from Unleash at 20 %");
            // bucketing: end
            int candidates = 0;
            for (int i = 0; i < 1_000; i++) {
                String key = "user-" + i;
                long normalized = new Murmur32(0).utf8("checkout:" + key).value() % 100 + 1;
                boolean candidate = credit.decide(new Applicant(1), Caller.of(key))
                        .answeredBy()
                        .orElseThrow()
                        .equals("v2");
                assertThat(candidate).as(key).isEqualTo(normalized <= 20); // Unleash's rule
                candidates += candidate ? 1 : 0;
            }
            assertThat(candidates).isBetween(150, 250);
        }
    }

    @Test
    void groupsAreGuarded() throws IOException {
        // guardrails: begin
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("fair")
                .guardrail(Guardrail.mean("approved")
                        .lowerIsWorse()
                        .worseByPoints(0.05)
                        .requiredForPromotion()
                        .by("home", "owner", "parents", "rent"))
                .guardrail(Guardrail.groupRatio("approved")
                        .by("home", "owner", "parents", "rent")
                        .worseBy(0.2)));
        // guardrails: end
        assertThat(policy)
                .isEqualTo(RolloutPolicy.parse(
                        "guardrails.md", DocsPage.of("guardrails").yaml()));
        try (Gates gates = gates();
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            Rollout rollout = rollouts.start(credit, "v2", policy, Rig.ALICE, "canary");
            assertThat(rollout.stored(Duration.ofSeconds(20))).isTrue();
            rollouts.tick();
            assertThat(rollouts.status(credit).orElseThrow().evidence())
                    .extracting(Evidence::guardrail)
                    .contains("approved[home=rent]");
        }
    }

    @Test
    void aLabelIsGuarded() throws IOException {
        RolloutPolicy policy =
                RolloutPolicy.parse("feedback.md", DocsPage.of("feedback").yaml());
        try (Gates gates = gates();
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<Applicant, Decision> credit = credit(gates);
            rollouts.start(credit, "v2", policy, Rig.ALICE, "canary");
            rollouts.tick();
            assertThat(rollouts.status(credit).orElseThrow().evidence())
                    .extracting(Evidence::guardrail, Evidence::required)
                    .contains(tuple("defaulted", true));
        }
    }

    @Test
    void aPolicyInCodeIsThatInItsFile() throws IOException {
        // policies: begin
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("careful")
                .exponential(Weight.percent(1), 2, Duration.ofMinutes(30), 200)
                .guardrail(Guardrail.rate(Rate.ERRORS).worseBy(0.2))
                .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.005).requiredForPromotion())
                .guardrail(Guardrail.latency(0.99).worseBy(0.5))
                .soak(Duration.ofDays(7)));
        // policies: end
        List<String> files = DocsPage.of("policies").examples("yaml");
        assertThat(files).hasSize(2);
        assertThat(policy).isEqualTo(RolloutPolicy.parse("policies.md", files.get(0)));
        Calendar windows =
                RolloutPolicy.parse("policies.md", files.get(0) + files.get(1)).windows();
        assertThat(windows.open(Instant.parse("2026-03-02T08:00:00Z")))
                .as("Monday, 9 in Zurich")
                .isTrue();
        assertThat(windows.open(Instant.parse("2026-03-02T07:59:00Z"))).isFalse();
        assertThat(windows.open(Instant.parse("2026-03-02T16:00:00Z"))).isFalse();
        assertThat(windows.open(Instant.parse("2026-03-07T09:00:00Z")))
                .as("Saturday")
                .isFalse();
    }

    @Test
    void thePagesShowThisVeryCode() throws IOException {
        for (String page : List.of(
                "feedback", "shadow", "blue-green", "dependencies", "drift", "bucketing", "guardrails", "policies")) {
            DocsPage.of(page).showsJavaOf(PagesDocsTest.class);
        }
    }
}
