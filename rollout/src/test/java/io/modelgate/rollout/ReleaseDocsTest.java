package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Feedback;
import io.modelgate.FeedbackIds;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.OutcomeId;
import io.modelgate.control.FileControlLog;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that takes a version from its shadow to the list of those whom it reached, from its first example to its last. */
class ReleaseDocsTest {

    private record Applicant(double income) {}

    private record Decision(boolean approved, double score) {}

    /** Writes a letter where it may. */
    private record Scorer(List<Applicant> letters) {
        Decision predict(Applicant applicant) {
            return new Decision(applicant.income() >= 0.3, applicant.income());
        }

        Decision predictAndWrite(Applicant applicant) {
            letters.add(applicant);
            return predict(applicant);
        }
    }

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
    private final Map<String, String> kept = new HashMap<>();

    private Path path(String of) {
        return directory.resolve(of);
    }

    private void store(String application, String id) {
        kept.put(application, id);
    }

    private String idOf(String application) {
        return Objects.requireNonNull(kept.get(application));
    }

    /** Callers from every home, and what their outcomes are called. */
    private static List<OutcomeId> asked(ModelGate<Applicant, Decision> credit, int from, int to) {
        List<OutcomeId> ids = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Caller caller = Caller.of("user-" + i).with("home", i % 2 == 0 ? "own" : "rent");
            ids.add(credit.decide(new Applicant(i % 100 / 100.0), caller).id().orElseThrow());
        }
        credit.gates().flushServed();
        return ids;
    }

    /** Looks a while later, and lets what was decided arrive in the file. */
    private void pass(ModelGate<?, ?> gate, Rollouts rollouts, Duration by) {
        time.advance(by);
        rollouts.tick();
        Gates gates = gate.gates();
        String id = "settled-" + UUID.randomUUID();
        Rig.stored(gates.append(gates.decision(id, "drill", gate.name(), Rig.ALICE, "", Map.of())));
    }

    private static Stage stage(ModelGate<?, ?> gate, Rollouts rollouts) {
        return rollouts.status(gate).orElseThrow().stage();
    }

    @Test
    void aVersionGoesFromItsShadowToTheListOfThoseItReached() throws IOException {
        Scorer forest = new Scorer(new ArrayList<>());
        Scorer boosted = new Scorer(new ArrayList<>());
        DocsPage page = DocsPage.of("release");
        Files.writeString(path("humane.yaml"), page.yaml());
        Files.writeString(path("v2.onnx"), "weights");
        // release: begin
        Gates gates = Gates.open(g -> g
                // release: end
                .ticker(time)
                .instants(time)
                .scheduler(time)
                .eventExecutor(Runnable::run)
                // release: begin
                .controlLog(FileControlLog.open(path("modelgate.log")))
                .feedbackIds(FeedbackIds.inFile(path("feedback.ids"))));
        ExposureLedger reached = ExposureLedger.in(path("exposures"));
        Rollouts rollouts = Rollouts.open(
                gates,
                r -> r
                        // release: end
                        .manual()
                        // release: begin
                        .exposures(reached));

        ModelGate<Applicant, Decision> credit = gates.gate(
                "credit-risk",
                g -> g.stable("v1", forest::predict)
                        .callAwareVersion(
                                "v2",
                                (applicant, call) -> call.shadow()
                                        ? boosted.predict(applicant)
                                        : boosted.predictAndWrite(
                                                applicant)) // a letter leaves only where somebody gets the answer
                        .attributes("home")
                        .metric("score", 0, 1, d -> d.score())
                        .metric("approved", 0, 1, d -> d.approved() ? 1 : 0)
                        .label("complained", 0, 1, Duration.ofDays(7))
                        .router(Cohorts.router()));
        // release: end
        Applicant applicant = new Applicant(0.7);
        String application = "application-7";
        try (gates;
                rollouts) {
            rollouts.shadowing(credit, s -> s.executor(Runnable::run));
            // release: next
            rollouts.register(
                    credit,
                    "v2",
                    v -> v.artefact(path("v2.onnx")).sideEffects(SideEffects.REMEDIATE),
                    Actor.of("ci")); // its letters have to be put right by a person
            rollouts.start(credit, "v2", RolloutPolicy.load(path("humane.yaml")), Actor.of("alice"), "trained on 2026");
            // release: end
            pass(credit, rollouts, Duration.ZERO);
            pass(credit, rollouts, Duration.ofSeconds(1));
            assertThat(stage(credit, rollouts)).isEqualTo(Stage.SHADOW);
            asked(credit, 0, 1_100);
            assertThat(boosted.letters()).as("a shadow writes none").isEmpty();
            pass(credit, rollouts, Duration.ofHours(1));
            asked(credit, 0, 100);
            pass(credit, rollouts, Duration.ofSeconds(1));
            assertThat(stage(credit, rollouts)).isEqualTo(Stage.CANARY);
            // release: next
            Outcome<Decision> outcome =
                    credit.decide(applicant, Caller.of("user-42").with("home", "rent"));
            store(application, outcome.id().orElseThrow().text());

            // release: end
            List<OutcomeId> others = asked(credit, 1_000, 9_000);
            assertThat(boosted.letters()).hasSizeBetween(250, 600);
            assertThat(credit.feedback(idOf(application), "complained", 1)).isEqualTo(Feedback.TOO_EARLY);
            pass(credit, rollouts, Duration.ofDays(7).plusSeconds(1));
            // release: begin
            // a week later, for each application, good and bad
            credit.feedback(idOf(application), "complained", 1);
            // release: end
            assertThat(credit.feedback(idOf(application), "complained", 1)).isEqualTo(Feedback.ALREADY_KNOWN);
            others.forEach(id ->
                    assertThat(credit.feedback(id.text(), "complained", 0)).isEqualTo(Feedback.JOINED));
            asked(credit, 1_000, 1_100);
            pass(credit, rollouts, Duration.ofSeconds(1));
            // release: next
            RolloutStatus status = rollouts.status(credit).orElseThrow();
            System.out.println(status.stage() + " at " + status.weight() + ": " + status.reason());
            for (Evidence each : status.evidence()) {
                System.out.println(each.guardrail() + " " + each.finding() + ": " + each.text());
            }
            // release: end
            assertThat(status.evidence())
                    .extracting(Evidence::guardrail)
                    .contains("approved[home=own]", "approved[home=rent]", "complained");
            assertThat(credit.feedbackStats().of("complained", "v2").count()).isPositive();
            // release: next
            Rollback back = rollouts.rollback(credit, Actor.of("bob"), "letters with the wrong amount");
            back.remedies()
                    .forEach(System.out::println); // version "v2" answered 312 callers in 1040 calls: the ledger in …
            try (Writer csv = Files.newBufferedWriter(path("reached.csv"))) {
                reached.export(status.rollout(), csv);
            }
            // release: end
            assertThat(stage(credit, rollouts)).isEqualTo(Stage.ABORTED);
            assertThat(back.remedies())
                    .anyMatch(remedy -> remedy.contains("put right by hand"))
                    .anyMatch(remedy -> remedy.contains("version \"v2\" answered"));
            assertThat(Files.readAllLines(path("reached.csv")))
                    .hasSize(
                            1 + (int) reached.of(status.rollout()).orElseThrow().callers());
        }
        page.showsJavaOf(ReleaseDocsTest.class);
    }
}
