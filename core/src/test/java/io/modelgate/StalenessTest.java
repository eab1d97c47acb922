package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.control.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that does not hear of its log says so, and serves no longer than its limit allows. */
class StalenessTest {

    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration ROUND = Duration.ofMillis(100);

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Gates open(boolean limited) {
        return Gates.open(g -> {
            g.controlLog(log).scheduler(time).ticker(time).meters(meters);
            if (limited) {
                g.killWhenStale(LIMIT);
            }
        });
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate("credit", g -> g.stable("v1", x -> "v1").fallback(Rungs.constant("safe")));
    }

    private void stale(Duration staleness) {
        log.stale(staleness);
        time.advance(ROUND);
    }

    @Test
    void gatesAreKilledWhileTheLogIsStalerThanTheLimitAndNoLonger() {
        try (Gates gates = open(true)) {
            ModelGate<String, String> gate = gate(gates);
            stale(LIMIT);
            assertThat(gate.call("x", CALLER)).isEqualTo("v1");

            stale(LIMIT.plusNanos(1));
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            assertThat(gates.kills()).singleElement().satisfies(kill -> {
                assertThat(kill.id()).isEqualTo("log-stale");
                assertThat(kill.actor()).isEqualTo(new Actor("modelgate", "automation"));
            });

            stale(Duration.ZERO);
            assertThat(gate.call("x", CALLER)).isEqualTo("v1");
            assertThat(log.ids()).doesNotContain("log-stale");
        }
    }

    @Test
    void whatTheLogHasByThenIsInForceBeforeItEnds() {
        try (Gates gates = open(true)) {
            ModelGate<String, String> gate = gate(gates);
            stale(Duration.ofMinutes(1));
            log.silence();
            log.append(List.of(new Decision(
                    "theirs", Instant.EPOCH, EntryTypes.KILL, false, "credit", "bob", "asserted", "", Map.of())));
            stale(Duration.ZERO);
            assertThat(gates.kills()).extracting(Kill::id).containsExactly("theirs");
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        }
    }

    @Test
    void itsEndReleasesNoOtherKill() {
        try (Gates gates = open(true)) {
            ModelGate<String, String> gate = gate(gates);
            stale(Duration.ofMinutes(1));
            gate.kill(Actor.of("alice"), "bad");
            stale(Duration.ZERO);
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        }
    }

    @Test
    void aProcessThatStartsStaleStartsKilled() {
        log.stale(Duration.ofHours(1));
        try (Gates gates = open(true)) {
            assertThat(gate(gates).call("x", CALLER)).isEqualTo("safe");
        }
    }

    @Test
    void withoutALimitTheLastStateIsServed() {
        try (Gates gates = open(false)) {
            ModelGate<String, String> gate = gate(gates);
            stale(Duration.ofDays(30));
            assertThat(gate.call("x", CALLER)).isEqualTo("v1");
        }
    }

    @Test
    void everyKindOfOutcomeSaysHowStaleItIs() {
        try (Gates gates = open(false)) {
            ModelGate<String, String> fine = gate(gates);
            ModelGate<String, String> failing = gates.gate(
                    "failing",
                    g -> g.stable("v1", x -> {
                        throw new IllegalStateException();
                    }));
            ModelGate<String, String> bare = gates.gate("bare", g -> g.stable("v1", x -> x));
            assertThat(fine.decide("x", CALLER).staleness()).isZero();
            Duration staleness = Duration.ofMillis(1_500);
            stale(staleness);

            List<Outcome<String>> served = List.of(
                    fine.decide("x", CALLER), fine.decideAsync("x", CALLER).join(), failing.decide("x", CALLER));
            fine.kill(Actor.of("alice"), "bad");
            bare.kill(Actor.of("alice"), "bad");
            List<Outcome<String>> killed = List.of(fine.decide("x", CALLER), bare.decide("x", CALLER));

            assertThat(served.get(0)).isInstanceOf(Outcome.Answered.class);
            assertThat(served.get(2)).isInstanceOf(Outcome.Failed.class);
            assertThat(killed.get(0)).isInstanceOf(Outcome.FellBack.class);
            assertThat(killed.get(0).answer()).isEqualTo(Optional.of("safe"));
            assertThat(killed.get(1)).isInstanceOf(Outcome.Refused.class);
            assertThat(served).allSatisfy(o -> assertThat(o.staleness()).isEqualTo(staleness));
            assertThat(killed).allSatisfy(o -> assertThat(o.staleness()).isEqualTo(staleness));
            stale(Duration.ZERO);
            assertThat(fine.decide("x", CALLER).staleness()).isZero();
        }
    }

    @Test
    void stalenessIsAMeterInSeconds() {
        try (Gates gates = open(false)) {
            log.stale(Duration.ofMillis(2_500));
            assertThat(meters.get("modelgate.log.staleness").timeGauge().value(TimeUnit.SECONDS))
                    .isEqualTo(2.5);
            assertThat(gates.staleness()).as("as of the last look").isZero();
        }
    }

    @Test
    void aLogThatIsAlwaysCurrentIsNotLookedAt() {
        try (Gates gates = Gates.open(g -> g.scheduler(time).killWhenStale(LIMIT))) {
            assertThat(gate(gates).call("x", CALLER)).isEqualTo("v1");
            assertThat(time.waiting()).isZero();
        }
    }

    @Test
    void lookingEndsWithTheGates() {
        open(true).close();
        time.advance(ROUND);
        assertThat(time.waiting()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.999S", "-PT1S", "PT24H0.001S"})
    void aLimitOutOfRangeIsRefused(Duration limit) {
        assertThatThrownBy(() -> Gates.open(g -> g.killWhenStale(limit)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one second to one day");
    }
}
