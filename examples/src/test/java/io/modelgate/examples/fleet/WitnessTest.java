package io.modelgate.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.testkit.ForwardingControlLog;
import io.modelgate.testkit.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the demo's zero is worth: a call counts against its process from the moment before the confirmation goes out. */
class WitnessTest {

    private static final Actor ALICE = Actor.of("alice");

    private final List<String> told = new ArrayList<>();
    private final List<Boolean> stoppedWhenSent = new ArrayList<>();
    private final List<Boolean> stoppedWhenHandedOver = new ArrayList<>();
    private final ManualTime time = new ManualTime();
    private final MemoryControlLog store = new MemoryControlLog();
    private final Witness witness = new Witness(new Sent(), time, (kill, seq, nanos) -> told.add(kill));
    private final Callers callers = new Callers(time, witness);
    private final Gates gates = Gates.open(
            g -> g.controlLog(new HandedOver()).ticker(time).instants(time).scheduler(time));
    private final ModelGate<Application, Decision> gate = gates.gate(
            ServingProcess.GATE,
            g -> g.stable("v1", callers::score).fallback(Ladder.of(l -> l.degrade(Decision.REFER_TO_HUMAN))));

    /** Notes whether the witness counts by when the confirmation goes out. */
    private final class Sent extends ForwardingControlLog {
        private Sent() {
            super(store);
        }

        @Override
        public void applied(Head head) {
            stoppedWhenSent.add(witness.stop() != 0);
            super.applied(head);
        }
    }

    /** Notes whether it counts when an entry reaches the gates, which then act on it. */
    private final class HandedOver extends ForwardingControlLog {
        private HandedOver() {
            super(witness);
        }

        @Override
        public Subscription follow(long after, Consumer<List<Entry>> follower) {
            return super.follow(after, entries -> {
                stoppedWhenHandedOver.add(witness.stop() != 0);
                follower.accept(entries);
            });
        }
    }

    @AfterEach
    void close() {
        gates.close();
    }

    /** As another process does: through the log alone. */
    private void append(String id, String type, Map<String, Object> data) {
        stoppedWhenSent.clear();
        stoppedWhenHandedOver.clear();
        store.append(List.of(new io.modelgate.control.Decision(
                id, time.instant(), type, true, ServingProcess.GATE, "alice", "asserted", "test", data)));
    }

    @Test
    void callsCountFromBeforeAConfirmationGoesOutUntilARevive() {
        append("k-1", "kill", Map.of());
        assertThat(stoppedWhenHandedOver).containsExactly(false);
        assertThat(stoppedWhenSent).containsExactly(true);
        assertThat(told).containsExactly("k-1");
        assertThat(gate.live()).isFalse();

        append("r-1", "revive", Map.of("kills", List.of("k-1")));
        assertThat(stoppedWhenHandedOver).containsExactly(false);
        assertThat(stoppedWhenSent).containsExactly(false);
        assertThat(told).containsExactly("k-1");
        assertThat(gate.live()).isTrue();
    }

    @Test
    void aSecondKillIsAnotherStop() {
        append("k-1", "kill", Map.of());
        int first = witness.stop();
        append("r-1", "revive", Map.of("kills", List.of("k-1")));
        append("k-2", "kill", Map.of());
        assertThat(witness.stop()).isNotZero().isNotEqualTo(first);
        assertThat(told).containsExactly("k-1", "k-2");
    }

    @Test
    void onlyTheModelRunsOfCallsThatBeganAfterTheConfirmationCount() {
        append("k-1", "kill", Map.of());
        callers.score(new Application(1, 1, 0)); // began before
        assertThat(callers.counts().startedAfterStop()).isZero();

        callers.score(new Application(1, 1, witness.stop()));
        assertThat(callers.counts().startedAfterStop()).isEqualTo(1);
    }

    @Test
    void aKillOfTheProcessItselfCountsFromItsReturn() {
        witness.killedHere();
        int stop = witness.stop();
        assertThat(stop).isNotZero();

        gate.kill(ALICE, "test");
        assertThat(witness.stop()).isEqualTo(stop);
        assertThat(told).hasSize(1);
    }
}
