package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Whatever users' code does around a kill, the kill takes effect and is stored. Each test was a bug once. */
class HostileUserTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ScriptedLog log = new ScriptedLog();

    @Test
    void anOpenLogAndAStartInSpiteOfItsRefusalExcludeEachOther() {
        assertThatThrownBy(() ->
                        Gates.open(g -> g.controlLog(new MemoryControlLog()).startKilledIfLogRefuses()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("supplier");
    }

    @Test
    void eventExecutorThatRejectsLosesNoKill() {
        try (Gates gates = Gates.open(g -> g.controlLog(log).eventExecutor(task -> {
            throw new RejectedExecutionException("full");
        }))) {
            gates.onEvent(event -> {});
            ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", x -> x));
            log.fail(true);

            KillReceipt kill = gate.kill(ALICE, "bad");
            log.fail(false);

            assertThat(gate.live()).isFalse();
            assertThat(kill.stored(SOON)).isTrue();
        }
    }

    @Test
    void ladderThatThrowsDoesNotKeepOtherGatesAlive() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            for (int i = 0; i < 10; i++) {
                boolean bad = i == 4;
                gates.<String, String>gate(
                        "gate-" + i,
                        g -> g.stable("v1", x -> x).fallback(new Fallback<String, String>() {
                            @Override
                            public List<String> rungs() {
                                return List.of("r");
                            }

                            @Override
                            public Optional<Rescue<String>> answer(Fallen<String, String> call) {
                                return Optional.of(new Rescue<>("r", "safe", null));
                            }

                            @Override
                            public Optional<Rescue<String>> constant(Cause cause) {
                                if (bad) {
                                    throw new IllegalStateException("constant");
                                }
                                return Optional.empty();
                            }
                        }));
            }

            KillReceipt kill = gates.kill(Scope.fleet(), ALICE, "all off");

            assertThat(kill.stored(SOON)).isTrue();
            assertThat(gates.describe()).hasSize(10);
            for (int i = 0; i < 10; i++) {
                assertThat(gates.control().gate("gate-" + i).live())
                        .as("gate-%d", i)
                        .isFalse();
            }
        }
    }

    @Test
    void routingThatThrowsOnAnEntryDoesNotMakeTheProcessDeaf() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate =
                    gates.gate("credit", g -> g.stable("v1", x -> x).router(new BrittleRouter()));
            log.append(List.of(new Decision("odd", gates.now(), "odd", false, "credit", "x", "y", "", Map.of())));
            try (Gates other = Gates.open(g -> g.controlLog(log))) {
                assertThat(other.kill(Scope.gate("credit"), ALICE, "from elsewhere")
                                .stored(SOON))
                        .isTrue();
            }

            assertThat(gate.live()).isFalse();
            assertThat(gates.applied()).isEqualTo(log.head().seq());
            assertThat(gate.kill(ALICE, "from here").stored(SOON)).isTrue();
        }
    }

    private static final class BrittleRouter implements Router {
        @Override
        public Set<String> entryTypes() {
            return Set.of("odd");
        }

        @Override
        public Routing initial(String gate, Identities identities) {
            return new Routing() {
                @Override
                public String candidate() {
                    throw new IllegalStateException("candidate");
                }

                @Override
                public boolean toCandidate(Caller caller) {
                    return true;
                }

                @Override
                public Routing apply(Entry entry) {
                    throw new IllegalStateException("apply");
                }
            };
        }
    }

    @Test
    void interruptedCloseStillStoresTheKills() {
        Gates gates = Gates.open(g -> g.controlLog(log));
        ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", x -> x));
        log.fail(true);
        gate.kill(ALICE, "bad");
        log.fail(false);

        Thread.currentThread().interrupt();
        gates.close();

        assertThat(Thread.interrupted()).isTrue();
        try (Gates again = Gates.open(g -> g.controlLog(log))) {
            assertThat(again.kills()).hasSize(1);
        }
    }

    @Test
    void reviveNeverOvertakesItsKill() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", x -> x));
            log.fail(true);
            KillReceipt kill = gate.kill(ALICE, "bad");
            ReviveReceipt revive = gates.revive(kill.id(), ALICE, "fixed");
            log.fail(false);

            assertThat(kill.stored(SOON)).isTrue();
            boolean revived = revive.stored(SOON);
            assertThat(gate.live()).isEqualTo(revived);
            List<String> types = log.read(0, 100).stream().map(Entry::type).toList();
            assertThat(types.indexOf(EntryTypes.REVIVE)).isNotEqualTo(1);
        }
    }

    @Test
    void secondTryAtAGateKeepsItsHistory() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> "v1").version("v2", x -> "v2").router(new WeightRouter()));
            assertThat(gate.version("v2").promote(ALICE, "").stored(SOON)).isTrue();
            gates.append(gates.decision("c", WeightRouter.CANARY, "credit", ALICE, "", Map.of("version", "v1")));
        }
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            assertThatThrownBy(() ->
                            gates.gate("credit", g -> g.stable("v1", x -> "v1").router(new WeightRouter())))
                    .isInstanceOf(IllegalStateException.class);

            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> "v1").version("v2", x -> "v2").router(new WeightRouter()));
            assertThat(gate.call("x", Caller.of("canary"))).isEqualTo("v1");
            assertThat(gate.call("x", Caller.of("plain"))).isEqualTo("v2");
        }
    }

    @Test
    void rollbackTakesBackTheLoggedStableWhereAnotherStandsIn() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> "v1").version("v2", x -> "v2").version("v3", x -> "v3"));
            assertThat(gate.version("v2").promote(ALICE, "").stored(SOON)).isTrue();
            assertThat(gate.version("v3").promote(ALICE, "").stored(SOON)).isTrue();
            try (Gates lacking = Gates.open(g -> g.controlLog(log))) {
                ModelGate<String, String> there = lacking.gate(
                        "credit",
                        g -> g.stable("v1", x -> "v1").version("v2", x -> "v2").startWithoutStable());
                assertThat(there.rollback(ALICE, "v3 is bad").stored(SOON)).isTrue();
            }
            assertThat(gate.call("x", CALLER)).isEqualTo("v2");
            assertThat(gate.version("v2").promote(ALICE, "again").stored(SOON)).isTrue();
            gate.version("v2").kill(ALICE, "");
            assertThat(gate.state().previous())
                    .extracting(served -> served.version().id)
                    .containsExactly("v1");
        }
    }

    @Test
    void errorOfAModelIsAnOutcomeToo() {
        AssertionError error = new AssertionError("model");
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> {
                                throw error;
                            })
                            .maxConcurrent(1));

            assertThatThrownBy(() -> gate.call("x", CALLER)).isSameAs(error);
            assertThatThrownBy(() -> gate.decide("x", CALLER)).isSameAs(error);

            assertThat(gate.stats().calls()).isEqualTo(2);
            assertThat(gate.version("v1").inFlight()).isZero();
        }
    }

    @Test
    void reopenedGatesPublishTheirOwnMeters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Gates gates = Gates.open(g -> g.meters(registry))) {
            gates.gate("credit", g -> g.stable("v1", x -> x)).kill(ALICE, "bad");
        }
        assertThat(registry.getMeters()).isEmpty();
        try (Gates gates = Gates.open(g -> g.meters(registry))) {
            gates.gate("credit", g -> g.stable("v1", x -> x)).call("x", CALLER);
            assertThat(registry.get("modelgate.killed")
                            .tag("version", "all")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.get("modelgate.calls").functionCounter().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void wrappedInterruptIsAnInterrupt() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> {
                                throw new CompletionException(new InterruptedException());
                            })
                            .fallback(Rungs.constant("safe")));

            assertThat(gate.decide("x", CALLER).cause()).contains(Cause.CUT);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void interruptedRungSkipsTheRestOfTheLadder() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", x -> {
                                throw new InterruptedException();
                            })
                            .version("v2", x -> {
                                throw new IllegalStateException("down");
                            })
                            .fallback(new Rungs<>(
                                    "both",
                                    call -> call.previousVersion("both")
                                            .or(() -> Optional.of(new Fallback.Rescue<>("both", "safe", null))),
                                    Optional.empty())));
            assertThat(gate.version("v2").promote(ALICE, "").stored(SOON)).isTrue();

            assertThat(gate.decide("x", CALLER).answer()).isEmpty();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void windowOfAnAbsurdSizeIsRefused() {
        CircuitBreakerConfig absurd =
                CircuitBreakerConfig.custom().slidingWindowSize(1_500_000_000).build();
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            assertThatThrownBy(() ->
                            gates.gate("credit", g -> g.stable("v1", x -> x).breaker(absurd)))
                    .hasMessageContaining("1500000000");
        }
    }

    @Test
    void patienceWithoutEndIsNoError() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            KillReceipt kill = gates.gate("credit", g -> g.stable("v1", x -> x)).kill(ALICE, "");
            assertThat(kill.stored(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        }
    }

    @Test
    void modulesCannotAppendCoresOwnDecisions() {
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            gates.gate("credit", g -> g.stable("v1", x -> x));
            assertThatThrownBy(() -> gates.append(gates.decision("k", "kill", "credit", ALICE, "", Map.of())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kill");
        }
    }
}
