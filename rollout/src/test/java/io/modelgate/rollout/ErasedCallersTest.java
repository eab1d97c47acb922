package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.control.ControlLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who was erased is in no file, whatever a process had heard of them. */
class ErasedCallersTest extends ExposureScene {

    @Test
    void anErasedCallerIsInNoFileAndTheSealSaysSoWithoutANameOfTheirs() throws Exception {
        ExposureLedger ledger = ledger(ExposureLedgerBuilder::plainKeys);
        Rig rig = rig(ledger);
        String old = start(rig, "v2");
        call(rig, "ann", "bob");
        end(rig);
        sealed(rig);
        String running = start(rig, "v3");
        call(rig, "ann", "ann", "bob");

        assertThat(ledger.erase("ann")).isEqualTo(3);
        for (String rollout : List.of(old, running)) {
            assertThat(csv(ledger, rollout)).noneMatch(line -> line.contains("ann"));
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
        }
        assertThat(ledger.verify(old, world.log).intact()).hasSize(1);
        assertThat(seal(rig).decision().data()).containsEntry("erased", true);
        assertThat(seal(rig).toString()).doesNotContain("ann");
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> left = all.filter(Files::isRegularFile).toList();
            assertThat(left).noneMatch(path -> text(path).contains("ann"));
            assertThat(left.stream()
                            .filter(path -> !path.endsWith(ExposureClaim.NAME))
                            .filter(path -> !path.toString().contains("erase-")))
                    .hasSize(3); // a lock among them
        }
        call(rig, "bob");
        assertThat(ledger.of(running).orElseThrow().calls()).isEqualTo(2);
    }

    @Test
    void anErasureLeavesTheOutcomesOfOthersAsTheyWere() throws Exception {
        ExposureLedger ledger = ledger(ExposureLedgerBuilder::plainKeys);
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(rig.gate
                    .decide("input", Caller.of("bob"))
                    .id()
                    .orElseThrow()
                    .text());
        }
        assertThat(ledger.erase("ann")).isEqualTo(1);
        ids.add(rig.gate.decide("input", Caller.of("bob")).id().orElseThrow().text());
        assertThat(csv(ledger, rollout).get(1)).startsWith("bob,").contains(String.join(" ", ids));
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anErasureReachesTheFileThatAnotherProcessStillWrites() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig one = rig(ledger);
        ExposureLedger others = ledger(e -> {});
        Rig other = rig(others);
        String rollout = start(one, "v2");
        call(other, "ann");
        others.flush();
        assertThat(ledger.erase("ann")).isZero();
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);

        world.time.advance(Duration.ofSeconds(1));
        other.rollouts.tick();
        assertThat(ledger.of(rollout).orElseThrow().callers()).isZero();
        assertThat(requests()).as("for who has no file yet").isNotEmpty();
        world.time.advance(ErasedCallers.KEPT);
        one.rollouts.tick();
        assertThat(requests()).isEmpty();
    }

    /** The requests and the answers to them. */
    private List<Path> requests() throws IOException {
        return files("").stream()
                .filter(path -> path.toString().contains("erase-"))
                .toList();
    }

    /** What it has heard waits, and nobody sees that. */
    @Test
    void whoHasNoFileYetWritesNothingOfACallerErasedMeanwhile() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig one = rig(ledger);
        ExposureLedger others = ledger(ExposureLedgerBuilder::plainKeys);
        Rig other = rig(others);
        String rollout = start(one, "v2");
        other.rollouts.tick();
        call(other, "ann", "bob");
        assertThat(other.gates.flushServed(Duration.ofSeconds(5))).isTrue();
        assertThat(files(".open")).isEmpty();
        assertThat(ledger.erase("ann")).isZero();

        world.time.advance(Duration.ofMillis(250));
        call(other, "cleo");
        others.flush();
        assertThat(csv(ledger, rollout)).hasSize(3).noneMatch(line -> line.startsWith("ann"));
        world.time.advance(Duration.ofSeconds(1));
        call(other, "ann");
        others.flush();
        assertThat(csv(ledger, rollout)).as("what came after").hasSize(4).anyMatch(line -> line.startsWith("ann"));
    }

    @Test
    void whatIsStillOnItsWayWhenAProcessAnswersIsNotWrittenAfterwards() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "bob");
        ledger.flush();
        try (Hang hang = new Hang();
                ControlLog.Subscription slow = rig.gate.onServed(each -> hang.here())) {
            assertThat(slow).isNotNull();
            call(rig, "bob", "ann"); // who listens is slow at the first: the second is on its way
            hang.reached();
            ExposureErasure.ask(root, List.of(rig.gates.identities().hash("ann")), world.time.instant());
            world.time.advance(Duration.ofSeconds(1));
            rig.rollouts.tick();
            assertThat(requests()).hasSize(2);
            hang.close();
        }
        ledger.flush();
        assertThat(ledger.of(rollout).orElseThrow().calls()).isEqualTo(2);
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
    }

    @Test
    void aRequestStaysForAFileThatDoesNotSayYetOfWhatItIs() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        start(rig, "v2");
        call(rig, "bob");
        ledger.flush();
        Path begun = files(".open").get(0).resolveSibling("17-0123abcd.open");
        Files.createFile(begun);
        ledger.erase("ann");
        world.time.advance(ErasedCallers.KEPT);
        rig.rollouts.tick();
        assertThat(requests()).isNotEmpty();
        Files.setLastModifiedTime(begun, FileTime.fromMillis(1_000)); // whoever began it died
        world.time.advance(Duration.ofMinutes(1));
        rig.rollouts.tick();
        assertThat(requests()).isEmpty();
    }

    /** A request may have come and gone meanwhile; one that came while there was a file waits for it. */
    @Test
    void whatWaitedForAFileWhileItsProcessStoodStillIsNotTakenAndTheListSaysSo() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String first = start(rig, "v2");
        call(rig, "ann");
        ledger.flush();
        call(rig, "bob");
        world.time.advance(Duration.ofHours(13));
        ledger.flush();
        assertThat(ledger.of(first).orElseThrow().callers()).isEqualTo(2);
        assertThat(ledger.notTaken()).isZero();
        end(rig);
        sealed(rig);

        String second = start(rig, "v3");
        rig.rollouts.tick();
        call(rig, "ann");
        assertThat(rig.gates.flushServed(Duration.ofSeconds(5))).isTrue();
        world.time.advance(Duration.ofHours(13));
        rig.rollouts.tick();
        assertThat(ledger.notTaken()).isEqualTo(1);
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .anySatisfy(each -> assertThat(each.reason()).contains("this process stood still"));
        world.time.advance(Rig.MINUTE);
        call(rig, "bob");
        ledger.flush();
        assertThat(ledger.of(second).orElseThrow().callers()).isEqualTo(1);
    }

    @Test
    void anErasureIsKeptUntilEachProcessHasAnsweredForItsFile() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig one = rig(ledger);
        ExposureLedger others = ledger(e -> {});
        Rig other = rig(others);
        start(one, "v2");
        call(one, "bob");
        call(other, "bob");
        ledger.flush();
        others.flush();
        assertThat(ledger.erase("ann")).isZero(); // not written by the other yet, as far as one can see
        assertThat(requests()).hasSize(2); // the request, and the answer of the one that asks
        world.time.advance(ErasedCallers.KEPT);
        one.rollouts.tick();
        assertThat(requests()).as("the other has not answered").hasSize(2);

        other.rollouts.tick();
        assertThat(requests()).hasSize(3);
        world.time.advance(ErasedCallers.KEPT);
        other.rollouts.tick();
        assertThat(requests()).isEmpty();
    }

    @Test
    void whatWasHalfWrittenAsAProcessDiedGoesWithTheNextErasureAndAtTheStart() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "bob");
        ledger.flush();
        Path folder = files(".open").get(0).getParent();
        Files.writeString(root.resolve(".erase-1.tmp"), "ann");
        Files.writeString(folder.resolve("17-0123abcd.1.tmp"), "ann");
        ledger.erase("ann");
        assertThat(files(".tmp")).isEmpty();

        Files.writeString(root.resolve(".erase-2.tmp"), "ann");
        rig(ledger(e -> {})).rollouts.tick();
        assertThat(files(".tmp")).isEmpty();
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
    }
}
