package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call gets, cause by cause, and that everything taken is given back. Time is driven by hand. */
class ServingTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");

    private final AtomicLong time = new AtomicLong();
    private final Gates gates = Gates.open(g -> g.ticker(time::get).eventExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(Consumer<GateBuilder<String, String>> configure) {
        return gates.gate("credit", configure);
    }

    private void takes(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    private static String fail(String message) {
        throw new IllegalStateException(message);
    }

    private static void assertGivenBack(ModelGate<?, ?> gate, String... versions) {
        for (String version : versions) {
            assertThat(gate.version(version).inFlight())
                    .as("in flight at " + version)
                    .isZero();
        }
        if (gate.limits() != null) {
            assertThat(gate.limits().running()).as("concurrency permits").isZero();
        }
    }

    @Test
    void answersWithProvenance() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1:" + input));

        assertThat(gate.call("x", CALLER)).isEqualTo("v1:x");
        assertThat(gate.decide("x", Caller.anonymous())).isEqualTo(new Outcome.Answered<>("v1:x", "v1"));
        assertThat(gate.stats().answered()).isEqualTo(Map.of("v1", 2L));
        assertThat(gate.stats().calls()).isEqualTo(2);
        assertGivenBack(gate, "v1");
    }

    @Test
    void hardFailureThrowsWithTheModelsOwnExceptionAsCause() {
        IllegalStateException own = new IllegalStateException("down");
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
            throw own;
        }));

        assertThatThrownBy(() -> gate.call("x", CALLER)).isInstanceOfSatisfying(GateException.class, e -> {
            assertThat(e.getCause()).isSameAs(own);
            assertThat(e.outcome()).isEqualTo(new Outcome.Failed<>(Cause.ERROR, "v1", own));
        });
        assertThat(gate.stats().failed()).isEqualTo(1);
        assertGivenBack(gate, "v1");
    }

    @Test
    void lateAnswerIsATimeoutThatTheBreakerSees() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
                    takes(Duration.ofMillis(201));
                    return "late";
                })
                .modelTimeout(Duration.ofMillis(200))
                .fallback(Rungs.constant("safe")));

        for (int i = 0; i < 10; i++) {
            assertThat(gate.decide("x", CALLER).cause()).contains(Cause.TIMEOUT);
        }
        assertThat(gate.version("v1").breaker()).contains(CircuitBreaker.State.OPEN);
        assertThat(gate.decide("x", CALLER).cause()).contains(Cause.BREAKER_OPEN);
        assertThat(gate.version("v1").invocations()).isEqualTo(10);
        assertGivenBack(gate, "v1");
    }

    @Test
    void ladderGetsTheTimeThatIsLeft() {
        List<Duration> left = new ArrayList<>();
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
                    takes(Duration.ofMillis(210));
                    return fail("slow and down");
                })
                .modelTimeout(Duration.ofMillis(200))
                .deadline(Duration.ofMillis(250))
                .fallback(Rungs.rule(call -> {
                    left.add(call.timeLeft());
                    takes(Duration.ofMillis(100));
                    left.add(call.timeLeft());
                    return "rule";
                })));

        assertThat(gate.call("x", CALLER)).isEqualTo("rule");
        assertThat(left).containsExactly(Duration.ofMillis(40), Duration.ZERO);
    }

    @Test
    void callAwareVersionIsToldItsTime() {
        List<Duration> left = new ArrayList<>();
        ModelGate<String, String> gate = gate(g -> g.callAwareStable(
                        "v1",
                        (input, call) -> {
                            takes(Duration.ofMillis(50));
                            left.add(call.timeLeft());
                            return call.caller().key().orElseThrow();
                        },
                        v -> {})
                .modelTimeout(Duration.ofMillis(200)));

        assertThat(gate.call("x", CALLER)).isEqualTo("user-42");
        assertThat(left).containsExactly(Duration.ofMillis(150));
    }

    @Test
    void unusableAnswersAreFailures() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input.equals("null") ? null : input)
                .accept(answer -> switch (answer) {
                    case "invalid" -> Verdict.INVALID;
                    case "unsure" -> Verdict.LOW_CONFIDENCE;
                    case "throw" -> throw new IllegalStateException("in the check");
                    default -> Verdict.ACCEPT;
                })
                .fallback(Rungs.constant("safe")));

        assertThat(gate.decide("fine", CALLER).cause()).isEmpty();
        assertThat(gate.decide("null", CALLER).cause()).contains(Cause.INVALID_OUTPUT);
        assertThat(gate.decide("invalid", CALLER).cause()).contains(Cause.INVALID_OUTPUT);
        assertThat(gate.decide("unsure", CALLER).cause()).contains(Cause.LOW_CONFIDENCE);
        assertThat(gate.decide("throw", CALLER)).satisfies(outcome -> {
            assertThat(outcome.cause()).contains(Cause.INVALID_OUTPUT);
            assertThat(outcome.answer()).contains("safe");
        });
        assertGivenBack(gate, "v1");
    }

    @Test
    void unusableAnswersOpenTheBreakerWhateverExceptionsItRecords() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .accept(answer -> Verdict.INVALID)
                .breaker(CircuitBreakerConfig.custom()
                        .minimumNumberOfCalls(5)
                        .slidingWindowSize(10)
                        .recordExceptions(java.io.IOException.class)
                        .build())
                .fallback(Rungs.constant("safe")));

        for (int i = 0; i < 5; i++) {
            gate.call("x", CALLER);
        }

        assertThat(gate.version("v1").breaker()).contains(CircuitBreaker.State.OPEN);
    }

    @Test
    void errorsPropagateAndEverythingIsGivenBack() {
        OutOfMemoryError error = new OutOfMemoryError("test");
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
                    throw error;
                })
                .maxConcurrent(1)
                .fallback(Rungs.constant("safe")));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> gate.call("x", CALLER)).isSameAs(error);
        }
        assertGivenBack(gate, "v1");
    }

    @Test
    void errorInTheAcceptCheckPropagatesAndEverythingIsGivenBack() {
        StackOverflowError error = new StackOverflowError();
        ModelGate<String, String> gate =
                gate(g -> g.stable("v1", input -> input).maxConcurrent(1).accept(answer -> {
                    throw error;
                }));

        assertThatThrownBy(() -> gate.decide("x", CALLER)).isSameAs(error);
        assertGivenBack(gate, "v1");
    }

    @Test
    void interruptSkipsTheLadderKeepsTheFlagAndThrows() {
        InterruptedException own = new InterruptedException();
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
                    throw own;
                })
                .fallback(Rungs.constant("safe")));

        assertThatThrownBy(() -> gate.call("x", CALLER))
                .isInstanceOf(GateException.class)
                .hasCause(own);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Failed<>(Cause.CUT, "v1", own));
        assertThat(Thread.interrupted()).isTrue();
        assertGivenBack(gate, "v1");
    }

    @Test
    void interruptsDoNotBlameTheModel() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
            throw new InterruptedException();
        }));

        for (int i = 0; i < 50; i++) {
            gate.decide("x", CALLER);
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(gate.version("v1").breaker()).contains(CircuitBreaker.State.CLOSED);
    }

    @Test
    void throwingLadderRouterAndListenerNeverReachTheCaller() {
        gates.onEvent(event -> fail("listener"));
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input.equals("down") ? fail("down") : input)
                .version("v2", input -> "v2")
                .router(new ThrowingRouter())
                .fallback(Rungs.rule(call -> fail("rung"))));
        gates.append(gates.decision("r", WeightRouter.CANARY, "credit", ALICE, "", Map.of("version", "v2")));

        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Answered<>("x", "v1"));
        assertThat(gate.decide("down", CALLER).cause()).contains(Cause.ERROR);
        gate.kill(ALICE, "off");
        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Refused<>(Cause.KILLED, null, null));
    }

    private static final class ThrowingRouter implements Router {
        @Override
        public java.util.Set<String> entryTypes() {
            return java.util.Set.of();
        }

        @Override
        public Routing initial(String gate, Identities identities) {
            return new Routing() {
                @Override
                public String candidate() {
                    return "v2";
                }

                @Override
                public boolean toCandidate(Caller caller) {
                    throw new IllegalStateException("router");
                }

                @Override
                public Routing apply(io.modelgate.control.Entry entry) {
                    return this;
                }
            };
        }
    }

    @Test
    void rateLimitRefusesAndRefillsWithTheTicker() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .rateLimit(RateLimiterConfig.custom()
                        .limitForPeriod(2)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(Duration.ZERO)
                        .build())
                .fallback(Rungs.constant("safe")));

        assertThat(List.of(gate.call("a", CALLER), gate.call("b", CALLER), gate.call("c", CALLER)))
                .containsExactly("a", "b", "safe");
        assertThat(gate.stats().byCause()).containsEntry(Cause.RATE_LIMITED, 1L);
        takes(Duration.ofSeconds(1));
        assertThat(gate.call("d", CALLER)).isEqualTo("d");
        assertGivenBack(gate, "v1");
    }

    @Test
    void fullGateRefusesWithoutUsingUpTheRate() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .maxConcurrent(1)
                .rateLimit(RateLimiterConfig.custom()
                        .limitForPeriod(2)
                        .limitRefreshPeriod(Duration.ofDays(1))
                        .timeoutDuration(Duration.ZERO)
                        .build())
                .fallback(Rungs.constant("safe")));

        try (Permit<String, String> running = gate.enter(CALLER)) {
            assertThat(running.granted()).isTrue();
            for (int i = 0; i < 5; i++) {
                assertThat(gate.decide("x", CALLER).cause()).contains(Cause.FULL);
            }
            assertThat(running.success("done")).isTrue();
        }
        assertThat(gate.call("second", CALLER)).isEqualTo("second");
        assertThat(gate.decide("third", CALLER).cause()).contains(Cause.RATE_LIMITED);
        assertGivenBack(gate, "v1");
    }

    @Test
    void whatTheGateRefusedNoOtherVersionAnswers() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1")
                .version("v2", input -> "v2")
                .maxConcurrent(1)
                .fallback(Rungs.previous()));
        gate.version("v2").promote(ALICE, "");

        try (Permit<String, String> running = gate.enter(CALLER)) {
            assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Refused<>(Cause.FULL, "v2", null));
            running.failure(new IllegalStateException("model"));
            assertThat(running.fallBack("x").answeredBy()).contains("v1");
        }
        gate.kill(ALICE, "off");
        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Refused<>(Cause.KILLED, null, null));
    }

    @Test
    void rungOnTheBackendThatFailedIsSkipped() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1", v -> v.backend("gpu-a"))
                .version("v2", input -> fail("gpu down"), v -> v.backend("gpu-a"))
                .version("v3", input -> null, v -> v.backend("gpu-a"))
                .fallback(Rungs.previous()));
        gate.version("v2").promote(ALICE, "");

        assertThat(gate.decide("x", CALLER).answer()).isEmpty();

        gate.version("v3").promote(ALICE, "");
        // an invalid answer is no fault of the backend; v2, asked as previous, then fails
        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Failed<>(Cause.INVALID_OUTPUT, "v3", null));
        assertThat(gate.version("v2").invocations()).isEqualTo(2);
    }

    @Test
    void previousVersionIsAskedWhenTheBreakerIsOpen() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1")
                .version("v2", input -> fail("down"))
                .fallback(Rungs.previous()));
        gate.version("v2").promote(ALICE, "");

        for (int i = 0; i < 20; i++) {
            assertThat(gate.call("x", CALLER)).isEqualTo("v1");
        }

        assertThat(gate.version("v2").invocations()).isEqualTo(10);
        assertThat(gate.stats().byCause()).isEqualTo(Map.of(Cause.ERROR, 10L, Cause.BREAKER_OPEN, 10L));
        assertThat(gate.stats().fellBack()).isEqualTo(Map.of("previousVersion", 20L));
        assertThat(gate.stats().calls()).isEqualTo(20);
        assertGivenBack(gate, "v1", "v2");
    }

    @Test
    void halfOpenTrialIsGivenBackByARefusalFurtherDown() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input.equals("down") ? fail("down") : input)
                .maxConcurrent(1)
                .breaker(CircuitBreakerConfig.custom()
                        .minimumNumberOfCalls(2)
                        .slidingWindowSize(2)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(Duration.ofSeconds(1))
                        .build())
                .fallback(Rungs.constant("safe")));
        Permit<String, String> long1 = gate.enter(CALLER); // occupies the gate
        for (int i = 0; i < 5; i++) {
            assertThat(gate.decide("x", CALLER).cause()).contains(Cause.FULL);
        }
        long1.close();
        gate.call("down", CALLER);
        assertThat(gate.version("v1").breaker()).contains(CircuitBreaker.State.OPEN);
        takes(Duration.ofSeconds(2));

        try (Permit<String, String> trial = gate.enter(CALLER)) {
            assertThat(gate.decide("x", CALLER).cause()).contains(Cause.BREAKER_OPEN);
            assertThat(trial.success("ok")).isTrue();
        }
        assertThat(gate.version("v1").breaker()).contains(CircuitBreaker.State.CLOSED);
        assertGivenBack(gate, "v1");
    }

    @Test
    void permitClosedUnsettledCountsAsAFailure() {
        ModelGate<String, String> gate =
                gate(g -> g.stable("v1", input -> input).maxConcurrent(1));

        try (Permit<String, String> permit = gate.enter(CALLER)) {
            assertThat(permit.version()).isEqualTo("v1");
        }

        assertThat(gate.stats().failed()).isEqualTo(1);
        assertGivenBack(gate, "v1");
    }

    @Test
    void permitIsSettledOnce() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input));

        try (Permit<String, String> permit = gate.enter(CALLER)) {
            assertThatThrownBy(() -> permit.fallBack("x")).isInstanceOf(IllegalStateException.class);
            assertThat(permit.success("a")).isTrue();
            assertThatThrownBy(() -> permit.success("b")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> permit.failure(new IllegalStateException()))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> permit.fallBack("x")).isInstanceOf(IllegalStateException.class);
        }

        assertThat(gate.stats().calls()).isEqualTo(1);
        assertGivenBack(gate, "v1");
    }

    @Test
    void refusedPermitFallsBack() {
        ModelGate<String, String> gate =
                gate(g -> g.stable("v1", input -> input).fallback(Rungs.constant("safe")));
        gate.version("v1").kill(ALICE, "bad");

        try (Permit<String, String> permit = gate.enter(CALLER)) {
            assertThat(permit.granted()).isFalse();
            assertThat(permit.cause()).contains(Cause.KILLED);
            assertThatThrownBy(permit::version).isInstanceOf(IllegalStateException.class);
            assertThat(permit.fallBack("x").answer()).contains("safe");
        }
        try (Permit<String, String> ignored = gate.enter(CALLER)) {
            assertThat(ignored.granted()).isFalse();
        }
        assertThat(gate.stats().fellBack()).isEqualTo(Map.of("degrade", 1L));
        assertThat(gate.stats().refused()).isEqualTo(1);
    }

    @Test
    void permitJudgesLikeACall() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .accept(answer -> answer.equals("bad") ? Verdict.INVALID : Verdict.ACCEPT)
                .modelTimeout(Duration.ofMillis(100))
                .fallback(Rungs.constant("safe")));

        try (Permit<String, String> permit = gate.enter(CALLER)) {
            assertThat(permit.success("bad")).isFalse();
            assertThat(permit.fallBack("x").cause()).contains(Cause.INVALID_OUTPUT);
        }
        try (Permit<String, String> permit = gate.enter(CALLER)) {
            takes(Duration.ofMillis(101));
            assertThat(permit.success("late")).isFalse();
            assertThat(permit.cause()).contains(Cause.TIMEOUT);
        }
        assertGivenBack(gate, "v1");
    }

    @Test
    void killDuringAModelCallIsSeenByTheNextRungThatIsAModel() {
        List<ModelGate<String, String>> self = new ArrayList<>();
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1")
                .version("v2", input -> {
                    self.get(0).version("v1").kill(ALICE, "while v2 runs");
                    return fail("down");
                })
                .fallback(Rungs.previous()));
        self.add(gate);
        gate.version("v2").promote(ALICE, "");

        assertThat(gate.decide("x", CALLER).answer()).isEmpty();
        assertThat(gate.version("v1").invocations()).isZero();
    }

    @Test
    void killReportsTheCallsInFlight() {
        List<Long> seen = new ArrayList<>();
        List<ModelGate<String, String>> self = new ArrayList<>();
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
            KillReceipt kill = self.get(0).kill(ALICE, "while running");
            seen.add(kill.inFlight());
            return input;
        }));
        self.add(gate);

        assertThat(gate.call("x", CALLER)).isEqualTo("x");
        assertThat(seen).containsExactly(1L);
        assertGivenBack(gate, "v1");
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedAtTheStart() {
        assertThatThrownBy(() -> gate(g -> g.version("v1", input -> input))).hasMessageContaining("no stable version");
        assertThatThrownBy(() -> gate(g -> g.stable("v1", x -> x).version("v1", x -> x)))
                .hasMessageContaining("v1");
        assertThatThrownBy(() -> gate(g -> g.stable("v1", x -> x)
                        .modelTimeout(Duration.ofMillis(250))
                        .deadline(Duration.ofMillis(200))))
                .hasMessageContaining("PT0.25S")
                .hasMessageContaining("PT0.2S");
        assertThatThrownBy(() -> gate(g -> g.stable("v1", x -> x).maxConcurrent(0)))
                .hasMessageContaining("0");
        assertThatThrownBy(() -> gate(g -> g.stable("v1", x -> x).rateLimit(RateLimiterConfig.ofDefaults())))
                .hasMessageContaining("timeoutDuration");
        assertThatThrownBy(() -> gates.gate("bad name", g -> g.stable("v1", x -> x)))
                .hasMessageContaining("bad name");
        gate(g -> g.stable("v1", x -> x));
        assertThatThrownBy(() -> gate(g -> g.stable("v1", x -> x))).hasMessageContaining("exists");
    }
}
