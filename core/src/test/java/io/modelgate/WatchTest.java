package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the watch of a rollout hears of a call: once, and only what the version that the caller was routed to did. */
class WatchTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CANDIDATES = Caller.of("c-1").with("region", "us");
    private static final Caller STABLES = Caller.of("s-1").with("region", "us");

    private final HandDrivenTime time = new HandDrivenTime();
    private final WatchedRouter watch = new WatchedRouter();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run)
            .eventExecutor(Runnable::run));

    @AfterEach
    void close() {
        Thread.interrupted(); // of the tests that leave the flag
        gates.close();
    }

    /** All ways to call a version. */
    enum Way {
        CALL,
        DECIDE,
        ENFORCED,
        CALL_ASYNC,
        DECIDE_ASYNC,
        ASYNC_VERSION,
        PERMIT;

        void configure(GateBuilder<String, String> gate, Model<String, String> candidate) {
            if (this == ENFORCED) {
                gate.enforceTimeouts();
            }
            if (this == ASYNC_VERSION) {
                gate.asyncVersion("v2", (input, call) -> {
                    try {
                        return CompletableFuture.completedFuture(candidate.answer(input));
                    } catch (Exception e) {
                        return CompletableFuture.failedFuture(e);
                    }
                });
            } else {
                gate.version("v2", candidate);
            }
        }

        /** Calls, and keeps what the caller gets to itself. */
        void run(ModelGate<String, String> gate, Caller caller, Model<String, String> candidate) {
            switch (this) {
                case CALL -> gate.call("x", caller);
                case DECIDE, ENFORCED -> gate.decide("x", caller);
                case CALL_ASYNC -> gate.callAsync("x", caller).join();
                case DECIDE_ASYNC, ASYNC_VERSION ->
                    gate.decideAsync("x", caller).join();
                case PERMIT -> permit(gate, caller, candidate);
            }
        }

        private static void permit(ModelGate<String, String> gate, Caller caller, Model<String, String> candidate) {
            try (Permit<String, String> permit = gate.enter(caller)) {
                if (permit.granted()) {
                    try {
                        permit.success(permit.version().equals("v2") ? candidate.answer("x") : "one");
                    } catch (Exception e) {
                        permit.failure(e);
                    }
                }
                if (permit.cause().isPresent() && !permit.granted()) {
                    permit.fallBack("x");
                }
            }
        }
    }

    private ModelGate<String, String> gate(
            Way way, Model<String, String> candidate, Consumer<GateBuilder<String, String>> more) {
        return gates.gate("credit", g -> {
            way.configure(g, candidate);
            more.accept(g.stable("v1", input -> "one")
                    .attributes("region")
                    .router(watch)
                    .fallback(Rungs.constant("safe")));
        });
    }

    private void hears(Way way, Model<String, String> candidate, String what) {
        hears(way, candidate, g -> {}, what);
    }

    private void hears(
            Way way, Model<String, String> candidate, Consumer<GateBuilder<String, String>> more, String... what) {
        way.run(gate(way, candidate, more), CANDIDATES, candidate);

        assertThat(watch.heard).containsExactly(what);
        assertThat(watch.asked).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void answerIsHeardOnceWithWhatItTook(Way way) {
        hears(
                way,
                input -> {
                    time.advance(Duration.ofNanos(5));
                    return "two";
                },
                "1 5 two");
    }

    @ParameterizedTest
    @EnumSource
    void stableCallerIsHeardAsStables(Way way) {
        way.run(gate(way, input -> "two", g -> {}), STABLES, input -> "two");

        assertThat(watch.heard).containsExactly("0 0 one");
    }

    @ParameterizedTest
    @EnumSource
    void callerWithoutAPlaceIsNotHeardOf(Way way) {
        way.run(gate(way, input -> "two", g -> {}), Caller.anonymous(), input -> "two");

        assertThat(watch.asked).hasValue(1);
        assertThat(watch.heard).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void exceptionIsHeardOnceAndNotWhoStoodIn(Way way) {
        hears(
                way,
                input -> {
                    throw new IllegalStateException("broken");
                },
                "1 ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void answersThatAreNotUsableAreHeardAsMisses(Way way) {
        hears(way, input -> "unsure", g -> g.accept(WatchTest::confident), "1 LOW_CONFIDENCE");
    }

    private static Verdict confident(String answer) {
        return answer.equals("unsure") ? Verdict.LOW_CONFIDENCE : Verdict.ACCEPT;
    }

    @ParameterizedTest
    @EnumSource
    void lateAnswerIsHeardAsATimeout(Way way) {
        hears(
                way,
                input -> {
                    time.advance(Duration.ofMillis(20));
                    return "two";
                },
                g -> g.modelTimeout(Duration.ofMillis(10)),
                "1 TIMEOUT");
    }

    @ParameterizedTest
    @EnumSource
    void refusalsAreHeard(Way way) {
        ModelGate<String, String> gate = gate(
                way,
                input -> "two",
                g -> g.rateLimit(RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofHours(1))
                        .timeoutDuration(Duration.ZERO)
                        .build()));

        way.run(gate, CANDIDATES, input -> "two");
        way.run(gate, CANDIDATES, input -> "two");

        assertThat(watch.heard).containsExactly("1 0 two", "1 RATE_LIMITED");
    }

    @ParameterizedTest
    @EnumSource
    void openBreakerIsHeard(Way way) {
        Model<String, String> broken = input -> {
            throw new IllegalStateException("broken");
        };
        ModelGate<String, String> gate = gate(
                way,
                broken,
                g -> g.breaker(CircuitBreakerConfig.custom()
                        .slidingWindowSize(2)
                        .minimumNumberOfCalls(2)
                        .build()));

        for (int i = 0; i < 3; i++) {
            way.run(gate, CANDIDATES, broken);
        }

        assertThat(watch.heard).containsExactly("1 ERROR", "1 ERROR", "1 BREAKER_OPEN");
    }

    @ParameterizedTest
    @EnumSource
    void errorIsHeardOnceAndReachesTheCaller(Way way) {
        AssertionError error = new AssertionError("boom");
        Model<String, String> broken = input -> {
            throw error;
        };
        ModelGate<String, String> gate = gate(way, broken, g -> {});

        assertThatThrownBy(() -> way.run(gate, CANDIDATES, broken))
                .satisfies(thrown -> assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
                        .isSameAs(error));
        assertThat(watch.heard).containsExactly("1 ERROR");
    }

    @ParameterizedTest
    @EnumSource
    void interruptIsHeardAsACut(Way way) {
        Model<String, String> interrupted = input -> {
            throw new InterruptedException();
        };
        ModelGate<String, String> gate = gate(way, interrupted, g -> {});

        try {
            way.run(gate, CANDIDATES, interrupted);
        } catch (GateException e) {
            assertThat(e.outcome().cause()).contains(Cause.CUT);
        }

        assertThat(watch.heard).containsExactly("1 CUT");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsHeardOfAKilledCandidate(Way way) {
        ModelGate<String, String> gate = gate(way, input -> "two", g -> {});
        gate.version("v2").kill(ALICE, "bad");

        way.run(gate, CANDIDATES, input -> "two");
        way.run(gate, STABLES, input -> "two");

        assertThat(watch.heard).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whomANarrowedKillOfEitherBarsIsInNeitherArm(Way way) {
        ModelGate<String, String> gate = gate(way, input -> "two", g -> {});
        gates.kill(Scope.version("credit", "v2").where("region", "us"), ALICE, "bad for some");
        gates.kill(Scope.version("credit", "v1").where("region", "eu"), ALICE, "bad for others");

        for (String region : List.of("us", "eu")) {
            way.run(gate, CANDIDATES.with("region", region), input -> "two");
            way.run(gate, STABLES.with("region", region), input -> "two");
        }
        assertThat(watch.asked).hasValue(0);
        assertThat(watch.heard).isEmpty();

        way.run(gate, CANDIDATES.with("region", "ch"), input -> "two");
        way.run(gate, STABLES.with("region", "ch"), input -> "two");
        assertThat(watch.heard).containsExactly("1 0 two", "0 0 one");
    }

    @ParameterizedTest
    @EnumSource
    void killBetweenRoutingAndModelIsNotHeard(Way way) {
        ModelGate<String, String> gate = gate(way, input -> "two", g -> {});
        watch.before = what -> {
            if (what.equals("route")) {
                gate.version("v2").kill(ALICE, "just now");
            }
        };

        way.run(gate, CANDIDATES, input -> "two");

        assertThat(gate.stats().byCause()).containsKey(Cause.KILLED);
        assertThat(watch.heard).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"CALL", "PERMIT"},
            mode = EnumSource.Mode.EXCLUDE)
    void callThatAKillCutsIsNotHeard(Way way) {
        Model<String, String> killing = input -> {
            gates.gate("credit").version("v2").kill(ALICE, "cut");
            return "two";
        };
        ModelGate<String, String> gate = gate(way, killing, GateBuilder::cutInFlightOnKill);

        way.run(gate, CANDIDATES, killing);

        assertThat(gate.stats().byCause()).containsKey(Cause.CUT);
        assertThat(watch.heard).isEmpty();
    }

    @Test
    void permitThatAKillCutIsNotHeard() {
        ModelGate<String, String> gate = gate(Way.PERMIT, input -> "two", GateBuilder::cutInFlightOnKill);

        try (Permit<String, String> permit = gate.enter(CANDIDATES)) {
            gate.version("v2").kill(ALICE, "cut");
            assertThat(permit.success("two")).isFalse();
        }

        assertThat(watch.heard).isEmpty();
    }

    @Test
    void permitClosedUnsettledIsHeardAsAnError() {
        ModelGate<String, String> gate = gate(Way.PERMIT, input -> "two", g -> {});

        try (Permit<String, String> permit = gate.enter(CANDIDATES)) {
            assertThat(permit.granted()).isTrue();
        }

        assertThat(watch.heard).containsExactly("1 ERROR");
    }

    @Test
    void callThatItsCallerGivesUpIsHeardOnceAsACut() {
        CompletableFuture<String> never = new CompletableFuture<>();
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> "one")
                        .asyncVersion("v2", (input, call) -> never)
                        .router(watch));

        gate.callAsync("x", CANDIDATES).cancel(true);
        never.complete("late");

        assertThat(watch.heard).containsExactly("1 CUT");
    }

    @ParameterizedTest
    @EnumSource
    void watchThatThrowsReachesNobody(Way way) {
        for (String where : List.of("place", "answered")) {
            watch.before = what -> {
                if (what.equals(where)) {
                    throw new AssertionError("the watch is broken");
                }
            };
            way.run(
                    gates.gate("credit-" + where, g -> {
                        way.configure(g, input -> "two");
                        g.stable("v1", input -> "one").router(watch);
                    }),
                    CANDIDATES,
                    input -> "two");
            assertThat(gates.gate("credit-" + where).version("v2").inFlight()).isZero();
        }
        Model<String, String> broken = input -> {
            throw new IllegalStateException("broken");
        };
        watch.before = what -> {
            if (what.equals("missed")) {
                throw new AssertionError("the watch is broken");
            }
        };
        way.run(gate(way, broken, g -> {}), CANDIDATES, broken);

        assertThat(watch.heard).isEmpty();
    }

    @Test
    void routingThatHasNoWatchToGiveStillRoutes() {
        watch.noWatch = new IllegalStateException("none");
        ModelGate<String, String> gate = gate(Way.CALL, input -> "two", g -> {});

        assertThat(gate.call("x", CANDIDATES)).isEqualTo("two");
        assertThat(watch.heard).isEmpty();
    }

    @Test
    void routingIsAskedForItsWatchOnce() {
        ModelGate<String, String> gate = gate(Way.CALL, input -> "two", g -> {});
        KillReceipt kill = gate.version("v2").kill(ALICE, "bad");
        gate.version("v2").revive(kill.id(), ALICE, "good");
        gate.register("v3", input -> "three");

        assertThat(watch.askedForWatch).hasValue(1);
    }

    @Test
    void nothingIsComparedWhereStableIsNotHere() {
        gates.gate("other", g -> g.stable("v1", input -> "one"));
        ModelGate<String, String> gate = gate(Way.CALL, input -> "two", GateBuilder::startWithoutStable);
        assertThat(promote(gate, "v2").stored(Duration.ofSeconds(10))).isTrue();

        assertThat(gate.call("x", CANDIDATES)).isEqualTo("two");
        assertThat(gate.call("x", STABLES)).isEqualTo("two");

        assertThat(watch.heard).as("the candidate is stable now").isEmpty();
    }

    private static Receipt promote(ModelGate<String, String> gate, String version) {
        return gate.version(version).promote(ALICE, "good");
    }

    @Test
    void candidateThatIsHeldBackStandsInAsThePreviousVersion() {
        watch.holdsBack = true;
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v2", input -> "two")
                        .version("v3", input -> {
                            throw new IllegalStateException("broken");
                        })
                        .router(watch)
                        .fallback(Rungs.previous()));
        assertThat(promote(gate, "v3").stored(Duration.ofSeconds(10))).isTrue();

        assertThat(gate.call("x", STABLES)).isEqualTo("two");
        assertThat(watch.heard).containsExactly("0 ERROR");
        assertThat(gate.rollback(ALICE, "broken").stored(Duration.ofSeconds(10)))
                .isTrue();
        assertThat(gate.describe().stable()).contains("v2");
    }

    @Test
    void candidateOfARolloutDoesNotStandInAsThePreviousVersion() {
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v2", input -> "two")
                        .version("v3", input -> {
                            throw new IllegalStateException("broken");
                        })
                        .router(watch)
                        .fallback(Rungs.previous()));
        assertThat(promote(gate, "v3").stored(Duration.ofSeconds(10))).isTrue();

        assertThat(gate.decide("x", STABLES).answer()).isEmpty();
    }

    @Test
    void routerKnowsTheMetricsOfItsGate() {
        ModelGate<String, String> gate = gate(
                Way.CALL,
                input -> "two",
                g -> g.metric("length", 0, 10, String::length).metric("spaces", 0, 1, answer -> answer.indexOf(' ')));

        assertThat(gate.metrics()).extracting(Metric::name).containsExactly("length", "spaces");
        assertThat(watch.metrics).isEqualTo(gate.metrics());
        assertThatThrownBy(() -> gate.metrics().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void metricThatThrowsHasNoValue() {
        ModelGate<String, String> gate = gate(
                Way.CALL,
                input -> "two",
                g -> g.metric("bad", 0, 1, answer -> {
                            throw new AssertionError(answer);
                        })
                        .metric("good", 0, 10, String::length));

        assertThat(gate.metrics().get(0).of().applyAsDouble("x")).isNaN();
        assertThat(gate.metrics().get(1).of().applyAsDouble("x")).isEqualTo(1);
    }

    @Test
    void metricsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> gates.<String, String>gate(
                        "credit",
                        g -> g.stable("v1", input -> "one")
                                .metric("m", 0, 1, String::length)
                                .metric("m", 0, 2, String::length)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"m\" was given before");
        assertThatThrownBy(() -> gates.<String, String>gate(
                        "credit", g -> g.stable("v1", input -> "one").metric("m", 1, 1, String::length)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"m\"");
    }
}
