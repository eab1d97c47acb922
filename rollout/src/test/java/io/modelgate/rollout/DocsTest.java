package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.FileDecisionSink;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** The examples of the pages on exposures and decision records compile and run, and the pages show them. */
class DocsTest {

    @TempDir
    Path directory;

    private record Question(String text) {}

    /** As Jackson's mapper is: what it throws is checked. */
    private static final class Json {
        byte[] writeValueAsBytes(Object value) throws IOException {
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String redact(String text) {
        return text.replaceAll("\\d", "#");
    }

    /** Stands for the paths of a host. */
    private Path path(String of) {
        return directory.resolve(of.substring(1));
    }

    @Test
    void whoWasReached() throws Exception {
        Files.createDirectories(path("/var/lib/credit"));
        Path artefact = Files.writeString(path("/model.bin"), "weights");
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<String, String> credit = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", x -> x).version("v2", x -> x).router(Cohorts.router()));
            // exposures: begin
            ExposureLedger reached = ExposureLedger.in(path("/var/lib/credit/exposures"));
            Rollouts rollouts = Rollouts.open(gates, r -> r.exposures(reached));
            // … and weeks later, of the rollout that rollouts.start gave:
            // exposures: end
            try (rollouts) {
                rollouts.register(
                        credit, "v2", v -> v.artefact(artefact).sideEffects(SideEffects.REMEDIATE), Rig.ALICE);
                Rollout rollout =
                        rollouts.start(credit, "v2", Rig.policy(), who -> who.allow("user-42"), Rig.ALICE, "canary");
                assertThat(rollout.stored(Duration.ofSeconds(20))).isTrue();
                credit.call("input", Caller.of("user-42"));
                // exposures: begin
                Rollback back = rollouts.rollback(credit, Actor.of("bob"), "declined the wrong people");
                // version "v2" answered 1204 callers in 3377 calls: …
                for (String remedy : back.remedies()) {
                    System.out.println(remedy);
                }
                try (Writer csv = Files.newBufferedWriter(path("/var/lib/credit/reached.csv"))) {
                    reached.export(rollout.id(), csv);
                }
                // exposures: end
                assertThat(back.remedies()).anyMatch(remedy -> remedy.contains("answered 1 caller in 1 call:"));
                assertThat(Files.readString(path("/var/lib/credit/reached.csv")))
                        .contains(gates.identities().hash("user-42"));
            }
        }
    }

    @Test
    void whatWasDecided() throws Exception {
        Json json = new Json();
        // decision-records: begin
        Gates gates = Gates.open(g -> g.decisionRecords(
                        FileDecisionSink.in(path("/var/log/credit/decisions")),
                        r -> r.digests(json::writeValueAsBytes) // which bytes the digests are of; Jackson here
                                .inputs("chat", input -> redact(((Question) input).text())) // bodies: only of this gate
                                .only("chat")
                                .only("credit-risk"))
                .traceIds(() -> MDC.get("traceId")));
        // decision-records: end
        try (gates) {
            gates.<Question, String>gate("chat", g -> g.stable("v1", question -> "yes"))
                    .call(new Question("card 1234"), Caller.of("user-42"));
            gates.<String, String>gate("credit-risk", g -> g.stable("v1", input -> "no"));
            gates.flushServed();
            try (Stream<Path> files = Files.list(path("/var/log/credit/decisions"))) {
                assertThat(Files.readString(files.findFirst().orElseThrow())).contains("\"input\":\"card ####\"");
            }
        }
    }

    @Test
    void thePagesShowThisVeryCode() throws IOException {
        DocsPage.of("exposures").showsJavaOf(DocsTest.class);
        DocsPage.of("decision-records").showsJavaOf(DocsTest.class);
    }
}
