package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fault reaches, what a call makes of it, and that nothing is left of it. Time is driven by hand. */
class FaultsTest {

    private static final Caller CALLER = Caller.of("user-42");
    private final IOException down = new IOException("down");

    private final HandDrivenTime time = new HandDrivenTime();
    private final Faults faults = new Faults();
    private final List<GateEvent> events = new ArrayList<>();
    private final Gates gates = Gates.open(
            g -> g.ticker(time).scheduler(time).eventExecutor(Runnable::run).faults(faults));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(Consumer<GateBuilder<String, String>> configure) {
        return gates.gate("credit", configure);
    }

    private void fail(String version) {
        faults.put("credit", version, () -> {
            throw down;
        });
    }

    private static void assertFailed(Outcome<?> outcome, Exception cause) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(outcome.cause()).hasValue(Cause.ERROR);
        assertThat(((Outcome.Failed<?>) outcome).error()).isSameAs(cause);
    }

    @Test
    void aFaultReachesVersionsOfEveryKind() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("plain", input -> "plain")
                .callAwareVersion("aware", (input, call) -> "aware")
                .asyncVersion("async", (input, call) -> CompletableFuture.completedFuture("async")));
        gate.register("late", input -> "late");
        for (String version : List.of("plain", "aware", "async", "late")) {
            gate.version(version).promote(Actor.of("test"), "its turn");
            assertThat(gate.call("x", CALLER)).isEqualTo(version);

            fail(version);
            assertFailed(gate.decide("x", CALLER), down);
            assertFailed(gate.decideAsync("x", CALLER).get(), down);

            faults.put("credit", version, () -> "something else");
            assertThat(gate.call("x", CALLER)).isEqualTo("something else");
            assertThat(gate.callAsync("x", CALLER).get()).isEqualTo("something else");
        }
    }

    interface Guessing {
        @Gated("optional")
        Optional<String> perhaps(String input);

        @Gated("later")
        CompletionStage<String> later(String input);
    }

    @Version("v1")
    static final class Guess implements Guessing {
        @Override
        public Optional<String> perhaps(String input) {
            return Optional.of("v1");
        }

        @Override
        public CompletionStage<String> later(String input) {
            return CompletableFuture.completedFuture("v1");
        }
    }

    @Test
    void anAnswerIsTheOneThatTheGateSees() throws Exception {
        Guessing guessing = gates.guard(Guessing.class, new Guess());
        assertThat(guessing.perhaps("x")).hasValue("v1");
        assertThat(guessing.later("x").toCompletableFuture().get()).isEqualTo("v1");

        faults.put("optional", "v1", () -> "else");
        faults.put("later", "v1", () -> "else");

        assertThat(guessing.perhaps("x")).hasValue("else");
        assertThat(guessing.later("x").toCompletableFuture().get()).isEqualTo("else");

        faults.answer("optional", "v1", "now");
        faults.answer("later", "v1", "now");

        assertThat(guessing.perhaps("x")).hasValue("now");
        assertThat(guessing.later("x").toCompletableFuture().get()).isEqualTo("now");
    }

    @Test
    void anAnswerOfAnotherClassIsRefusedWhereTheMethodSaysWhich() {
        Guessing guessing = gates.guard(Guessing.class, new Guess());

        assertThatThrownBy(() -> faults.answer("optional", "v1", Optional.of("else")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "answer is a java.util.Optional: gate \"optional\" expects a java.lang.String of its versions");
        assertThatThrownBy(() -> faults.answer("later", "v1", CompletableFuture.completedFuture("else")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"later\" expects a java.lang.String");
        assertThat(guessing.perhaps("x")).hasValue("v1");
    }

    @Test
    void aModelThatIsLateInManualTimeTimesOut() {
        ModelGate<String, String> gate =
                gate(g -> g.stable("v1", input -> "fine").modelTimeout(Duration.ofMillis(200)));
        faults.put("credit", "v1", () -> {
            time.advance(Duration.ofMillis(201));
            return null;
        });

        assertThat(gate.decide("x", CALLER).cause()).hasValue(Cause.TIMEOUT);
        assertThat(gate.version("v1").invocations()).isEqualTo(1);
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheKnown() {
        gate(g -> g.stable("v1", input -> "1").version("v2", input -> "2"));

        assertThatThrownBy(() -> faults.put("credit-risk", "v1", () -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit-risk\" is not in this process; it has [credit]");
        assertThatThrownBy(() -> faults.answer("credit", "v3", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit\" has no version \"v3\"; it has [v1, v2]");
        assertThatThrownBy(() -> faults.put("credit", "v3", () -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit\" has no version \"v3\"; it has [v1, v2]");
    }

    @Test
    void aClearedFaultIsGone() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "fine"));
        fail("v1");
        assertFailed(gate.decide("x", CALLER), down);

        faults.clear();

        assertThat(gate.call("x", CALLER)).isEqualTo("fine");
    }

    private ModelGate<String, String> breaking(SlidingWindowType window) {
        return gate(g -> g.stable("v1", input -> "fine")
                .breaker(CircuitBreakerConfig.custom()
                        .slidingWindow(
                                4, 4, window, CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .waitDurationInOpenState(Duration.ofSeconds(30))
                        .build()));
    }

    private CircuitBreaker.State state(ModelGate<?, ?> gate) {
        return gate.version("v1").breaker().orElseThrow();
    }

    private void failTimes(ModelGate<String, String> gate, int calls) {
        fail("v1");
        for (int i = 0; i < calls; i++) {
            gate.decide("x", CALLER);
        }
    }

    @ParameterizedTest
    @EnumSource(SlidingWindowType.class)
    void clearingClosesAnOpenBreakerAndSaysSo(SlidingWindowType window) {
        gates.onEvent(events::add);
        ModelGate<String, String> gate = breaking(window);
        failTimes(gate, 4);
        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.OPEN);

        faults.clear();

        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(gate.call("x", CALLER)).isEqualTo("fine");
        assertThat(events)
                .endsWith(new GateEvent.BreakerChanged(
                        "credit", "v1", CircuitBreaker.State.OPEN, CircuitBreaker.State.CLOSED));
    }

    @ParameterizedTest
    @EnumSource(SlidingWindowType.class)
    void clearingClosesAHalfOpenBreakerAndATrialThatStillRunsDoesNotOpenIt(SlidingWindowType window) {
        ModelGate<String, String> gate = breaking(window);
        failTimes(gate, 4);
        time.advance(Duration.ofSeconds(31));
        Permit<String, String> trial = gate.enter(CALLER);
        assertThat(trial.granted()).isTrue();
        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.HALF_OPEN);

        faults.clear();
        trial.failure(down);

        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.CLOSED);
        failTimes(gate, 3);
        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.CLOSED);
        failTimes(gate, 1);
        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @ParameterizedTest
    @EnumSource(SlidingWindowType.class)
    void aClosedBreakerForgetsItsFailures(SlidingWindowType window) {
        ModelGate<String, String> gate = breaking(window);
        failTimes(gate, 3);

        faults.clear();
        failTimes(gate, 3);

        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.CLOSED);
        failTimes(gate, 1);
        assertThat(state(gate)).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aRateLimitIsFullAgain() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "fine")
                .rateLimit(RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofHours(1))
                        .timeoutDuration(Duration.ZERO)
                        .build()));
        assertThat(gate.call("x", CALLER)).isEqualTo("fine");
        assertThat(gate.decide("x", CALLER).cause()).hasValue(Cause.RATE_LIMITED);

        faults.clear();

        assertThat(gate.call("x", CALLER)).isEqualTo("fine");
    }
}
