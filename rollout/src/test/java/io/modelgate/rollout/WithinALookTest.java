package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.control.MemoryControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rollout answers and ends, and may have started, while the ledger looks: whenever in the look, whom it reached is on its list. */
class WithinALookTest {

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whomARolloutReachedThatEndsWithinALookIsListed(boolean startedBefore) throws Exception {
        int moments = momentsOfALook(startedBefore);
        assertThat(moments).isGreaterThan(2);
        for (int moment = 1; moment <= moments; moment++) {
            assertThat(calledAt(moment, startedBefore))
                    .as("at moment %d of %d", moment, moments)
                    .isEqualTo(1);
        }
    }

    /** Its thread was held up: it had been routed, and had not begun by the ticker. */
    @Test
    void aCallThatWasRoutedBeforeTheEndIsListedThoughItBeginsAfterALookThatSawIt() {
        try (Scene scene = new Scene(root, true)) {
            AtomicReference<String> rollout = new AtomicReference<>();
            scene.atRead.set(() -> {
                scene.atRead.set(() -> {});
                rollout.set(scene.ends());
                scene.rollouts.tick();
                scene.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            });
            assertThat(scene.gate.call("input", Caller.of("ann"))).isEqualTo("v2");
            assertThat(scene.ledger.of(rollout.get()).map(Exposures::calls)).contains(1L);
        }
    }

    /** How often a look reads the ticker. */
    private int momentsOfALook(boolean startedBefore) {
        AtomicInteger reads = new AtomicInteger();
        try (Scene scene = new Scene(root.resolve("moments"), startedBefore)) {
            scene.look(reads::incrementAndGet);
        }
        return reads.get();
    }

    /** How many calls are on the list of a rollout that ended at one of the moments of a look, just after it had answered. */
    private long calledAt(int moment, boolean startedBefore) {
        AtomicReference<String> rollout = new AtomicReference<>();
        AtomicInteger reads = new AtomicInteger();
        try (Scene scene = new Scene(root.resolve("moment-" + moment), startedBefore)) {
            scene.look(() -> {
                if (reads.incrementAndGet() == moment) {
                    rollout.set(scene.answersAndEnds());
                }
            });
            return scene.ledger.of(rollout.get()).map(Exposures::calls).orElse(0L);
        }
    }

    /** One process whose time goes on whenever somebody reads it. */
    private static final class Scene implements AutoCloseable {
        final AtomicReference<Runnable> atRead = new AtomicReference<>(() -> {});
        final AtomicLong nanos = new AtomicLong();
        final ExposureLedger ledger;
        final Gates gates;
        final ModelGate<String, String> gate;
        final Rollouts rollouts;

        Scene(Path folder, boolean started) {
            ledger = ExposureLedger.in(folder);
            Ticker ticker = () -> {
                atRead.get().run();
                return nanos.addAndGet(1_000);
            };
            gates = Gates.open(g -> g.controlLog(new MemoryControlLog())
                    .ticker(ticker)
                    .instants(() -> Instant.EPOCH.plusNanos(nanos.get())));
            gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .router(Cohorts.router()));
            rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger));
            if (started) {
                start();
                rollouts.tick();
                nanos.addAndGet(Duration.ofSeconds(2).toNanos()); // the next look cares for the folder as well
            }
        }

        private void start() {
            Rollout rollout = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
            assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        }

        /** Runs something whenever the look reads the ticker. */
        void look(Runnable read) {
            Thread looks = Thread.currentThread();
            atRead.set(() -> {
                if (Thread.currentThread().equals(looks)) {
                    read.run();
                }
            });
            rollouts.tick();
            atRead.set(() -> {});
        }

        String answersAndEnds() {
            if (Rollout.running(gate).isEmpty()) {
                start();
            }
            assertThat(gate.call("input", Caller.of("ann"))).isEqualTo("v2");
            return ends();
        }

        String ends() {
            Rollout rollout = Rollout.running(gate).orElseThrow();
            assertThat(rollout.end(Rig.BOB, "enough").stored(Duration.ofSeconds(5)))
                    .isTrue();
            return rollout.id();
        }

        @Override
        public void close() {
            rollouts.close();
            gates.close();
        }
    }
}
