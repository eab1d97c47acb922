package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.seals;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller does after an erasure stays on the list, however often the request is carried out; what they did before does not. */
class AfterErasureTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path root;

    private ExposureRig rig;
    private ExposureLedger ledger;
    private Rig one;
    private String rollout;

    @BeforeEach
    void open() {
        rig = new ExposureRig(root);
        ledger = rig.ledger(ExposureLedgerBuilder::plainKeys);
        one = rig.process(ledger);
        rollout = start(one);
        one.rollouts.tick();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void called(String... keys) {
        call(one, keys);
        ledger.flush();
    }

    private long calls() {
        return ledger.of(rollout).orElseThrow().calls();
    }

    private List<Path> requests() {
        return rig.files("").stream()
                .filter(path -> path.getFileName().toString().startsWith("erase-"))
                .toList();
    }

    @Test
    void itStaysWhenTheRequestsDayIsOver() {
        called("ann", "bob");
        assertThat(ledger.erase("ann")).isEqualTo(1);
        rig.after(HOUR, one);
        called("ann", "ann");
        rig.after(Duration.ofHours(23).plusMinutes(2), one);
        assertThat(requests()).isEmpty();
        assertThat(calls()).isEqualTo(3);
        assertThat(rig.content()).contains("ann\t");
    }

    @Test
    void itStaysInWhatIsSealedWhenAnotherProcessStarts() {
        called("ann", "bob");
        ledger.erase("ann");
        rig.after(Duration.ofMinutes(10), one);
        called("ann", "ann");
        end(one);
        written(one);
        rig.after(Duration.ofMinutes(1), one, one);
        Rig another = rig.process(rig.ledger(e -> {}));
        rig.after(Duration.ofSeconds(1), another);
        assertThat(calls()).isEqualTo(3);
        assertThat(seals(one)).hasSize(1);
    }

    @Test
    void itStaysWhereSomethingCannotBeReadForLong() throws Exception {
        called("bob");
        Files.writeString(
                Files.createDirectories(root.resolve("old")).resolve("17-0123abcd.sealed"), "no first line\n");
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> ledger.erase("ann"));
        rig.after(Duration.ofMinutes(6), one);
        called("ann");
        rig.after(Duration.ofMinutes(1), one);
        rig.after(Duration.ofMinutes(1), one);
        assertThat(calls()).isEqualTo(2);
    }

    /** A process that has just started hears of it before it looks for the first time. */
    @Test
    void itIsWrittenDownByAProcessThatStartedLater() {
        called("bob");
        ledger.erase("ann");
        rig.after(HOUR, one);
        ExposureLedger its = rig.ledger(ExposureLedgerBuilder::plainKeys);
        Rig another = rig.process(its);
        call(another, "ann");
        its.flush();
        assertThat(calls()).isEqualTo(2);
    }

    @Test
    void requestsAreOverInADayWhereNoProcessLivesOne() {
        called("bob");
        ledger.erase("ann");
        for (int day = 1; day <= 3; day++) {
            ExposureLedger next = rig.ledger(ExposureLedgerBuilder::plainKeys);
            Rig fresh = rig.process(next);
            one.rollouts.close();
            one = fresh;
            ledger = next;
            for (int i = 0; i < 23; i++) {
                rig.after(HOUR, one);
            }
            called("ann");
            assertThat(calls()).isEqualTo(1 + day);
            assertThat(requests()).hasSize(day == 1 ? 1 : 0);
        }
    }

    @Test
    void aClockThatIsAheadForLessThanAnHourEndsNoRequest() {
        called("bob");
        ledger.erase("ann");
        rig.world.time.setClock(rig.world.time.instant().plus(Duration.ofDays(400)));
        rig.after(Duration.ofMinutes(1), one);
        rig.after(Duration.ofMinutes(58), one);
        assertThat(requests()).hasSize(1);
        rig.world.time.setClock(rig.world.time.instant().minus(Duration.ofDays(400)));
        rig.after(Duration.ofMinutes(1), one);
        rig.after(HOUR, one);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void whatWasBeforeGoesThoughTheClockWasSetBackSince() {
        ExposureLedger others = rig.ledger(ExposureLedgerBuilder::plainKeys);
        Rig other = rig.process(others);
        call(other, "ann", "bob");
        others.flush();
        called("ann", "bob");
        rig.world.time.setClock(rig.world.time.instant().minus(HOUR));
        assertThat(ledger.erase("ann")).isEqualTo(1);
        rig.after(Duration.ofSeconds(1), other);
        assertThat(rig.content()).doesNotContain("ann\t").contains("bob\t");
    }

    @Test
    void manyRequestsWriteAFileAnewOnce() throws Exception {
        called("ann", "bob", "cleo");
        end(one);
        written(one);
        rig.after(Duration.ofMinutes(1), one, one);
        assertThat(seals(one)).hasSize(1);
        for (String key : List.of("ann", "bob")) {
            ExposureErasure.ask(root, List.of(one.gates.identities().hash(key)), rig.world.time.instant());
        }
        rig.after(Duration.ofMinutes(1), one);
        assertThat(calls()).isEqualTo(1);
        assertThat(seals(one)).hasSize(2);
    }

    /** As processes of earlier versions ask, which do not say when. */
    @Test
    void aRequestThatDoesNotSayWhenIsAsOldAsItsFile() throws Exception {
        called("bob");
        Path request = Files.writeString(
                root.resolve("erase-1"), one.gates.identities().hash("ann") + "\n");
        Files.setLastModifiedTime(request, FileTime.from(rig.world.time.instant()));
        rig.after(HOUR, one);
        called("ann");
        rig.after(Duration.ofHours(24), one);
        assertThat(requests()).isEmpty();
        assertThat(calls()).isEqualTo(2);
    }
}
