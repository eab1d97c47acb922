package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.PolicyBuilder;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whole calls of a gate whose rollout has given the candidate to nobody yet: with a shadow of every call, and, to compare with, without one; in the turns
 * of {@link RecordedCalls}. Shadows are handed over and not run: what is measured is what the caller pays, whose core they might take here.
 */
public class ShadowedCalls extends Measured {

    /** A gate whose rollout waits for a person. */
    @State(Scope.Benchmark)
    public static class Unshadowed {
        final Setting setting = new Setting();

        /** A thread that waits for its processor while it empties the queue may let a few calls find it full. */
        private static final int MOST_DROPPED_PARTS = 100;

        private final AtomicLong turns = new AtomicLong();
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            RolloutPolicy policy = RolloutPolicy.of(p -> shadow(p.name("benchmark")
                    .manualStep(Weight.percent(10), Duration.ofDays(1), 1_000_000)
                    .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.01).requiredForPromotion())));
            gate = setting.unservedGate("credit-risk", Models.STABLE, Models.CANDIDATE, policy, stage());
        }

        /** Before each turn of each thread. */
        @Setup(Level.Invocation)
        public void empty() {
            setting.flush();
            turns.incrementAndGet();
        }

        void shadow(PolicyBuilder policy) {}

        Stage stage() {
            return Stage.DRAFT;
        }

        @TearDown
        public void close() {
            long dropped = setting.dropped();
            setting.close();
            long calls = turns.get() * RecordedCalls.TURN;
            if (dropped > calls / MOST_DROPPED_PARTS) {
                throw new IllegalStateException(
                        dropped + " of " + calls + " calls found no room: what was measured is no offer");
            }
        }
    }

    /** A gate whose rollout mirrors every call. */
    @State(Scope.Benchmark)
    public static class Shadowed extends Unshadowed {
        @Override
        void shadow(PolicyBuilder policy) {
            policy.shadow(s -> s.sample(1).atLeast(Duration.ofDays(1)).calls(100_000_000));
        }

        @Override
        Stage stage() {
            return Stage.SHADOW;
        }
    }

    /** The call, with nobody to hear of it. */
    @Benchmark
    @OperationsPerInvocation(RecordedCalls.TURN)
    public int callUnshadowed(Unshadowed shared, Keys.Cursor cursor) {
        return turn(shared, cursor);
    }

    /** The same with a shadow. */
    @Benchmark
    @OperationsPerInvocation(RecordedCalls.TURN)
    public int callShadowed(Shadowed shared, Keys.Cursor cursor) {
        return turn(shared, cursor);
    }

    private static int turn(Unshadowed shared, Keys.Cursor cursor) {
        int sum = 0;
        for (int i = 0; i < RecordedCalls.TURN; i++) {
            sum += shared.gate.call(Applicant.USUAL, Caller.of(cursor.key())).hashCode();
        }
        return sum;
    }
}
