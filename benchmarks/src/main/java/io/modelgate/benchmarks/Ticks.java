package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The controller over a thousand rollouts, each of which has had a call since it last looked. Each counts for itself and takes half a
 * megabyte for that, so the heap is larger than elsewhere.
 */
@Fork(
        value = 2,
        jvmArgs = {"-Xms1536m", "-Xmx1536m", "-Xmn384m", "-XX:+UseG1GC", "-XX:+AlwaysPreTouch"})
public class Ticks extends Measured {

    private static final int ROLLOUTS = 1_000;

    /** A thousand gates, each with a rollout under the default policy. */
    @State(Scope.Benchmark)
    public static class Shared {
        private Gates gates;
        private Rollouts rollouts;
        private List<ModelGate<Applicant, Answer>> each;
        private int calls;

        @Setup
        public void open() {
            gates = Gates.open(g -> {});
            rollouts = Rollouts.open(gates, r -> r.manual());
            RolloutPolicy policy = RolloutPolicy.of(p -> p.name("benchmark"));
            each = IntStream.range(0, ROLLOUTS)
                    .<ModelGate<Applicant, Answer>>mapToObj(i -> gates.gate(
                            "gate-" + i,
                            g -> g.stable("v1", Models.EIGHT.get(0))
                                    .version("v2", Models.EIGHT.get(1))
                                    .router(Cohorts.router())))
                    .toList();
            each.forEach(gate -> rollouts.start(gate, "v2", policy, Setting.ACTOR, "benchmark")
                    .stored(Duration.ofSeconds(10)));
            call();
            rollouts.tick();
        }

        void call() {
            calls++;
            each.forEach(gate -> gate.call(Applicant.USUAL, Caller.of(Keys.at(calls % Keys.COUNT))));
        }

        @TearDown
        public void close() {
            rollouts.close();
            gates.close();
        }
    }

    /** One call of each gate, and one look at all of their rollouts. */
    @Benchmark
    public void tick1000(Shared shared) {
        shared.call();
        shared.rollouts.tick();
    }
}
