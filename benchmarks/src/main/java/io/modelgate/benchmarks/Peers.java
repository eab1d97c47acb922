package io.modelgate.benchmarks;

import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.server.LDClient;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.Model;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a team puts together today: a kill flag, a percentage flag that picks the version, and around each version a breaker and a timer. */
public class Peers extends Measured {

    /** A version with its own breaker and timer. */
    private record Guarded(Model<Applicant, Answer> model, CircuitBreaker breaker, Timer timer) {

        static Guarded of(String id, Model<Applicant, Answer> model, MeterRegistry meters) {
            return new Guarded(
                    model,
                    CircuitBreaker.ofDefaults(id),
                    Timer.builder("predict").tag("version", id).register(meters));
        }

        Answer call(@Nullable RateLimiter limiter, Applicant applicant) {
            long start = System.nanoTime();
            try {
                CheckedSupplier<Answer> guarded =
                        CircuitBreaker.decorateCheckedSupplier(breaker, () -> model.answer(applicant));
                return (limiter == null ? guarded : RateLimiter.decorateCheckedSupplier(limiter, guarded)).get();
            } catch (CallNotPermittedException | RequestNotPermitted refused) {
                return Answer.REFER;
            } catch (Throwable thrown) {
                throw new IllegalStateException(thrown);
            } finally {
                timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** The stack, shared by the threads. */
    @State(Scope.Benchmark)
    public static class Stack {
        private final LDContext[] contexts = LaunchDarkly.contexts();
        private final MeterRegistry meters = new SimpleMeterRegistry();
        private final Guarded stable = Guarded.of("v1", Models.STABLE, meters);
        private final Guarded candidate = Guarded.of("v2", Models.CANDIDATE, meters);
        private final RateLimiter limiter = RateLimiter.of("limiter", Calls.unlimited());
        private LDClient client;

        @Setup
        public void open() throws IOException {
            client = LaunchDarkly.open();
            long toCandidate = Arrays.stream(contexts)
                    .filter(context -> client.boolVariation(LaunchDarkly.CANDIDATE, context, false))
                    .count();
            Setting.requireATenth(toCandidate);
        }

        @TearDown
        public void close() throws IOException {
            client.close();
        }

        private Answer call(@Nullable RateLimiter limiter, LDContext context) {
            if (!client.boolVariation(LaunchDarkly.LIVE, context, false)) {
                return Answer.REFER;
            }
            Guarded version = client.boolVariation(LaunchDarkly.CANDIDATE, context, false) ? candidate : stable;
            return version.call(limiter, Applicant.USUAL);
        }
    }

    /** One breaker around the bare call. */
    @State(Scope.Benchmark)
    public static class Bare {
        private final Model<Applicant, Answer> model = Models.STABLE;
        private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("breaker");
    }

    /** Against {@link Calls#callFull}. */
    @Benchmark
    public Answer handRolled(Stack stack, Keys.Cursor cursor) {
        return stack.call(stack.limiter, stack.contexts[cursor.next()]);
    }

    /** Against {@link Calls#call}. */
    @Benchmark
    public Answer handRolledNoLimiter(Stack stack, Keys.Cursor cursor) {
        return stack.call(null, stack.contexts[cursor.next()]);
    }

    /** A circuit breaker with its defaults and nothing else. */
    @Benchmark
    public Answer resilience4j(Bare bare) throws Throwable {
        return bare.breaker.executeCheckedSupplier(() -> bare.model.answer(Applicant.USUAL));
    }

    /** One kill flag and nothing else. */
    @Benchmark
    public boolean launchDarklyBoolean(Stack stack, Keys.Cursor cursor) {
        return stack.client.boolVariation(LaunchDarkly.LIVE, stack.contexts[cursor.next()], false);
    }
}
