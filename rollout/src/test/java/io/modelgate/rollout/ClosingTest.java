package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was decided is told, though rollouts are closed before it was: no other process tells of it. */
class ClosingTest {

    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

    /** What is on its way to listeners. */
    private final Queue<Runnable> underWay = new ConcurrentLinkedQueue<>();

    private final List<RolloutEvent> heard = new CopyOnWriteArrayList<>();
    private final Gates gates = Gates.open(g -> g.eventExecutor(underWay::add));
    private final ModelGate<String, String> gate = gates.gate(
            "credit-risk",
            g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router()));
    private final Rollouts rollouts = Rollouts.open(
            gates, r -> r.manual().guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE));

    ClosingTest() {
        rollouts.onEvent(heard::add);
    }

    @AfterEach
    void close() {
        deliver();
        gates.close();
    }

    private void deliver() {
        for (Runnable next = underWay.poll(); next != null; next = underWay.poll()) {
            next.run();
        }
    }

    private void startedAndAborted() {
        assertThat(rollouts.start(gate, "v2", Rig.read(Rig.policy()), Rig.ALICE, "canary")
                        .stored(FIVE_SECONDS))
                .isTrue();
        assertThat(rollouts.abort(gate, Rig.BOB, "it hurts").stored(FIVE_SECONDS))
                .isTrue();
    }

    @Test
    void closingWaitsUntilWhatWasStoredIsTold() throws Exception {
        startedAndAborted();
        Thread closing = new Thread(rollouts::close);
        closing.start();
        while (closing.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        deliver();
        closing.join();
        assertThat(heard).last().isInstanceOf(RolloutEvent.Aborted.class);
    }

    @Test
    void aListenerThatHangsHoldsUpNoCloseForLongAndWhatIsLaterIsNotTold() {
        startedAndAborted();
        assertTimeoutPreemptively(Duration.ofSeconds(30), rollouts::close);
        assertThat(heard).noneMatch(RolloutEvent.Aborted.class::isInstance);
        Rollout later = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "by hand");
        assertThat(later.stored(FIVE_SECONDS)).isTrue();

        deliver(); // it goes on
        assertThat(heard)
                .noneMatch(event -> event.about().rollout().equals(later.id()))
                .last()
                .isInstanceOf(RolloutEvent.Aborted.class);
    }

    @Test
    void aListenerThatClosesDoesNotWaitForItselfAndHearsTheRest() {
        startedAndAborted();
        rollouts.onEvent(event -> rollouts.close());
        assertTimeoutPreemptively(Duration.ofMillis(1_900), this::deliver);
        assertThat(heard).last().isInstanceOf(RolloutEvent.Aborted.class);
    }

    /** The look has decided, and closing waits for it. */
    @Test
    void whatALookStoresWhileRolloutsAreClosedIsTold() throws Exception {
        Rig[] rigs = new Rig[1];
        Thread[] closing = new Thread[1];
        ControlLog log = new ForwardingControlLog(new MemoryControlLog()) {
            @Override
            public Optional<Entry> appendIf(long expected, Decision decision) {
                if (decision.type().equals(EntryTypes.ROLLOUT_ABORT)) {
                    closing[0] = new Thread(rigs[0].rollouts::close);
                    closing[0].start();
                    while (closing[0].getState() == Thread.State.RUNNABLE) {
                        Thread.onSpinWait();
                    }
                }
                return super.appendIf(expected, decision);
            }
        };
        try (Rig rig = new Rig(new Rig.World(log), r -> {})) {
            rigs[0] = rig;
            rig.start("v2");
            rig.minutes(2);
            rig.world.finding = Finding.REGRESSED;
            rig.rollouts.tick();
            closing[0].join();
            assertThat(rig.events).last().isInstanceOf(RolloutEvent.Aborted.class);
        }
    }
}
