package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.Model;
import io.modelgate.ModelGate;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One process with eight gates: the compiler sees eight models at the one place where a gate calls its model. */
public class EightGates extends Measured {

    /** Eight gates with two versions each, of eight classes of models. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final List<Model<Applicant, Answer>> models = Models.EIGHT;
        private Setting setting;
        private List<ModelGate<Applicant, Answer>> gates;

        @Setup
        public void open() {
            setting = new Setting();
            gates = IntStream.range(0, models.size()).mapToObj(this::gate).toList();
        }

        private ModelGate<Applicant, Answer> gate(int i) {
            return setting.gate("gate-" + i, models.get(i), models.get((i + 1) % models.size()), g -> {});
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** The bare call of the eight models in turn. */
    @Benchmark
    public Answer bareEightModels(Shared shared, Keys.Cursor cursor) throws Exception {
        return shared.models.get(cursor.next() & 7).answer(Applicant.USUAL);
    }

    /** The whole call through the eight gates in turn. */
    @Benchmark
    public Answer callEightGates(Shared shared, Keys.Cursor cursor) {
        int next = cursor.next();
        return shared.gates.get(next & 7).call(Applicant.USUAL, Caller.of(Keys.at(next)));
    }
}
