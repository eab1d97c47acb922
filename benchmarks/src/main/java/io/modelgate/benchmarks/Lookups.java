package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The questions that a gate answers without calling a model. */
public class Lookups extends Measured {

    /** A gate with a rollout at ten percent. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final Caller[] callers = Keys.callers();
        private Setting setting;
        private ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            setting = new Setting();
            gate = setting.gate("credit-risk", Models.STABLE, Models.CANDIDATE, g -> {});
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** Against {@link Floor#volatileRead}. */
    @Benchmark
    public boolean switchRead(Shared shared) {
        return shared.gate.live();
    }

    /** Against {@link Floor#hash}: a caller whose key was not hashed before. */
    @Benchmark
    public Optional<String> route(Shared shared, Keys.Cursor cursor) {
        return shared.gate.versionFor(Caller.of(cursor.key()));
    }

    /** A caller whose key was hashed before, by another gate of the same request for instance. */
    @Benchmark
    public Optional<String> routeAgain(Shared shared, Keys.Cursor cursor) {
        return shared.gate.versionFor(shared.callers[cursor.next()]);
    }
}
