package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.PolicyBuilder;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Whole calls as {@link Calls} has them, whose results are counted for the guardrails of a rollout under a policy. */
public class GuardedCalls extends Measured {

    /** A gate whose rollout has the guardrails that a service would begin with. */
    @State(Scope.Benchmark)
    public static class Guarded {
        final Setting setting = new Setting();
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            RolloutPolicy policy = RolloutPolicy.of(p -> guard(p.name("benchmark")
                    .step(Weight.percent(10), Duration.ofDays(1), 1_000_000)
                    .step(Weight.percent(50), Duration.ofDays(1), 1_000_000)));
            gate = setting.guardedGate("credit-risk", Models.STABLE, Models.CANDIDATE, policy);
        }

        void guard(PolicyBuilder policy) {
            policy.guardrail(Guardrail.rate(Rate.ERRORS).requiredForPromotion()).guardrail(Guardrail.latency(0.99));
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** A gate whose rollout has sixteen guardrails. */
    @State(Scope.Benchmark)
    public static class Sixteen extends Guarded {
        @Override
        void guard(PolicyBuilder policy) {
            super.guard(policy);
            for (int i = 2; i < 16; i++) {
                policy.guardrail(Guardrail.latency(i / 20.0));
            }
        }
    }

    /** {@link Calls#call}, counted. */
    @Benchmark
    public Answer callGuarded(Guarded shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The same for sixteen guardrails. */
    @Benchmark
    public Answer callGuardedBy16(Sixteen shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }
}
