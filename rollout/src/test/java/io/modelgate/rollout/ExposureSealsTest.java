package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.seals;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seal says of a list neither more nor less than is true. */
class ExposureSealsTest {

    private static final Duration LATE = Duration.ofMinutes(1);

    @TempDir
    Path root;

    private final Hang hang = new Hang();

    @AfterEach
    void letGo() {
        hang.close();
    }

    private static String[] hundred() {
        return IntStream.range(0, 100).mapToObj(i -> "user-" + i).toArray(String[]::new);
    }

    /** A rollout that has ended for as long as answers may be late, and a listener that has had one of its hundred and one calls since before. */
    private String endedWhileAListenerHangs(ExposureRig rig, Rig process) throws InterruptedException {
        String rollout = start(process);
        call(process, "first");
        written(process);
        process.gate.onServed(any -> hang.here());
        call(process, hundred());
        hang.reached();
        end(process);
        process.rollouts.tick();
        rig.after(LATE, process, process);
        return rollout;
    }

    @Test
    void aListIsSealedOnceAllHaveHeardOfWhatEndedBefore() throws Exception {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = endedWhileAListenerHangs(rig, process);
            assertThat(seals(process)).isEmpty();

            hang.close();
            process.gates.flushServed();
            rig.after(Duration.ofSeconds(1), process, process);
            assertThat(seals(process))
                    .singleElement()
                    .satisfies(seal ->
                            assertThat(seal).containsEntry("exposures", 101L).containsEntry("mayBeMissing", 0L));
            assertThat(ledger.verify(rollout, rig.world.log).intact()).hasSize(1);
        }
    }

    @Test
    void aListThatAListenerKeepsCallsFromSaysHowMany() throws Exception {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = endedWhileAListenerHangs(rig, process);
            rig.after(Duration.ofMinutes(5), process, process);

            assertThat(seals(process))
                    .singleElement()
                    .satisfies(seal -> assertThat(seal)
                            .containsEntry("exposures", 2L)
                            .containsEntry("notTaken", 0L)
                            .containsEntry(
                                    "mayBeMissing",
                                    100L)); // with the one that it has, of which the ledger may have heard
            assertThat(ledger.mayBeMissing()).isEqualTo(100);
            assertThat(process.heard(RolloutEvent.Hindered.class))
                    .anySatisfy(event -> assertThat(event.reason())
                            .contains("a listener of served calls hangs, and 100 calls wait for it"));
            assertThat(ledger.verify(rollout, rig.world.log).intact()).hasSize(1);
            hang.close();
            written(process);
            assertThat(ledger.mayBeMissing()).as("and not once more").isEqualTo(100);
        }
    }

    @Test
    void aCallThatEndsWhileTheLedgerIsClosedIsListedOrCounted() {
        try (ExposureRig rig = new ExposureRig(root)) {
            AtomicReference<Runnable> busy = new AtomicReference<>();
            Ticker ticker = () -> {
                if (Thread.currentThread().getName().equals("modelgate-exposures-last")) {
                    Runnable call = busy.getAndSet(null); // the call reads it too
                    if (call != null) {
                        call.run();
                        busy.set(call);
                    }
                }
                return rig.world.time.read();
            };
            try (Gates gates = Gates.open(g -> g.controlLog(rig.world.log)
                    .ticker(ticker)
                    .instants(rig.world.time)
                    .scheduler(rig.world.time))) {
                ModelGate<String, String> gate = gates.gate(
                        "credit",
                        g -> g.stable("v1", input -> "v1")
                                .version("v2", input -> "v2")
                                .router(Cohorts.router()));
                ExposureLedger ledger = rig.ledger(e -> {});
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger));
                assertThat(Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone")
                                .stored(Duration.ofSeconds(5)))
                        .isTrue();
                AtomicLong answered = new AtomicLong();
                busy.set(() -> {
                    gate.call("input", Caller.of("ann"));
                    answered.incrementAndGet();
                });
                gate.call("input", Caller.of("ann"));
                rollouts.close();

                assertThat(answered.get()).isPositive();
                Map<String, Object> seal = rig.world.log.read(0, 100).stream()
                        .filter(entry -> entry.type().equals(EntryTypes.EXPOSURES_SEALED))
                        .map(entry -> entry.decision().data())
                        .findFirst()
                        .orElseThrow();
                long listed = (Long) seal.get("exposures");
                assertThat(seal.get("mayBeMissing")).isNotEqualTo(0L);
                assertThat(listed).isPositive();
                assertThat(listed + ledger.mayBeMissing()).isGreaterThanOrEqualTo(1 + answered.get());
            }
        }
    }

    /** A user's clock, say; the list of the rollout is not begun then. */
    @Test
    void aLookThatFailsCountsWhatItHadTakenThoughTheRolloutIsOver() {
        for (String ends : List.of("never", "before", "after")) {
            try (ExposureRig rig = new ExposureRig(root.resolve(ends))) {
                Thread looks = Thread.currentThread();
                AtomicBoolean broken = new AtomicBoolean();
                InstantSource clock = () -> {
                    if (broken.get() && Thread.currentThread().equals(looks)) {
                        throw new IllegalStateException("no clock");
                    }
                    return rig.world.time.instant();
                };
                try (Gates gates = Gates.open(g -> g.controlLog(rig.world.log)
                        .ticker(rig.world.time)
                        .instants(clock)
                        .scheduler(rig.world.time))) {
                    ModelGate<String, String> gate = gates.gate(
                            "credit",
                            g -> g.stable("v1", input -> "v1")
                                    .version("v2", input -> "v2")
                                    .router(Cohorts.router()));
                    ExposureLedger ledger = rig.ledger(e -> {});
                    Rollouts rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger));
                    Rollout rollout = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
                    assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
                    for (String key : hundred()) {
                        gate.call("input", Caller.of(key));
                    }
                    gates.flushServed();
                    if (ends.equals("before")) {
                        Rig.stored(rollout.end(Rig.BOB, "at once"));
                    }
                    broken.set(true);
                    ledger.flush();
                    broken.set(false);
                    if (ends.equals("after")) {
                        Rig.stored(rollout.end(Rig.BOB, "at once"));
                    }
                    ledger.flush();
                    assertThat(ledger.mayBeMissing()).as(ends).isEqualTo(100);
                    rollouts.close();
                    assertThat(rig.world.log.read(0, 100))
                            .filteredOn(entry -> entry.type().equals(EntryTypes.EXPOSURES_SEALED))
                            .singleElement()
                            .satisfies(
                                    entry -> assertThat(entry.decision().data()).containsEntry("mayBeMissing", 100L));
                }
            }
        }
    }

    @Test
    void aClockThatIsSetAsTheRolloutEndsTakesNobodyFromTheList() {
        for (long seconds : List.of(-3_600L, -2L, 2L, 3_600L)) {
            try (ExposureRig rig = new ExposureRig(root.resolve("by" + seconds))) {
                ExposureLedger ledger = rig.ledger(e -> {});
                Rig process = rig.process(ledger);
                String rollout = start(process);
                rig.world.time.advance(Duration.ofMinutes(5));
                try (var permit = process.gate.enter(Caller.of("late"))) {
                    call(process, hundred());
                    process.gates.flushServed();
                    rig.world.time.setClock(rig.world.time.instant().plusSeconds(seconds));
                    end(process);
                    process.rollouts.tick();
                    rig.world.time.advance(Duration.ofSeconds(30));
                    rig.world.time.setClock(rig.world.time.instant().plusSeconds(seconds));
                    permit.success("late");
                }
                written(process);
                assertThat(ledger.of(rollout).orElseThrow().callers())
                        .as("set by %s s", seconds)
                        .isEqualTo(101);
            }
        }
    }

    @Test
    void anAnswerThatComesOnceItsVersionIsRolledOutAgainIsOnTheListOfItsOwnRollout() {
        for (Duration between : List.of(Duration.ZERO, Duration.ofSeconds(5))) {
            try (ExposureRig rig = new ExposureRig(root.resolve("" + between.toMillis()))) {
                ExposureLedger ledger = rig.ledger(e -> {});
                Rig process = rig.process(ledger);
                String first = start(process);
                call(process, "bob");
                String second;
                try (var permit = process.gate.enter(Caller.of("ann"))) {
                    rig.world.time.advance(Duration.ofSeconds(5));
                    end(process);
                    if (!between.isZero()) {
                        rig.after(between, process); // which sees the end before there is another
                    }
                    second = start(process);
                    rig.world.time.advance(Duration.ofSeconds(5));
                    permit.success("late");
                }
                call(process, "carol");
                written(process);
                assertThat(ledger.of(first).orElseThrow().callers()).isEqualTo(2);
                assertThat(ledger.of(second).orElseThrow().callers()).isEqualTo(1);
            }
        }
    }

    @Test
    void anAnswerThatComesAfterTheSealIsCountedAndOnNoOtherList() {
        for (int looks = 0; looks <= 2; looks++) { // since the seal: appended, stored, and looked at again
            try (ExposureRig rig = new ExposureRig(root.resolve("" + looks))) {
                ExposureLedger ledger = rig.ledger(e -> {});
                Rig process = rig.process(ledger);
                String first = start(process);
                call(process, "bob");
                String second;
                try (var permit = process.gate.enter(Caller.of("ann"))) {
                    rig.world.time.advance(Duration.ofSeconds(5));
                    end(process);
                    written(process);
                    rig.after(LATE, process);
                    rig.after(
                            Duration.ofSeconds(1),
                            Collections.nCopies(looks, process).toArray(Rig[]::new));
                    second = start(process);
                    rig.after(Duration.ofSeconds(1), process);
                    permit.success("late");
                }
                call(process, "carol");
                written(process);
                assertThat(ledger.of(first).orElseThrow().callers()).isEqualTo(1);
                assertThat(ledger.of(second).orElseThrow().callers()).isEqualTo(1);
                assertThat(ledger.mayBeMissing()).isEqualTo(1);
                assertThat(process.heard(RolloutEvent.Hindered.class))
                        .singleElement()
                        .satisfies(event -> {
                            assertThat(event.rollout()).isEqualTo(first);
                            assertThat(event.reason()).contains("sealed already: 1 more came");
                        });
            }
        }
    }

    @Test
    void anAnswerThatComesAfterTheSealIsCountedWhileNothingIsRolledOut() {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            start(process);
            try (var permit = process.gate.enter(Caller.of("ann"))) {
                end(process);
                written(process);
                rig.after(LATE, process, process, process);
                permit.success("late");
            }
            written(process);
            assertThat(ledger.mayBeMissing()).isEqualTo(1);
            assertThat(process.heard(RolloutEvent.Hindered.class)).hasSize(1);
        }
    }

    @Test
    void aCallThatBeginsAfterTheEndIsNotListedWhateverTheClockSays() {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = start(process);
            call(process, "ann");
            Rig.stored(process.gate.version("v2").promote(Rig.ALICE, "good"));
            written(process);
            rig.world.time.advance(Duration.ofSeconds(10));
            rig.world.time.setClock(rig.world.time.instant().minusSeconds(3_600));
            call(process, "bob");
            written(process);
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
        }
    }

    @Test
    void whileItsProcessLivesNobodyElseSealsAFile() {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = start(process);
            Rig other = rig.without(rig.ledger(e -> {}));
            call(process, "ann");
            written(process);
            rig.after(Duration.ofMinutes(15), process, other); // nobody calls for a quarter of an hour
            try (var permit = process.gate.enter(Caller.of("late"))) {
                end(process);
                process.rollouts.tick();
                rig.after(Duration.ofSeconds(30), other);
                rig.after(Duration.ofSeconds(31), other);
                rig.after(Duration.ofHours(1), other);
                assertThat(seals(process)).isEmpty();
                permit.success("late");
            }
            written(process);
            process.rollouts.tick();
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(2);
            assertThat(seals(process)).hasSize(1);
            assertThat(ledger.verify(rollout, rig.world.log).intact()).hasSize(1);
            assertThat(rig.files(ExposureLock.SUFFIX)).isEmpty();
        }
    }

    @Test
    void whoComesTooLateToSealAFileForItsProcessLeavesItAsItIs() throws Exception {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = start(process);
            call(process, "ann", "bob");
            written(process);
            ExposureFile listed =
                    ExposureFile.at(rig.files(ExposureFile.OPEN).get(0)).orElseThrow();
            end(process);
            process.rollouts.tick();
            rig.after(LATE, process, process);

            ExposureFolder folder = new ExposureFolder(root);
            new ExposureCare(
                            process.gates,
                            new FleetRollouts(process.gates),
                            folder,
                            new ExposureLedgerBuilder(),
                            new ErasedCallers(process.gates, folder))
                    .sealFor(listed);
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(2);
            assertThat(ledger.verify(rollout, rig.world.log).intact()).hasSize(1);
            assertThat(rig.files(ExposureFile.OPEN)).isEmpty();
        }
    }

    @Test
    void nothingIsPutInThePlaceOfASealedFile() throws Exception {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig process = rig.process(ledger);
            String rollout = start(process);
            call(process, "ann", "bob");
            written(process);
            Path open = rig.files(ExposureFile.OPEN).get(0);
            byte[] before = Files.readAllBytes(open);
            call(process, "carol");
            written(process);
            end(process);
            process.rollouts.tick();
            rig.after(LATE, process, process);
            Files.write(open, before); // somebody restored a backup
            Files.createFile(ExposureLock.beside(open));
            rig.after(Duration.ofHours(1), process, process);
            Path sealed = rig.files(ExposureFile.SEALED).get(0);
            assertThat(ExposureFile.at(sealed).orElseThrow().digest())
                    .isEqualTo(seals(process).get(0).get("digest"));
            assertThat(rollout).isEqualTo(seals(process).get(0).get(EntryTypes.ID));
        }
    }

    @Test
    void whatAnotherProcessSealedWhereFilesCannotBeLockedIsSealedAnewOnce() throws Exception {
        try (ExposureRig rig = new ExposureRig(root)) {
            ExposureLedger ledger = rig.ledger(e -> {});
            Rig slow = rig.process(ledger);
            String rollout = start(slow);
            Rig other = rig.process(rig.ledger(e -> {}));
            call(slow, "ann");
            written(slow);
            rig.after(Duration.ofMinutes(15), slow, other); // nobody calls for a quarter of an hour
            Files.delete(rig.files(ExposureLock.SUFFIX).get(0));
            call(slow, "bob"); // and it does not look for a while
            slow.gates.flushServed();
            end(other);
            other.rollouts.tick(); // sees the end
            rig.after(LATE, other); // has nothing of its own any more
            rig.after(Duration.ofMinutes(10), other);
            assertThat(seals(other)).isEmpty();
            rig.after(Duration.ofMinutes(2), other);
            assertThat(seals(other)).hasSize(1);

            slow.rollouts.tick();
            rig.after(LATE, slow, slow, slow, slow);
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(2);
            assertThat(ledger.verify(rollout, rig.world.log).intact()).hasSize(1);
            assertThat(seals(slow)).hasSize(2);
            assertThat(seals(slow).get(1)).containsEntry("callers", 2L).containsEntry("mayBeMissing", -1L);
        }
    }
}
