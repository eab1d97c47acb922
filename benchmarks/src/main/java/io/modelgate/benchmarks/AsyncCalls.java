package io.modelgate.benchmarks;

import io.modelgate.AsyncModel;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Asynchronous calls of models whose stages are complete when they return, so that no hand-over between threads is measured. */
public class AsyncCalls extends Measured {

    /** A model that answers with a stage. */
    private record Staged(io.modelgate.Model<Applicant, Answer> model) implements AsyncModel<Applicant, Answer> {
        @Override
        public CompletionStage<Answer> answer(Applicant applicant, io.modelgate.@Nullable Call call) throws Exception {
            return CompletableFuture.completedFuture(model.answer(applicant));
        }
    }

    /** A gate as most have it, with a model timeout and a deadline that are enforced. */
    @State(Scope.Benchmark)
    public static class Usual {
        private final Setting setting = new Setting();
        private ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            gate = setting.asyncGate("credit-risk", new Staged(Models.STABLE), new Staged(Models.CANDIDATE));
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** The same models without a gate. */
    @State(Scope.Benchmark)
    public static class Bare {
        private final Staged stable = new Staged(Models.STABLE);
        private final Staged candidate = new Staged(Models.CANDIDATE);
    }

    /** The whole call for a caller who was not seen before, and waiting for its stage. */
    @Benchmark
    public Answer callAsync(Usual shared, Keys.Cursor cursor) {
        return shared.gate.callAsync(Applicant.USUAL, Caller.of(cursor.key())).join();
    }

    /** The bare stage, and waiting for it: one caller in eight asks the candidate. */
    @Benchmark
    public Answer completableFuture(Bare bare, Keys.Cursor cursor) throws Exception {
        return ((cursor.next() & 7) == 0 ? bare.candidate : bare.stable)
                .answer(Applicant.USUAL, null)
                .toCompletableFuture()
                .join();
    }
}
