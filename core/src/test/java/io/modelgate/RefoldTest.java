package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log that lost entries and went on without them: what is in force comes from those that are left, and no kill is lost. */
class RefoldTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller PLAIN = Caller.of("user-42");
    private static final Caller CANARY = Caller.of("canary-1");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();
    private final List<GateEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final Gates gates = open();
    private final ModelGate<String, String> gate = gates.gate(
            "credit",
            g -> g.stable("v1", this::answer)
                    .version("v2", input -> "v2")
                    .router(new WeightRouter())
                    .fallback(Rungs.constant("safe")));
    private final long declared = log.head().seq();

    private Gates open() {
        Gates opened =
                Gates.open(g -> g.controlLog(log).scheduler(time).ticker(time).eventExecutor(Runnable::run));
        opened.onEvent(events::add);
        return opened;
    }

    private String answer(String input) {
        asked.incrementAndGet();
        return "v1";
    }

    private Decision decision(String id, String type, String gate, Map<String, Object> data) {
        return new Decision(id, Instant.EPOCH, type, false, gate, "bob", "asserted", "", data);
    }

    private Decision canary(String id, String version) {
        return decision(id, WeightRouter.CANARY, "credit", Map.of("version", version));
    }

    private List<GateEvent.Replaced> replaced() {
        return events.stream()
                .filter(GateEvent.Replaced.class::isInstance)
                .map(GateEvent.Replaced.class::cast)
                .toList();
    }

    private List<String> announced() {
        return events.stream()
                .filter(GateEvent.Applied.class::isInstance)
                .map(event -> ((GateEvent.Applied) event).entry().decision().id())
                .toList();
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void aKillOfALosingForkStaysInForceWithoutAGap() throws Exception {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        assertThat(kill.stored(SOON)).isTrue();
        Decision decided = log.all().get((int) declared).decision();
        long before = asked.get();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong served = new AtomicLong();
        Thread caller = new Thread(() -> {
            while (!stop.get()) {
                assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
                served.incrementAndGet();
            }
        });
        caller.start();
        try {
            for (int round = 0; round < 300; round++) {
                long seen = served.get();
                log.forkAt(declared, canary("other-" + round, "v2"));
                assertThat(log.ids()).contains(kill.id(), "other-" + round);
                while (served.get() == seen && caller.isAlive()) {
                    Thread.onSpinWait();
                }
            }
        } finally {
            stop.set(true);
            caller.join();
        }
        assertThat(asked.get()).as("calls that reached the model").isEqualTo(before);
        assertThat(log.all())
                .filteredOn(e -> e.decision().id().equals(kill.id()))
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.decision()).as("the decision that it was").isEqualTo(decided);
                    assertThat(e.seq()).isEqualTo(declared + 2);
                });
    }

    @Test
    void aKillOfALosingForkStaysInForceThoughTheLogTakesNothing() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        log.fail(true);

        log.forkAt(declared, canary("other", "v2"));

        assertThat(gate.call("x", CANARY)).isEqualTo("safe");
        assertThat(gates.kills()).extracting(Kill::id).containsExactly(kill.id());
        assertThat(gates.unstoredKills()).isEqualTo(1);

        log.fail(false);
        assertThat(gates.confirmed(kill.id(), SOON).seq()).isEqualTo(declared + 2);
    }

    @Test
    void whoeverJoinsLaterFindsTheKillOfALosingFork() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        log.forkAt(declared);

        try (Gates later = Gates.open(g -> g.controlLog(log).scheduler(time))) {
            assertThat(later.kills()).extracting(Kill::id).containsExactly(kill.id());
        }
    }

    @Test
    void aReviveThatWasLostMeansKilledAgain() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        gates.revive(kill.id(), ALICE, "fixed");
        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");

        log.forkAt(declared + 1);

        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
        assertThat(gates.kills()).extracting(Kill::id).containsExactly(kill.id());
        gates.revive(kill.id(), ALICE, "fixed, once more");
        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
    }

    @Test
    void aKillThatWasReleasedAndLostWithItsReviveStaysReleased() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        gates.revive(kill.id(), ALICE, "fixed");

        log.forkAt(declared);

        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
        assertThat(log.ids()).doesNotContain(kill.id());
    }

    @Test
    void aReviveOnTheOtherForkReleases() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        Decision killed = log.all().get((int) declared).decision();

        log.forkAt(
                declared,
                canary("other", "v2"),
                killed,
                decision("revive", EntryTypes.REVIVE, "credit", Map.of("kills", List.of(kill.id()))));

        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
        assertThat(gates.kills()).isEmpty();
    }

    @Test
    void aReviveOfAnotherGateReleasesNothing() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");

        log.forkAt(declared, decision("revive", EntryTypes.REVIVE, "fraud", Map.of("kills", List.of(kill.id()))));

        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
        assertThat(log.ids()).contains(kill.id());
    }

    @Test
    void fleetAndVersionKillsOfALosingForkStayToo() {
        KillReceipt version = gate.version("v2").kill(ALICE, "v2 is bad");
        KillReceipt fleet = gates.kill(Scope.fleet(), ALICE, "all of it");

        log.forkAt(declared);

        assertThat(gates.kills()).extracting(Kill::id).containsExactlyInAnyOrder(version.id(), fleet.id());
        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
        gates.revive(fleet.id(), ALICE, "over");
        assertThat(gate.call("x", CANARY)).isEqualTo("v1");
    }

    @Test
    void routingsStartAnewOnWhatIsLeft() {
        gates.append(canary("canary-1", "v2"));
        assertThat(gate.call("x", CANARY)).isEqualTo("v2");

        log.forkAt(declared);
        assertThat(gate.call("x", CANARY)).isEqualTo("v1");

        gates.append(canary("canary-2", "v2"));
        assertThat(gate.call("x", CANARY)).isEqualTo("v2");
    }

    @Test
    void theStableVersionIsThatOfTheLogThatIsLeft() {
        gates.append(decision("promote", EntryTypes.PROMOTE, "credit", Map.of("version", "v2")));
        assertThat(gate.call("x", PLAIN)).isEqualTo("v2");

        log.forkAt(declared);

        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
    }

    @Test
    void aGateServesOnThoughItsStableIsNotRegisteredHere() {
        log.forkAt(
                0,
                decision(
                        "declare",
                        EntryTypes.DECLARE,
                        "credit",
                        Map.of("versions", Map.of("v9", Map.of()), "stable", "v9")));

        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
        assertThat(events).anyMatch(GateEvent.Degraded.class::isInstance);
    }

    @Test
    void aGateWhoseDeclarationWasLostDeclaresItselfAgain() {
        log.forkAt(0);

        assertThat(log.all()).extracting(Entry::type).containsExactly(EntryTypes.DECLARE);
        assertThat(log.all().get(0).text("stable")).isEqualTo("v1");
        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
    }

    @Test
    void whatWasLostIsReportedOnceAndWhatIsNewAnnouncedOnce() {
        gates.append(canary("kept", "v2"));
        gates.append(canary("lost", "v2"));
        events.clear();

        log.forkAt(declared, canary("new", "v2"), canary("kept", "v2"));

        assertThat(replaced())
                .containsExactly(new GateEvent.Replaced(
                        List.of(new GateEvent.Lost(declared + 2, "lost", WeightRouter.CANARY, "credit"))));
        assertThat(announced()).containsExactly("new");
        assertThat(events.get(0)).as("first of all").isInstanceOf(GateEvent.Replaced.class);
    }

    @Test
    void aLogThatWasReplacedWithoutAWordIsNoticedByItsChain() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        gates.append(canary("lost", "v2"));

        log.forkSilentlyAt(declared, canary("a", "v2"), canary("b", "v2"), canary("c", "v2"));

        assertThat(gates.applied()).isEqualTo(log.head().seq());
        assertThat(gates.kills()).extracting(Kill::id).containsExactly(kill.id());
        assertThat(log.ids()).contains(kill.id());
        assertThat(replaced()).hasSize(1);
    }

    @Test
    void aShorterLogIsNoticedByWhatIsAppendedToIt() {
        gates.append(canary("lost-1", "v2"));
        gates.append(canary("lost-2", "v2"));
        log.forkSilentlyAt(declared);

        gates.append(canary("next", "v2"));

        assertThat(gates.applied()).isEqualTo(declared + 1);
        assertThat(replaced()).hasSize(1);
        assertThat(announced()).contains("next");
    }

    @Test
    void aDecisionOnAForkThatIsGoneIsNotMade() {
        gates.append(canary("lost", "v2"));
        long seq = gates.applied();
        log.forkSilentlyAt(declared);
        log.append(List.of(canary("other", "v1")));
        log.forkSilentlyAt(declared, canary("another", "v1"));

        assertThat(gates.appendIf(seq - 1, canary("late", "v2"))).isEmpty();
        assertThat(log.ids()).doesNotContain("late");
    }

    @Test
    void aReplacedLogThatCannotBeReadLeavesAllInForceUntilItCan() {
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");
        log.unreadable(true);
        log.fail(true);
        log.forkAt(declared, decision("promote", EntryTypes.PROMOTE, "credit", Map.of("version", "v2")));
        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");

        log.unreadable(false);
        log.fail(false);
        time.advance(Duration.ofSeconds(1));

        assertThat(gate.describe().stable()).contains("v2");
        assertThat(gate.call("x", PLAIN)).isEqualTo("safe");
        assertThat(log.ids()).contains(kill.id());
    }

    @Test
    void theLogIsToldWhatIsInForce() {
        gates.append(canary("lost", "v2"));
        Head lost = log.head();
        assertThat(log.applied()).last().isEqualTo(lost);

        log.forkAt(declared, canary("other", "v2"));

        assertThat(log.applied()).last().isEqualTo(log.head()).isNotEqualTo(lost);
    }

    @Test
    void aProcessWithoutAGateServesNothingAndSaysNothing() {
        ScriptedLog quiet = new ScriptedLog();
        quiet.append(List.of(canary("x", "v2")));
        try (Gates none = Gates.open(g -> g.controlLog(quiet).scheduler(time))) {
            assertThat(quiet.applied()).isEmpty();
            none.<String, String>gate("credit", g -> g.stable("v1", x -> x));
            assertThat(quiet.applied()).last().isEqualTo(quiet.head());
        }
    }
}
