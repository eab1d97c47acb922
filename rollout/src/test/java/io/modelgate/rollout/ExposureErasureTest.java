package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.die;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.seals;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An erased caller is nowhere, and what is in the way keeps nothing from the rest. */
class ExposureErasureTest {

    private static final String ANN = "ann@example.com";
    private static final Duration MINUTES = Duration.ofMinutes(12);

    @TempDir
    Path root;

    private ExposureRig rig;

    @BeforeEach
    void open() {
        rig = new ExposureRig(root);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private ExposureLedger plain() {
        return rig.ledger(ExposureLedgerBuilder::plainKeys);
    }

    private List<Path> requests() {
        return rig.files("").stream()
                .filter(path -> path.getFileName().toString().contains("erase-"))
                .toList();
    }

    /** What a process wrote that died while its rollout runs. */
    private Path died(String... keys) {
        Rig process = rig.process(plain());
        start(process);
        call(process, keys);
        written(process);
        return die(rig.files(ExposureFile.OPEN).get(0));
    }

    @Test
    void itReachesTheFileOfAProcessThatDiedThoughTheRolloutRuns() {
        died(ANN, "bob");
        ExposureLedger ledger = plain();
        Rig living = rig.process(ledger);
        call(living, "bob");
        assertThat(ledger.erase(ANN)).isEqualTo(1);
        assertThat(rig.content()).doesNotContain(ANN).contains("bob");
        assertThat(seals(living))
                .singleElement()
                .satisfies(seal -> assertThat(seal)
                        .containsEntry("file", ExposureRig.DEAD)
                        .containsEntry("exposures", 1L)
                        .containsEntry("erased", true)
                        .containsEntry("notTaken", -1L));
        rig.after(ErasedCallers.KEPT, living); // for who has no file yet
        String rollout = ledger.rollouts().get(0);
        assertThat(ledger.verify(rollout, rig.world.log).intact()).containsExactly(ExposureRig.DEAD);
        assertThat(requests()).isEmpty();
    }

    /** A process that writes down whom a rollout reaches, until it is killed. */
    static final class Serving {
        private Serving() {}

        public static void main(String[] folder) throws Exception {
            ExposureRig rig = new ExposureRig(Path.of(folder[0]));
            Rig process = rig.process(rig.ledger(ExposureLedgerBuilder::plainKeys));
            start(process);
            call(process, ANN, "bob");
            written(process);
            System.out.println("written");
            int unused = System.in.read();
        }
    }

    @Test
    void itReachesWhatAnotherProcessWroteOnceThatIsKilled() throws Exception {
        ExposureLedger ledger = plain();
        Rig living = rig.process(ledger);
        Process other = ExposureRig.child(Serving.class, root.toString());
        try {
            assertThat(ExposureRig.says(other)).isEqualTo("written");
            assertThat(ledger.erase(ANN)).isZero();
            assertThat(rig.content()).as("while it lives").contains(ANN + "\t");
        } finally {
            ExposureRig.kill(other);
        }
        rig.after(Duration.ofMinutes(1), living);
        assertThat(rig.content()).doesNotContain(ANN).contains("bob");
        assertThat(seals(living)).hasSize(1);
        rig.after(ErasedCallers.KEPT, living);
        assertThat(requests()).isEmpty();
    }

    @Test
    void aTornLineIsCutBeforeAFileIsSealed() throws Exception {
        Path left = died("bob");
        Files.writeString(left, ANN + "\t17\tAQDtg3", StandardOpenOption.APPEND);
        ExposureLedger ledger = plain();
        Rig living = rig.process(ledger);
        end(living);
        living.rollouts.tick();
        rig.after(MINUTES, living);
        assertThat(seals(living)).hasSize(1);
        assertThat(rig.content()).doesNotContain(ANN).contains("bob");
        assertThat(ledger.verify(ledger.rollouts().get(0), rig.world.log).intact())
                .hasSize(1);
    }

    @Test
    void itTakesLinesThatAreDamagedAndTornWithIt() throws Exception {
        for (String damage : List.of(ANN + "\t17\tAQDtg3", ANN + "\tyesterday\tAQDtg3\n", ANN + "\n")) {
            try (ExposureRig own = new ExposureRig(root.resolve(Integer.toString(damage.hashCode())))) {
                ExposureLedger ledger = own.ledger(ExposureLedgerBuilder::plainKeys);
                Rig process = own.process(ledger);
                String rollout = start(process);
                call(process, "bob");
                end(process);
                written(process);
                own.after(Duration.ofMinutes(1), process, process);
                Files.writeString(own.files(ExposureFile.SEALED).get(0), damage, StandardOpenOption.APPEND);
                assertThat(ledger.erase(ANN)).isZero();
                assertThat(own.content()).as(damage).doesNotContain(ANN).contains("bob");
                assertThat(ledger.verify(rollout, own.world.log).intact()).hasSize(1);
            }
        }
    }

    /** The first exposure has the id that all others refer to. */
    @Test
    void aByteThatIsDamagedTakesOneExposureAndAnErasureNoMore() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        String rollout = start(process);
        for (int i = 0; i < 50; i++) {
            call(process, "user-" + i);
        }
        end(process);
        written(process);
        rig.after(Duration.ofMinutes(1), process, process);
        Path file = rig.files(ExposureFile.SEALED).get(0);
        Files.writeString(file, Files.readString(file).replaceFirst("user-0\t", "user-0!"));
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(49);
        StringBuilder before = new StringBuilder();
        ledger.export(rollout, before);
        assertThat(before.toString()).as("all ids can be told").doesNotContain("..");

        assertThat(ledger.erase("nobody")).isZero();
        assertThat(rig.content()).doesNotContain("user-0!");
        StringBuilder after = new StringBuilder();
        ledger.export(rollout, after);
        assertThat(after.toString().lines())
                .containsExactlyInAnyOrderElementsOf(before.toString().lines().toList());
        assertThat(ledger.erase("user-7")).isEqualTo(1);
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(48);
    }

    @Test
    void anExposureWhoseIdCannotBeToldIsKept() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        String rollout = start(process);
        call(process, "user-0", "user-1", "user-2");
        end(process);
        written(process);
        rig.after(Duration.ofMinutes(1), process, process);
        Path file = rig.files(ExposureFile.SEALED).get(0);
        List<String> lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), lines.get(2), lines.get(3))); // without what they refer to
        assertThat(ledger.erase("user-1")).isEqualTo(1);
        StringBuilder csv = new StringBuilder();
        ledger.export(rollout, csv);
        String id = lines.get(3).substring(lines.get(3).lastIndexOf('\t') + 1);
        assertThat(csv.toString()).contains("user-2,").contains(",.." + id + ",");
    }

    @Test
    void itSaysWhichFileNobodyCanReadAnyMoreAndSeesToTheRest() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        start(process);
        call(process, ANN, "bob");
        written(process);
        Path damaged = rig.files(ExposureFile.OPEN).get(0).resolveSibling("17-0123abcd.sealed");
        Files.writeString(damaged, "#modelgate\0\0\n" + ANN + "\t17\tAQDtg3\n");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> ledger.erase(ANN))
                .withRootCauseInstanceOf(IOException.class)
                .havingRootCause()
                .withMessageContaining(damaged + " does not say what it is of");
        Files.delete(damaged); // as it says
        assertThat(rig.content()).doesNotContain(ANN).contains("bob");
        rig.after(ErasedCallers.KEPT, process);
        assertThat(requests()).isEmpty();
    }

    @Test
    void whatIsOnItsWayOfAnErasedCallerIsNotWrittenThoughTheClockIsSet() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        start(process);
        call(process, "bob");
        written(process);
        CountDownLatch handed = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        process.gate.onServed(each -> {
            handed.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            call(process, "bob", ANN); // who listens is slow at the first: the second is on its way
            handed.await();
            ExposureErasure.ask(root, List.of(process.gates.identities().hash(ANN)), rig.world.time.instant());
            rig.after(Duration.ofSeconds(1), process);
            rig.world.time.setClock(rig.world.time.instant().plusSeconds(60));
        } finally {
            go.countDown();
        }
        ledger.flush();
        assertThat(ledger.of(ledger.rollouts().get(0)).orElseThrow().calls()).isEqualTo(2);
        assertThat(rig.content()).doesNotContain(ANN);
    }

    @Test
    void itIsDoneLaterWhileAnotherProcessWritesFilesAnew() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        start(process);
        call(process, ANN, "bob");
        written(process);
        try (ExposureClaim claim = ExposureClaim.of(root, Duration.ZERO)) {
            assertThat(claim).isNotNull();
            assertThat(ledger.erase(ANN)).isZero();
            assertThat(requests()).hasSize(1);
        }
        rig.after(Duration.ofSeconds(1), process);
        assertThat(rig.content()).doesNotContain(ANN).contains("bob");
    }

    @Test
    void aRequestIsThereThoughAnotherProcessSweepsAsItIsWritten() throws Exception {
        for (int i = 1; i <= 20; i++) {
            int asked = i;
            CompletableFuture<Void> sweep = CompletableFuture.runAsync(() -> sweepOne(asked));
            ExposureErasure.ask(root, List.of("38222b0ff91a190e6a8e05b4108150dd"), rig.world.time.instant());
            assertThat(requests()).hasSize(i);
            sweep.join();
        }
    }

    /** Deletes the first half-written file that it sees, unless so many requests are there. */
    private void sweepOne(int requests) {
        while (names().stream().filter(name -> name.startsWith("erase-")).count() < requests) {
            for (String name : names()) {
                if (name.endsWith(ExposureErasure.TEMPORARY)
                        && root.resolve(name).toFile().delete()) {
                    return;
                }
            }
        }
    }

    private List<String> names() {
        String[] names = root.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    @Test
    void aRequestThatDoesNotSayWhomIsKeptAndTheOthersAreFulfilled() throws Exception {
        ExposureLedger ledger = plain();
        Rig process = rig.process(ledger);
        start(process);
        call(process, ANN, "bob");
        written(process);
        Path empty = Files.createFile(root.resolve("erase-1"));
        Path half = Files.writeString(root.resolve("erase-2"), ANN); // without its newline
        Files.writeString(root.resolve("erase-3"), "bob\n");
        rig.after(Duration.ofMinutes(1), process);
        rig.after(ErasedCallers.KEPT, process); // as long as any request stays
        assertThat(requests()).containsExactly(empty, half);
        assertThat(rig.content()).contains(ANN + "\t").doesNotContain("bob\t");

        Files.writeString(half, ANN + "\n"); // as a person mends it
        rig.after(Duration.ofMinutes(1), process);
        rig.after(ErasedCallers.KEPT, process);
        assertThat(requests()).containsExactly(empty);
        assertThat(rig.content()).doesNotContain(ANN);
    }

    @Test
    void whatIsCalledLikeARequestKeepsNothingFromTheRest() throws Exception {
        Path left = died("bob", ANN);
        Files.createDirectories(root.resolve("erase-a").resolve("b"));
        Files.write(root.resolve("erase-b"), new byte[] {(byte) 0xff, (byte) 0xfe, '\n'});
        Files.write(root.resolve("erase-c"), "x\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        Files.createSymbolicLink(root.resolve("erase-d"), left);
        Files.writeString(root.resolve("erase-e"), "x\nat\t" + Long.MAX_VALUE + "\n");
        Files.writeString(root.resolve("erase-f"), "x\nat\tyesterday\n");
        Files.createDirectories(root.resolve("x.tmp").resolve("y.tmp").resolve("z"));
        ExposureLedger ledger = plain();
        Rig living = rig.process(ledger);
        end(living);
        living.rollouts.tick();
        rig.after(MINUTES, living);
        assertThat(rig.files(ExposureFile.SEALED)).hasSize(1);
        assertThat(ledger.erase(ANN)).isEqualTo(1);
        assertThat(rig.content()).doesNotContain(ANN);
        rig.after(ErasedCallers.KEPT, living);
        assertThat(requests()).hasSize(6); // as they were
    }

    @Test
    void aClockThatIsAYearAheadForLessThanAnHourDeletesNothing() {
        ExposureLedger ledger = rig.ledger(e -> {});
        Rig process = rig.process(ledger);
        String rollout = start(process);
        call(process, ANN);
        end(process);
        written(process);
        rig.after(Duration.ofMinutes(1), process, process);
        rig.world.time.setClock(rig.world.time.instant().plus(Duration.ofDays(400)));
        rig.after(Duration.ofMinutes(1), process);
        rig.after(Duration.ofMinutes(58), process);
        rig.world.time.setClock(rig.world.time.instant().minus(Duration.ofDays(400)));
        rig.after(Duration.ofMinutes(1), process);
        rig.after(Duration.ofHours(2), process);
        assertThat(ledger.rollouts()).containsExactly(rollout);

        rig.world.time.setClock(rig.world.time.instant().plus(Duration.ofDays(400)));
        rig.after(Duration.ofMinutes(1), process); // the hour begins anew
        rig.after(Duration.ofMinutes(59), process);
        assertThat(ledger.rollouts()).containsExactly(rollout);
        rig.after(Duration.ofMinutes(1), process);
        assertThat(ledger.rollouts()).isEmpty();
    }
}
