package io.modelgate.benchmarks;

import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Version;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Whole calls through an interface whose method is gated by its annotation: what {@link Calls} measures, and the proxy. */
public class Proxies extends Measured {

    interface CreditModel {
        @Gated("credit-risk")
        Answer decide(Applicant applicant, @CallerKey String key);
    }

    @Version("v1")
    static final class Stable implements CreditModel {
        @Override
        public Answer decide(Applicant applicant, String key) {
            return applicant.income() > 30_000 ? Answer.APPROVE : Answer.DECLINE;
        }
    }

    @Version("v2")
    static final class Candidate implements CreditModel {
        @Override
        public Answer decide(Applicant applicant, String key) {
            return applicant.income() > 31_000 ? Answer.APPROVE : Answer.REFER;
        }
    }

    /** An interface as most have it: one gated method, and a gate like the one that {@code call} goes through. */
    @State(Scope.Benchmark)
    public static class Guarded {
        private final Setting setting = new Setting();
        private CreditModel credit;

        @Setup
        public void open() {
            credit = setting.guard(CreditModel.class, "credit-risk", new Stable(), new Candidate());
        }

        @TearDown
        public void close() {
            setting.close();
        }
    }

    /** The whole call of the guarded method for a caller who was not seen before. */
    @Benchmark
    public Answer gatedProxy(Guarded shared, Keys.Cursor cursor) {
        return shared.credit.decide(Applicant.USUAL, cursor.key());
    }
}
