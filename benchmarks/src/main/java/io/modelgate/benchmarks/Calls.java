package io.modelgate.benchmarks;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.Caller;
import io.modelgate.GateBuilder;
import io.modelgate.Model;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Whole calls through a gate: switch, route, breaker, metrics with the latency histogram, both clock reads. */
public class Calls extends Measured {

    /** A rate that is never reached, so that only its bookkeeping is measured. */
    static RateLimiterConfig unlimited() {
        return RateLimiterConfig.custom()
                .limitForPeriod(1_000_000_000)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(Duration.ZERO)
                .build();
    }

    /** A gate as most have it. */
    @State(Scope.Benchmark)
    public static class Usual {
        final Caller[] callers = Keys.callers();
        final Setting setting = new Setting();
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() {
            gate = setting.gate("credit-risk", Models.STABLE, Models.CANDIDATE, this::configure);
        }

        void configure(GateBuilder<Applicant, Answer> g) {}

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** A gate with every kind of admission. */
    @State(Scope.Benchmark)
    public static class Full extends Usual {
        @Override
        void configure(GateBuilder<Applicant, Answer> g) {
            g.rateLimit(unlimited()).maxConcurrent(1_000);
        }
    }

    /** A gate that will be told what its answers turned out to be. */
    @State(Scope.Benchmark)
    public static class Labelled extends Usual {
        @Override
        void configure(GateBuilder<Applicant, Answer> g) {
            g.label("defaulted", 0, 1);
        }
    }

    /** A gate that is killed. */
    @State(Scope.Benchmark)
    public static class Killed extends Usual {
        @Override
        public void open() {
            super.open();
            setting.kill(gate);
        }
    }

    /** The same models without a gate. */
    @State(Scope.Benchmark)
    public static class Bare {
        private final Model<Applicant, Answer> stable = Models.STABLE;
        private final Model<Applicant, Answer> candidate = Models.CANDIDATE;
    }

    /** The bare call: one caller in eight asks the candidate. */
    @Benchmark
    public Answer bareCall(Bare bare, Keys.Cursor cursor) throws Exception {
        return ((cursor.next() & 7) == 0 ? bare.candidate : bare.stable).answer(Applicant.USUAL);
    }

    /** The whole call for a caller who was not seen before. */
    @Benchmark
    public Answer call(Usual shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The same with its outcome: the answer and where it is from. */
    @Benchmark
    public Outcome<Answer> decide(Usual shared, Keys.Cursor cursor) {
        return shared.gate.decide(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The same where outcomes have an id, by which a label may come; its text is not asked for. */
    @Benchmark
    public Outcome<Answer> decideLabelled(Labelled shared, Keys.Cursor cursor) {
        return shared.gate.decide(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The whole call for a caller whose key was hashed before. */
    @Benchmark
    public Answer callAgain(Usual shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, shared.callers[cursor.next()]);
    }

    /** The whole call with a rate limit and a concurrency bound, neither of which is reached. */
    @Benchmark
    public Answer callFull(Full shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** The call of a gate that is killed and whose ladder is a constant. */
    @Benchmark
    public Answer killed(Killed shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }
}
