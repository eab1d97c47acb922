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
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whole calls of a gate whose rollout has given the candidate to nobody yet: with a shadow of every call, and, to compare with, without one. Calls come faster here than
 * shadows can be asked, so most find no room and are dropped, as they would be in a service that is this busy.
 */
public class ShadowedCalls extends Measured {

    /** A gate whose rollout waits for a person. */
    @State(Scope.Benchmark)
    public static class Unshadowed {
        final Setting setting = new Setting();
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            RolloutPolicy policy = RolloutPolicy.of(p -> shadow(p.name("benchmark")
                    .manualStep(Weight.percent(10), Duration.ofDays(1), 1_000_000)
                    .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.01).requiredForPromotion())));
            gate = setting.unservedGate("credit-risk", Models.STABLE, Models.CANDIDATE, policy, stage());
        }

        void shadow(PolicyBuilder policy) {}

        Stage stage() {
            return Stage.DRAFT;
        }

        @TearDown
        public void close() {
            setting.close();
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
    public Answer callUnshadowed(Unshadowed shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The same with a shadow. */
    @Benchmark
    public Answer callShadowed(Shadowed shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }
}
