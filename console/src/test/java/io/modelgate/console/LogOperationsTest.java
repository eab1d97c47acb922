package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Actor;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control log, searched, verified and exported. */
class LogOperationsTest {

    @TempDir
    Path directory;

    /** A gate whose declaration is the first entry of the log. A file takes its time, and what a test appends itself could come before it. */
    private static void gate(ConsoleRig rig) {
        rig.gates.<String, String>gate("credit-risk", g -> g.stable("v1", input -> "v1"));
        Await.required(() -> rig.gates.log().head().seq() == 1);
    }

    private static void append(ConsoleRig rig, int from, int through) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = from; i <= through; i++) {
            decisions.add(rig.gates.decision(
                    "note-" + i,
                    i % 2 == 0 ? "note" : "remark",
                    i % 3 == 0 ? "credit-risk" : "*",
                    Actor.of("bob"),
                    "No. " + i,
                    Map.of("number", (long) i)));
        }
        rig.gates.log().append(decisions);
    }

    private static List<Long> seqs(JsonNode page) {
        List<Long> seqs = new ArrayList<>();
        page.get("entries").forEach(entry -> seqs.add(entry.get("seq").asLong()));
        return seqs;
    }

    @Test
    void entriesComeTheLatestFirstAPageAtATimeAndNoneTwice() {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig);
            append(rig, 1, 1_234);
            List<Long> all = new ArrayList<>();
            String before = "";
            JsonNode page;
            do {
                page = rig.viewer().get("/api/v1/log?limit=500" + before).json();
                all.addAll(seqs(page));
                before = "&before=" + page.path("next").asLong();
            } while (page.has("next"));

            assertThat(all)
                    .hasSize(1_235)
                    .isSortedAccordingTo(java.util.Comparator.reverseOrder())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void entriesAreFoundByGateTypeActorAndText() {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig);
            append(rig, 1, 12);
            rig.gates.kill(Scope.gate("credit-risk"), ConsoleRig.ALICE, "Approvals fell");

            assertThat(seqs(rig.viewer()
                            .get("/api/v1/log?type=note&gate=credit-risk")
                            .json()))
                    .containsExactly(13L, 7L);
            assertThat(seqs(rig.viewer().get("/api/v1/log?actor=alice").json())).containsExactly(14L);
            assertThat(seqs(rig.viewer()
                            .get("/api/v1/log?text=approvals%20FELL")
                            .json()))
                    .containsExactly(14L);
            assertThat(seqs(rig.viewer()
                            .get("/api/v1/log?text=note-12&before=13")
                            .json()))
                    .isEmpty();
            JsonNode kill = rig.viewer().get("/api/v1/log?limit=1").at("/entries/0");
            assertThat(kill.get("data")).isEmpty();
            assertThat(kill.get("reason").asText()).isEqualTo("Approvals fell");
            assertThat(rig.viewer().get("/api/v1/log?limit=0").status()).isEqualTo(400);
            assertThat(rig.viewer().get("/api/v1/log?text=" + "x".repeat(201)).status())
                    .isEqualTo(400);
        }
    }

    @Test
    void oneSearchLooksAtSoManyEntriesAndNoMoreAndTheNextGoesOnThere() {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig);
            append(rig, 1, 25_000);
            JsonNode page = rig.viewer().get("/api/v1/log?type=declare").json();
            assertThat(seqs(page)).isEmpty();
            assertThat(page.get("next").asLong()).isEqualTo(25_001 - LogOperations.MOST_SCANNED + 1);
            JsonNode rest = rig.viewer()
                    .get("/api/v1/log?type=declare&before=" + page.get("next").asLong())
                    .json();
            assertThat(seqs(rest)).containsExactly(1L);
            assertThat(rest.has("next")).isFalse();
        }
    }

    @Test
    void theExportIsTheLogLineByLine() throws Exception {
        Path file = directory.resolve("modelgate.log");
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(FileControlLog.open(file)))) {
            gate(rig);
            append(rig, 1, 999);

            Client.Answer all = rig.viewer().get("/api/v1/log/export");
            assertThat(all.text()).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
            assertThat(all.raw().headers().firstValue("Content-Disposition"))
                    .contains("attachment; filename=\"modelgate-log-1-1000.ndjson\"");
            assertThat(all.raw().headers().firstValue("X-ModelGate-Through")).contains("1000");
            assertThat(all.raw().headers().firstValue("X-ModelGate-Hash"))
                    .contains(rig.gates.log().head().hash());

            Client.Answer part = rig.viewer().get("/api/v1/log/export?from=3&through=5");
            assertThat(part.text()
                            .lines()
                            .map(line -> Entry.parse(line.getBytes(StandardCharsets.UTF_8))
                                    .seq()))
                    .containsExactly(3L, 4L, 5L);
            assertThat(rig.viewer().get("/api/v1/log/export?from=2000").text()).isEmpty();
            assertThat(rig.viewer().get("/api/v1/log/export?from=0").status()).isEqualTo(400);
        }
    }

    @Test
    void theChainIsVerifiedInTheBackgroundAndAsItGrows() {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig);
            append(rig, 1, 3_000);
            rig.viewer()
                    .until("/api/v1/log/head", head -> head.at("/verifiedSeq").asLong() == 3_001);
            append(rig, 3_001, 3_002);
            JsonNode head = rig.viewer()
                    .until("/api/v1/log/head", each -> each.at("/verifiedSeq").asLong() == 3_003)
                    .json();
            assertThat(head.get("seq").asLong()).isEqualTo(3_003);
            assertThat(head.get("known").asBoolean()).isTrue();
            assertThat(head.has("problem")).isFalse();
        }
    }

    /** An auditor would take the part for the whole. */
    @Test
    void anExportThatIsCutShortDoesNotLookWhole() {
        Forged log = new Forged(new MemoryControlLog());
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(log))) {
            gate(rig);
            append(rig, 1, 5_000);
            Client viewer = rig.viewer();
            viewer.until("/api/v1/log/head", head -> head.at("/verifiedSeq").asLong() == 5_001);
            log.unreadableFrom = 3_000;

            assertThatThrownBy(() -> viewer.get("/api/v1/log/export"))
                    .isInstanceOf(AssertionError.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThat(viewer.get("/api/v1/log/export?through=2000").text().lines())
                    .hasSize(2_000);

            log.unreadableFrom = Long.MAX_VALUE;
            log.emptyFrom = 3_000;
            assertThatThrownBy(() -> viewer.get("/api/v1/log/export?through=4000"))
                    .isInstanceOf(AssertionError.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    /** A log whose entry was changed, and which says nothing about it itself. */
    private static final class Forged extends ForwardingControlLog {
        volatile boolean forged;
        volatile boolean unreadable;
        /** Pages after this one cannot be read, or are empty; single entries are there. */
        volatile long unreadableFrom = Long.MAX_VALUE;

        volatile long emptyFrom = Long.MAX_VALUE;

        Forged(ControlLog log) {
            super(log);
        }

        @Override
        public List<Entry> read(long after, int limit) {
            if (unreadable || (after >= unreadableFrom && limit > 1)) {
                throw new ControlLogException("the disk is gone");
            }
            if (after >= emptyFrom && limit > 1) {
                return List.of();
            }
            return super.read(after, limit).stream()
                    .map(entry -> forged && entry.seq() == 2
                            ? new Entry(2, forged(entry.decision()), entry.previousHash(), entry.hash())
                            : entry)
                    .toList();
        }

        private static Decision forged(Decision decision) {
            return new Decision(
                    decision.id(),
                    decision.at(),
                    decision.type(),
                    decision.critical(),
                    decision.gate(),
                    "mallory",
                    decision.authentication(),
                    decision.reason(),
                    decision.data());
        }
    }

    @Test
    void anEntryThatWasChangedIsNamed() {
        Forged log = new Forged(new MemoryControlLog());
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(log))) {
            gate(rig);
            append(rig, 1, 3);
            log.forged = true;
            JsonNode head = rig.viewer()
                    .until("/api/v1/log/head", each -> each.json().has("problem"))
                    .json();
            assertThat(head.get("problem").asText()).contains("entry 2").contains("was changed");
            assertThat(head.get("verifiedSeq").asLong()).isEqualTo(1);
        }
    }

    @Test
    void aLogThatCannotBeReadIsSaidSo() {
        Forged log = new Forged(new MemoryControlLog());
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(log))) {
            gate(rig);
            rig.viewer().get("/api/v1/state");
            log.unreadable = true;
            assertThat(rig.viewer().get("/api/v1/log").status()).isEqualTo(503);
            assertThat(rig.viewer().get("/api/v1/log/export").status()).isEqualTo(503);
            assertThat(rig.viewer().get("/api/v1/events").status()).isEqualTo(503);
            assertThat(rig.as(Role.OPERATOR)
                            .post("/api/v1/kills", Map.of("gate", "credit-risk", "reason", "now"))
                            .status())
                    .isEqualTo(201);
            rig.viewer()
                    .until(
                            "/api/v1/state",
                            state -> state.at("/log/problem").asText().contains("disk")
                                    && state.at("/kills").asInt() == 1);
        }
    }

    @Test
    void theProcessIsAmongThoseThatServe() {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig);
            JsonNode instances = rig.viewer().get("/api/v1/instances").json();
            assertThat(instances.at("/instances/0/self").asBoolean()).isTrue();
            assertThat(instances.at("/instances/0/applied").asLong()).isEqualTo(1);
        }
    }
}
