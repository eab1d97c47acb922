package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.Entry;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who got hurt. */
class ExposureLedgerTest extends ExposureScene {

    @Test
    void whoeverTheVersionAnsweredIsListedWithFirstAndLastTimeAndOutcomes() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        call(rig, "before");
        String rollout = start(rig, "v2");
        String first =
                rig.gate.decide("input", Caller.of("ann")).id().orElseThrow().text();
        call(rig, "bob");
        world.time.advance(Duration.ofHours(1));
        String second =
                rig.gate.decide("input", Caller.of("ann")).id().orElseThrow().text();

        Exposures reached = ledger.of(rollout).orElseThrow();
        assertThat(reached.callers()).isEqualTo(2);
        assertThat(reached.calls()).isEqualTo(3);
        assertThat(reached.version()).isEqualTo("v2");
        assertThat(reached.first()).contains(Instant.parse("2026-03-02T10:00:00Z"));
        assertThat(reached.last()).contains(Instant.parse("2026-03-02T11:00:00Z"));
        String ann = rig.gates.identities().hash("ann");
        List<String> ids = List.of(first, second);
        assertThat(csv(ledger, rollout))
                .hasSize(3)
                .startsWith("caller,first,last,calls,outcome_ids,more_outcomes")
                .anySatisfy(line -> assertThat(line)
                        .startsWith(ann + ",2026-03-02T10:00:00Z,2026-03-02T11:00:00Z,2,")
                        .contains(ids)
                        .endsWith(",0"));
        assertThat(Files.readString(files(".open").get(0))).doesNotContain("ann", "before");
    }

    @Test
    void whoGotStableIsNotListed() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = Rollout.start(
                        rig.gate, "v2", r -> r.allow("ann").weight(Weight.NONE), Rig.ALICE, "one of them")
                .id();
        rig.minutes(1);
        call(rig, "ann", "bob");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
    }

    @Test
    void callersWithoutAKeyAreCountedAndTheirOutcomesListed() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = Rollout.start(rig.gate, "v2", r -> r.force("region", "eu"), Rig.ALICE, "a region")
                .id();
        rig.minutes(1);
        String id = rig.gate
                .decide("input", Caller.anonymous().with("region", "eu"))
                .id()
                .orElseThrow()
                .text();
        Exposures reached = ledger.of(rollout).orElseThrow();
        assertThat(reached.callers()).isZero();
        assertThat(reached.withoutKey()).isEqualTo(1);
        assertThat(csv(ledger, rollout).get(1)).startsWith(",").contains(id);
    }

    @Test
    void aGateWithoutARolloutPaysNothing() {
        Rig rig = rig(ledger(e -> {}));
        assertThat(rig.gate.decide("input", Caller.of("ann")).id()).isEmpty();
        start(rig, "v2");
        assertThat(rig.gate.decide("input", Caller.of("ann")).id()).isPresent();
        end(rig);
        sealed(rig);
        assertThat(rig.gate.decide("input", Caller.of("ann")).id()).isEmpty();
    }

    @Test
    void theListIsSealedOnceTheRolloutIsOverAndAChangeShows() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann", "ann", "bob");
        ledger.flush();
        assertThat(ledger.verify(rollout, world.log).unsealed()).hasSize(1);
        end(rig);
        sealed(rig);

        Entry seal = seal(rig);
        assertThat(seal.decision().data())
                .containsEntry("rollout", rollout)
                .containsEntry("version", "v2")
                .containsEntry("callers", 2L)
                .containsEntry("exposures", 3L)
                .containsEntry("notTaken", 0L);
        ExposureCheck check = ledger.verify(rollout, world.log);
        assertThat(check.sound()).isTrue();
        assertThat(check.intact()).hasSize(1);

        Files.writeString(files(".sealed").get(0), "x\t0\tx\n", StandardOpenOption.APPEND);
        assertThat(ledger.verify(rollout, world.log).changed()).hasSize(1);
        assertThat(ledger.verify(rollout, world.log).sound()).isFalse();
        Files.delete(files(".sealed").get(0));
        assertThat(ledger.verify(rollout, world.log).missing()).hasSize(1);
        assertThat(ledger.verify(rollout, world.log).sound()).isFalse();
    }

    @Test
    void closingSealsWhatRunsAndTheNextProcessGoesOnInAFileOfItsOwn() throws Exception {
        Rig first = rig(ledger(e -> {}));
        String rollout = start(first, "v2");
        call(first, "ann");
        first.rollouts.close();
        assertThat(files(".sealed")).hasSize(1);

        ExposureLedger ledger = ledger(e -> {});
        Rig second = rig(ledger);
        call(second, "ann", "bob");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(2);
        assertThat(ledger.of(rollout).orElseThrow().files()).isEqualTo(2);
    }

    @Test
    void whatADeadProcessWroteIsSealedForItAndATornLineIsNone() throws Exception {
        Rig dead = rig(ledger(e -> {}));
        String rollout = start(dead, "v2");
        call(dead, "ann", "bob");
        dead.gates.flushServed();
        dead.rollouts.tick();
        Path file = files(".open").get(0);
        Files.writeString(file, "0123456789abcdef\t17", StandardOpenOption.APPEND);
        ExposureRig.die(file);
        ExposureLedger ledger = ledger(e -> {});
        Rig living = rig(ledger);
        end(living);
        living.rollouts.tick();
        assertThat(living.entries(EntryTypes.EXPOSURES_SEALED)).isEmpty();
        world.time.advance(Duration.ofMinutes(12));
        living.rollouts.tick();

        assertThat(seal(living).decision().data()).containsEntry("callers", 2L).containsEntry("notTaken", -1L);
        assertThat(ledger.verify(rollout, world.log).intact()).hasSize(1);
        assertThat(files(ExposureLock.SUFFIX)).allMatch(path -> !path.toString().contains(ExposureRig.DEAD));
    }

    @Test
    void aCallThatBeganBeforeTheEndIsListedThoughItIsAnsweredAfterIt() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        rig.rollouts.tick();
        try (var permit = rig.gate.enter(Caller.of("ann"))) {
            assertThat(permit.version()).isEqualTo("v2");
            end(rig);
            rig.rollouts.tick();
            world.time.advance(Duration.ofSeconds(30));
            permit.success("late");
        }
        call(rig, "bob");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
    }

    @Test
    void atItsBoundItTakesNoMoreAndSaysSo() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        world.meters = meters;
        ExposureLedger ledger = ledger(e -> e.mostBytes(1 << 16));
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        for (int i = 0; i < 1_500; i++) {
            call(rig, "user-" + i);
        }
        long listed = ledger.of(rollout).orElseThrow().callers();
        assertThat(listed).isBetween(1_000L, 1_400L);
        assertThat(ledger.of(rollout).orElseThrow().bytes()).isLessThanOrEqualTo(1 << 16);
        assertThat(ledger.notTaken()).isEqualTo(1_500 - listed);
        assertThat(meters.get("modelgate.exposures.lost")
                        .tag("reason", "bound")
                        .functionCounter()
                        .count())
                .isEqualTo((double) (1_500 - listed));
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(event -> assertThat(event.reason()).contains("bound of 65536 bytes"));
        end(rig);
        sealed(rig);
        assertThat(seal(rig).decision().data()).containsEntry("notTaken", 1_500 - listed);
    }

    @Test
    void aListThatMayLackCallsForWhichThereWasNoRoomSaysSo() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        world.meters = meters;
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String before = start(rig, "v2");
        call(rig, "ann");
        end(rig);
        sealed(rig);
        assertThat(seal(rig).decision().data()).containsEntry("mayBeMissing", 0L);

        String rollout = start(rig, "v3");
        try (Hang hang = new Hang();
                var slow = rig.gate.onServed(any -> hang.here())) {
            call(rig, "first");
            hang.reached();
            for (int i = 0; i < 20_000; i++) {
                call(rig, "user-" + i);
            }
            hang.close();
        }
        Exposures reached = ledger.of(rollout).orElseThrow();
        long missing = 20_001 - reached.calls();
        assertThat(missing).isPositive();
        assertThat(ledger.notTaken()).isZero();
        assertThat(ledger.mayBeMissing()).isEqualTo(missing);
        assertThat(meters.get("modelgate.exposures.lost")
                        .tag("reason", "queue")
                        .functionCounter()
                        .count())
                .isEqualTo((double) missing);
        assertThat(rig.heard(RolloutEvent.Hindered.class)).singleElement().satisfies(event -> {
            assertThat(event.reason()).contains("no room for " + missing + " calls");
            assertThat(event.rollout()).isEqualTo(rollout).isNotEqualTo(before);
        });
        end(rig);
        sealed(rig);
        assertThat(seal(rig).decision().data())
                .containsEntry("rollout", rollout)
                .containsEntry("notTaken", 0L)
                .containsEntry("mayBeMissing", missing);
    }

    @Test
    void whatTheKeeperHasNoRoomForMayBeMissingToo() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        for (int i = 0; i < (1 << 16) + 5; i++) {
            call(rig, "ann");
            if (i % 8_000 == 0) {
                rig.gates.flushServed(); // and no look
            }
        }
        assertThat(ledger.of(rollout).orElseThrow().calls()).isEqualTo(1 << 16);
        assertThat(rig.gates.servedDropped()).isZero();
        assertThat(ledger.mayBeMissing()).isEqualTo(5);
        rig.rollouts.close();
        assertThat(seal(rig).decision().data()).containsEntry("mayBeMissing", 5L);
    }

    @Test
    void oneProcessAtATimeWritesSealedFilesAnew() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann", "bob");
        end(rig);
        sealed(rig);
        try (ExposureClaim claim = ExposureClaim.of(root, Duration.ZERO)) {
            assertThat(claim).isNotNull();
            assertThatIOException()
                    .isThrownBy(() -> ExposureClaim.of(root, Duration.ZERO))
                    .withMessageContaining("another process writes files in " + root + " anew");
            ExposureErasure.ask(root, List.of(rig.gates.identities().hash("ann")), world.time.instant());
            world.time.advance(Duration.ofSeconds(1));
            rig.rollouts.tick();
            assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(2);
        }
        world.time.advance(Duration.ofSeconds(1));
        rig.rollouts.tick();
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
        assertThat(ledger.verify(rollout, world.log).intact()).hasSize(1);
    }

    @Test
    void aFileThatCannotBeReadKeepsNothingFromTheOthers() throws Exception {
        ExposureLedger ledger = ledger(e -> e.retention(Duration.ofDays(30)));
        Rig rig = rig(ledger);
        String first = start(rig, "v2");
        call(rig, "ann");
        end(rig);
        sealed(rig);
        Files.createDirectories(root.resolve("0-bad").resolve("1-0123abcd.open")); // which nobody can read
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> ledger.erase("ann"));
        assertThat(ExposureFile.at(files(".sealed").get(0)).orElseThrow().read((caller, at, outcome) -> {
                    throw new AssertionError(caller);
                }))
                .isZero();
        Files.setLastModifiedTime(files(".sealed").get(0), FileTime.from(world.time.instant()));
        world.time.advance(Duration.ofDays(31));
        rig.rollouts.tick();
        world.time.advance(Duration.ofHours(1));
        rig.rollouts.tick();
        assertThat(files(".sealed")).noneMatch(path -> path.toString().contains(first));
    }

    @Test
    void aLineThatNobodyWroteHidesNoOther() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann");
        ledger.flush();
        Path file = files(".open").get(0);
        List<String> lines = Files.readString(file).lines().toList();
        String bad = "x".repeat(200_000) + "\nno exposure\nann\tyesterday\tid\n";
        Path damaged = file.resolveSibling("17-0123abcd.open");
        Files.writeString(damaged, lines.get(0) + "\n" + bad + lines.get(1) + "\n" + bad);
        Files.setLastModifiedTime(damaged, FileTime.fromMillis(1_000));
        assertThat(ledger.of(rollout).orElseThrow().calls()).isEqualTo(2);
        ExposureFile its = ExposureFile.at(damaged).orElseThrow();
        assertThat(its.read((caller, at, outcome) -> {})).isEqualTo(6);
        assertThat(its.lastAt()).isEqualTo(1_000);
    }

    @Test
    void aKeyLongerThanAnyIsKeptAsItsHash() throws Exception {
        ExposureLedger ledger = ledger(ExposureLedgerBuilder::plainKeys);
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        String longest = "k".repeat(100_000);
        call(rig, "ann", longest);
        assertThat(csv(ledger, rollout))
                .hasSize(3)
                .anyMatch(line -> line.startsWith(rig.gates.identities().hash(longest)));
        assertThat(ledger.erase(longest)).isEqualTo(1);
    }

    @Test
    void aSealThatFailedIsTriedAgainAndTheOthersAreMadeAllTheSame() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann");
        ledger.flush();
        Path file = files(".open").get(0);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[0]); // and it does not say what it is of
        end(rig);
        sealed(rig);
        assertThat(files(".sealed")).isEmpty();
        Files.write(file, whole);
        rig.rollouts.tick();
        rig.rollouts.tick();
        assertThat(ledger.verify(rollout, world.log).intact()).hasSize(1);
    }

    @Test
    void aRolloutOfAGateThatNoProcessHasAnyMoreIsDeletedAfterItsRetention() {
        ExposureLedger ledger = ledger(e -> e.retention(Duration.ofDays(30)));
        Rig rig = rig(ledger);
        ModelGate<String, String> gone = rig.gate("gone", "v1", "v2");
        Rollout rollout = Rollout.start(gone, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        gone.call("input", Caller.of("ann"));
        rig.rollouts.close();

        ExposureLedger next = ledger(e -> e.retention(Duration.ofDays(30)));
        Rig without = rig(next);
        world.time.advance(Duration.ofDays(31));
        without.rollouts.tick();
        assertThat(next.rollouts()).containsExactly(rollout.id()); // it runs, though not here
        Rig.stored(without.gates.append(without.gates.decision(
                "end-gone", EntryTypes.ROLLOUT_END, "gone", Rig.BOB, "", Map.of(EntryTypes.ID, rollout.id()))));
        world.time.advance(Duration.ofMinutes(1));
        without.rollouts.tick();
        world.time.advance(Duration.ofHours(1));
        without.rollouts.tick();
        assertThat(next.rollouts()).isEmpty();
    }

    @Test
    void aRolloutIsDeletedAfterItsRetentionAndTheLogSaysSo() throws Exception {
        ExposureLedger ledger = ledger(e -> e.retention(Duration.ofDays(30)));
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann");
        end(rig);
        sealed(rig);
        world.time.advance(Duration.ofDays(29));
        rig.rollouts.tick();
        assertThat(ledger.rollouts()).containsExactly(rollout);
        world.time.advance(Duration.ofDays(2));
        rig.rollouts.tick();
        world.time.advance(Duration.ofMinutes(59));
        rig.rollouts.tick();
        assertThat(ledger.rollouts()).containsExactly(rollout); // for an hour, in case the clock is wrong
        world.time.advance(Duration.ofMinutes(1));
        rig.rollouts.tick();
        assertThat(ledger.rollouts()).isEmpty();
        try (Stream<Path> all = Files.list(root)) {
            assertThat(all).isEmpty();
        }
        assertThat(rig.entries(EntryTypes.EXPOSURES_DELETED)).hasSize(1);
        ExposureCheck check = ledger.verify(rollout, world.log);
        assertThat(check.deleted()).isTrue();
        assertThat(check.sound()).isTrue();
    }

    @Test
    void takingAVersionBackThatLeavesSomethingBehindNamesThoseItReached() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        Path artefact = Files.writeString(root.resolve("model.bin"), "weights");
        rig.rollouts.register(rig.gate, "v2", v -> v.artefact(artefact).sideEffects(SideEffects.REMEDIATE), Rig.ALICE);
        underPolicy(rig);
        call(rig, "ann", "bob", "ann");

        Rollback rollback = rig.rollouts.rollback(rig.gate, Rig.BOB, "wrong mails");
        assertThat(rollback.remedies())
                .hasSize(2)
                .anySatisfy(remedy -> assertThat(remedy)
                        .contains("version \"v2\" answered 2 callers in 3 calls")
                        .contains(root.toString()));
        assertThat(rig.heard(RolloutEvent.ToRemedy.class)).singleElement().satisfies(event -> {
            assertThat(event.callers()).isEqualTo(2);
            assertThat(event.calls()).isEqualTo(3);
            assertThat(event.ledger()).isEqualTo(root.toString());
        });
    }

    @Test
    void aSpreadsheetTakesNoKeyForAFormulaAndAnyKeyComesBack() throws Exception {
        ExposureLedger ledger = ledger(ExposureLedgerBuilder::plainKeys);
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "=1+1", "a,\"b\"", "tab\tnew\nline\\u0041", "\ud83d\ude00", "half\ud83d");
        String csv = csv(ledger, rollout).toString();
        assertThat(csv).contains("'=1+1,").contains("\"a,\"\"b\"\"\",").contains("\ud83d\ude00,");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(5);
        assertThat(ExposureFile.unescape(ExposureFile.escape("tab\tnew\nline\\u0041half\ud83d")))
                .isEqualTo("tab\tnew\nline\\u0041half\ud83d");
    }

    @Test
    void aRolloutThatBeganAndEndedBetweenTwoLooksIsListed() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        Rollout rollout = underPolicy(rig);
        call(rig, "ann");
        rig.rollouts.abort(rig.gate, Rig.BOB, "at once").stored(Duration.ofSeconds(5));
        assertThat(ledger.of(rollout.id()).orElseThrow().callers()).isEqualTo(1);
    }

    /** Events are told on a thread of their own, or a user's executor, which may be behind. */
    @Test
    void whatBeganAndEndedIsListedThoughNobodyIsToldOfIt() {
        ExposureLedger ledger = ledger(e -> {});
        try (Gates gates = Gates.open(g -> g.eventExecutor(task -> {}));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .router(Cohorts.router()));
            for (int i = 0; i < 2; i++) {
                Rollout rollout = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
                assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
                gate.call("input", Caller.of("ann"));
                assertThat(rollout.end(Rig.BOB, "at once").stored(Duration.ofSeconds(5)))
                        .isTrue();
                assertThat(ledger.of(rollout.id()).orElseThrow().callers()).isEqualTo(1);
            }
            assertThat(rollouts).isNotNull();
        }
    }

    @Test
    void onceItsVersionIsEverybodysARolloutListsNobodyMore() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann");
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "good"));
        ledger.flush();
        world.time.advance(Duration.ofSeconds(1));
        call(rig, "bob");
        assertThat(rig.gate.decide("input", Caller.of("bob")).answeredBy()).contains("v2");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
    }

    @Test
    void aSecondRolloutThatDidNotStartTakesNothingFromTheOneThatRuns() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        Rig.stored(rig.gates.append(rig.gates.decision(
                "second",
                EntryTypes.ROLLOUT,
                rig.gate.name(),
                Rig.BOB,
                "",
                Log.startData("second", "v2", Weight.FULL.parts()))));
        call(rig, "ann");
        assertThat(ledger.of(rollout).orElseThrow().callers()).isEqualTo(1);
        assertThat(ledger.rollouts()).containsExactly(rollout);
    }

    @Test
    void aLedgerBelongsToOneRolloutsAndBadSettingsAreRefused() {
        ExposureLedger ledger = ledger(e -> {});
        rig(ledger);
        assertThatIllegalStateException().isThrownBy(() -> rig(ledger)).withMessageContaining("belongs to Rollouts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger(e -> e.mostBytes(1)))
                .withMessage("mostBytes is 1: expected 65536 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger(e -> e.retention(Duration.ofHours(1))))
                .withMessageContaining("retention is PT1H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger.export("nothing", new StringBuilder()))
                .withMessageContaining("rollout \"nothing\" has no exposures");
        assertThatIllegalStateException()
                .isThrownBy(() -> ExposureLedger.in(root).erase("ann"))
                .withMessageContaining("belongs to no Rollouts");
    }
}
