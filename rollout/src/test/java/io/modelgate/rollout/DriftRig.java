package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One process of a stable with a reference; what the model answers is a number, which is its score. */
final class DriftRig implements AutoCloseable {

    static final Drift SCORE = Drift.of("score").worseByPoints(0.1).escalation(Duration.ofHours(6));
    static final int SEED = 20_261_129;

    final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
    final SplittableRandom random = new SplittableRandom(SEED);
    final List<RolloutEvent.Drifted> heard = new ArrayList<>();
    final Gates gates;
    final ModelGate<Double, Double> gate;
    final Rollouts rollouts;
    int callers;

    /** How far its clock is ahead. */
    volatile Duration ahead = Duration.ZERO;

    static DriftRig process() {
        return new DriftRig(new MemoryControlLog());
    }

    DriftRig(ControlLog log) {
        gates = Gates.open(g -> g.controlLog(log)
                .ticker(time)
                .instants(() -> time.instant().plus(ahead))
                .scheduler(time)
                .eventExecutor(Runnable::run));
        gate = gates.gate(
                "credit-risk",
                g -> g.stable("v1", input -> input)
                        .version("v2", input -> input)
                        .attributes("region")
                        .metric("score", 0, 1, answer -> answer)
                        .router(Cohorts.router()));
        rollouts = Rollouts.open(gates, RolloutsBuilder::manual);
        rollouts.onEvent(event -> {
            if (event instanceof RolloutEvent.Drifted drifted) {
                heard.add(drifted);
            }
        });
    }

    /** New callers, whose scores are spread evenly, to a power. */
    DriftRig calls(int times, double power) {
        for (int i = 0; i < times; i++) {
            gate.call(Math.pow(random.nextDouble(), power), Caller.of("user-" + callers++));
            // Where thousands wait they are heard in another order, and of two that look like one caller the other
            // counts.
            if (i % 1_000 == 0) {
                gates.flushServed();
            }
        }
        gates.flushServed();
        return this;
    }

    DriftRig tick(Duration later) {
        time.advance(later);
        rollouts.tick();
        return this;
    }

    DriftRig frozen() {
        return frozen(SCORE);
    }

    DriftRig frozen(Drift drift) {
        rollouts.countReference(gate);
        calls(10_000, 1);
        Rig.stored(rollouts.freezeReference(gate, drift, Rig.ALICE, "as it was accepted"));
        return tick(Duration.ofSeconds(1));
    }

    /** How far the same answers may lie from their reference, in a process that starts so long after it. */
    static double farthest(ControlLog log, Duration later) {
        try (DriftRig process = new DriftRig(log)) {
            process.tick(later).calls(5_000, 1).tick(Duration.ofSeconds(1));
            return process.status().distance().high();
        }
    }

    DriftStatus status() {
        return rollouts.drift(gate).get(0);
    }

    @Override
    public void close() {
        rollouts.close();
        gates.close();
    }
}
