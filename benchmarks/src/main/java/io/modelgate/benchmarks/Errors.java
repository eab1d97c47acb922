package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.Model;
import io.modelgate.ModelGate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A model that fails one call in a hundred, too few to open its breaker. */
public class Errors extends Measured {

    /** A gate whose versions throw when they are told to. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final Model<Applicant, Answer> stable = Models.FAULTY_STABLE;
        private final Model<Applicant, Answer> candidate = Models.FAULTY_CANDIDATE;
        private Setting setting;
        private ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            setting = new Setting();
            gate = setting.gate("credit-risk", stable, candidate, g -> {});
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** The applicants that a thread asks about. */
    @State(Scope.Thread)
    public static class Applicants {
        private int toNextFault = 100;

        private Applicant next() {
            if (--toNextFault > 0) {
                return Applicant.USUAL;
            }
            toNextFault = 100;
            return Applicant.POISONED;
        }
    }

    /** The bare call, with a constant in place of what was thrown. */
    @Benchmark
    public Answer bareErrors(Shared shared, Applicants applicants, Keys.Cursor cursor) throws Exception {
        try {
            return ((cursor.next() & 7) == 0 ? shared.candidate : shared.stable).answer(applicants.next());
        } catch (IllegalStateException e) {
            return Answer.REFER;
        }
    }

    /** The whole call; the ladder's constant answers those that fail. */
    @Benchmark
    public Answer callErrors(Shared shared, Applicants applicants, Keys.Cursor cursor) {
        return shared.gate.call(applicants.next(), Caller.of(cursor.key()));
    }
}
