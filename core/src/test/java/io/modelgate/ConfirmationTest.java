package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which processes have a kill in force is what they say themselves, about the log that there is now. */
@Timeout(60)
class ConfirmationTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LONG_AGO = Duration.ofMinutes(5);

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates = Gates.open(g -> g.controlLog(log).scheduler(time));
    private final ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", x -> x));

    private final Head early = log.head();

    private static Instance live(String name, Head applied) {
        return new Instance(name, applied, Duration.ofMillis(20), true);
    }

    private static Instance silent(String name, Head applied) {
        return new Instance(name, applied, LONG_AGO, false);
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void whoHasAppliedItHasConfirmedAndTheOthersAreNamed() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        Instance here = live("here", log.head());
        Instance late = live("late", early);
        Instance gone = silent("gone", early);
        Instance stopped = silent("stopped-after-it", log.head());
        log.served(here, late, gone, stopped);

        Confirmation confirmation = kill.confirmed(Duration.ofMillis(5));

        assertThat(confirmation.seq()).isEqualTo(log.head().seq());
        assertThat(confirmation.confirmed()).containsExactly(here, stopped);
        assertThat(confirmation.pending()).containsExactly(late);
        assertThat(confirmation.silent()).containsExactly(gone);
        assertThat(confirmation.complete()).isFalse();
    }

    @Test
    void itReturnsOnceAllLiveOnesHaveConfirmed() throws Exception {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("here", log.head()), live("late", early), silent("gone", early));
        CompletableFuture<Confirmation> waiting = CompletableFuture.supplyAsync(() -> kill.confirmed(SOON));

        log.served(live("here", log.head()), live("late", log.head()), silent("gone", early));

        Confirmation confirmation = waiting.get(20, TimeUnit.SECONDS);
        assertThat(confirmation.confirmed()).hasSize(2);
        assertThat(confirmation.complete()).as("one is silent").isFalse();
        log.served(live("here", log.head()));
        assertThat(kill.confirmed(SOON).complete()).isTrue();
    }

    @Test
    void aKillThatIsNotStoredIsConfirmedByNobody() {
        log.fail(true);
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("here", new Head(99, "0".repeat(64))));

        Confirmation confirmation = kill.confirmed(Duration.ZERO);

        assertThat(confirmation.seq()).isZero();
        assertThat(confirmation.pending()).hasSize(1);
        assertThat(confirmation.complete()).isFalse();
    }

    @Test
    void whoHasAppliedAnotherLogHasNotConfirmed() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("on-a-losing-fork", new Head(log.head().seq(), "f".repeat(64))));

        assertThat(kill.confirmed(Duration.ZERO).pending()).hasSize(1);
    }

    @Test
    void whoIsAheadOfThisProcessMayBeOnAForkAndHasNotConfirmedYet() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("ahead", new Head(log.head().seq() + 1, "f".repeat(64))));

        assertThat(kill.confirmed(Duration.ZERO).pending()).hasSize(1);
    }

    @Test
    void whoIsAheadHasConfirmedOnceThisProcessHasComeAsFar() throws Exception {
        KillReceipt kill = gate.kill(ALICE, "bad");
        Decision next = new Decision("n", Instant.EPOCH, "note", false, "credit", "bob", "asserted", "", Map.of());
        Entry ahead = Entry.after(log.head(), next);
        log.served(live("ahead", new Head(ahead.seq(), ahead.hash())));
        CompletableFuture<Confirmation> waiting = CompletableFuture.supplyAsync(() -> kill.confirmed(SOON));
        log.append(java.util.List.of(next));

        assertThat(waiting.get(20, TimeUnit.SECONDS).complete()).isTrue();
    }

    @Test
    void aKillThatWasLostAndAppendedAgainCountsAtItsNewPlace() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        Head lost = log.head();
        Decision other = new Decision("n", Instant.EPOCH, "note", false, "credit", "bob", "asserted", "", Map.of());
        log.forkAt(early.seq(), other);
        Entry before = log.all().get((int) early.seq());
        log.served(live("without", new Head(before.seq(), before.hash())), live("still-there", lost));

        Confirmation confirmation = kill.confirmed(Duration.ZERO);

        assertThat(confirmation.seq()).isEqualTo(lost.seq() + 1);
        assertThat(confirmation.pending()).hasSize(2);
        log.served(live("with", log.head()));
        assertThat(kill.confirmed(Duration.ZERO).complete()).isTrue();
    }

    @Test
    void aLogThatKnowsNobodyConfirmsNothing() {
        assertThat(gate.kill(ALICE, "bad").confirmed(SOON).complete()).isFalse();
    }

    @Test
    void aKillOfAnotherProcessIsWaitedFor() throws Exception {
        CompletableFuture<Confirmation> waiting = CompletableFuture.supplyAsync(() -> gates.confirmed("theirs", SOON));
        log.append(java.util.List.of(new Decision(
                "theirs", Instant.EPOCH, EntryTypes.KILL, false, "credit", "bob", "asserted", "", Map.of())));
        assertThat(waiting.get(20, TimeUnit.SECONDS).seq()).isEqualTo(log.head().seq());
    }

    @Test
    void anInterruptEndsTheWaitingAndStays() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("late", early));
        Thread.currentThread().interrupt();

        assertThat(kill.confirmed(SOON).pending()).hasSize(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLogThatCannotSayIsAnErrorAndNoConfirmation() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.unreadable(true);

        assertThatThrownBy(() -> kill.confirmed(Duration.ofMillis(5))).isInstanceOf(ControlLogException.class);
        log.unreadable(false);
    }

    @Test
    void inMemoryThisProcessConfirms() {
        try (Gates own = Gates.open(g -> {})) {
            ModelGate<String, String> served = own.gate("credit", g -> g.stable("v1", x -> x));
            Confirmation confirmation = served.kill(ALICE, "bad").confirmed(SOON);
            assertThat(confirmation.complete()).isTrue();
            assertThat(confirmation.confirmed()).hasSize(1);
        }
    }

    @Test
    void aTimeoutBeyondAllTimeIsOne() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.served(live("here", log.head()));
        assertThat(kill.confirmed(Duration.ofSeconds(Long.MAX_VALUE)).complete())
                .isTrue();
    }
}
