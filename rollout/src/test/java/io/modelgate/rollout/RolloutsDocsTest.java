package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.testkit.RollbackAssert;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the page on rollouts compile and run, and the page shows them. */
class RolloutsDocsTest {

    private record Applicant(double income) {}

    private record Decision(boolean approved) {}

    private static final class Scorer {
        private volatile boolean failing;

        Decision predict(Applicant applicant) {
            if (failing) {
                throw new IllegalStateException("down");
            }
            return new Decision(applicant.income() > 0.5);
        }

        void fail() {
            failing = true;
        }
    }

    @TempDir
    Path directory;

    private Path path(String of) {
        return directory.resolve(of);
    }

    @Test
    void aRolloutStartsAndItsRollbackIsRehearsed() throws IOException {
        Scorer forest = new Scorer();
        Scorer boosted = new Scorer();
        Scorer backend = boosted;
        String hostName = "host-1";
        Applicant goodApplicant = new Applicant(0.9);
        Applicant badApplicant = new Applicant(0.1);
        Files.copy(Path.of("../docs/policies/careful.yaml"), path("careful.yaml"));
        Files.writeString(Files.createDirectories(path("models/v2")).resolve("weights.bin"), "weights");
        Webhook webhook = Webhook.to(
                URI.create("http://127.0.0.1:9"),
                w -> w.secret("a secret of 32 characters or more").plainHttp());
        // rollouts: begin
        Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(path("modelgate.log"))));
        Rollouts rollouts = Rollouts.open(gates, r -> r.instance(hostName).webhook(webhook));

        ModelGate<Applicant, Decision> credit = gates.gate(
                "credit-risk",
                g -> g.stable("v1", forest::predict)
                        .version("v2", boosted::predict)
                        .router(Cohorts.router())); // without it no rollout starts

        rollouts.start(credit, "v2", RolloutPolicy.load(path("careful.yaml")), Actor.of("alice"), "trained on 2026");
        // rollouts: end
        try (webhook;
                gates;
                rollouts) {
            Rig.stored(gates.append(gates.decision(
                    "settled", "drill", "credit-risk", Rig.ALICE, "", Map.of()))); // after the start in the log
            Rig.stored(rollouts.pause(credit, Rig.ALICE, "looked at"));
            assertThat(rollouts.status(credit).orElseThrow().candidate()).isEqualTo("v2");
            Rig.stored(rollouts.abort(credit, Rig.ALICE, "to rehearse first"));
            // rollouts: next
            RollbackAssert.assertRollbackRestores(credit, "v2", backend::fail, goodApplicant, badApplicant);
            // rollouts: end
            assertThat(gates.describe("credit-risk").orElseThrow().stable()).contains("v1");
            // rollouts: next
            rollouts.register(
                    credit,
                    "v2",
                    v -> v.artefact(path("models/v2")) // or a URI and its digest
                            .feature("income", "double")
                            .feature("age", "int")
                            .commit("4f2a9c1")
                            .dataSnapshot("2026-02")
                            .sideEffects(SideEffects.REMEDIATE),
                    Actor.of("ci"));
            // rollouts: end
            Rig.stored(rollouts.rehearsed(credit, "v1", Rig.ALICE, "restored"));
            assertThat(rollouts.registry(credit).get("v2"))
                    .extracting(VersionRecord::sideEffects)
                    .isEqualTo(SideEffects.REMEDIATE);
        }
    }

    @Test
    void aWebhookIsMade() throws IOException {
        String secret = "a secret of 32 characters or more";
        // rollouts: next
        Webhook webhook = Webhook.to(URI.create("https://hooks.example.com/modelgate"), w -> w.secret(secret));
        // rollouts: end
        try (webhook) {
            assertThat(webhook.toString()).contains("hooks.example.com").doesNotContain(secret);
        }
        DocsPage.of("rollouts").showsJavaOf(RolloutsDocsTest.class);
    }
}
