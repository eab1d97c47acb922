package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.GateEvent;
import io.modelgate.GateException;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.spring.test.Credit.CreditModel;
import io.modelgate.spring.test.Credit.Summaries;
import io.modelgate.testkit.OutcomeAssert;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.event.EventListener;

/** What a test can do to its application's gates, of every kind, in a line each. */
@SpringBootTest(
        classes = {Credit.class, GatesUnderTestTest.Heard.class},
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "modelgate.gates.credit-risk.stable=v1",
            "modelgate.gates.credit-risk.model-timeout=200ms",
            "modelgate.gates.credit-risk.breaker.minimum-calls=2",
            "modelgate.gates.credit-risk.breaker.wait-in-open=30s",
            "modelgate.gates.credit-limit.stable=v1",
            "modelgate.gates.credit-limit.deadline=200ms",
            "modelgate.gates.summaries.model-timeout=200ms",
            "modelgate.gates.summaries.enforce-timeouts=true",
            "modelgate.gates.translation.rate-limit.calls=1",
            "modelgate.gates.translation.rate-limit.per=1m"
        })
@ModelGateTest
class GatesUnderTestTest {

    private static final Caller CALLER = Caller.of("user-42");

    @Autowired
    GatesUnderTest under;

    @Autowired
    Gates gates;

    @Autowired
    CreditModel credit;

    @Autowired
    Summaries summaries;

    @Autowired
    ModelGate<String, String> translation;

    @Autowired
    Heard heard;

    static class Heard {
        private final List<Kill> kills = new ArrayList<>();

        @EventListener
        void on(GateEvent.Killed killed) {
            kills.add(killed.kill());
        }
    }

    private String decide() {
        return credit.decide(0.4, "user-42");
    }

    private String limit() {
        return credit.limit(1_000).toCompletableFuture().join();
    }

    private State breaker() {
        return gates.gate("credit-risk").version("v1").breaker().orElseThrow();
    }

    @Test
    void aKilledGateGivesTheSafeAnswer() {
        assertThat(decide()).isEqualTo("v1");

        under.kill("credit-risk");

        assertThat(decide()).isEqualTo("refer");
        assertThat(limit()).isEqualTo("v1");
    }

    @Test
    void eventsArriveBeforeWhatCausedThemReturns() {
        KillReceipt kill = under.kill("credit-risk");

        assertThat(heard.kills).endsWith(kill.kill());
    }

    @Test
    void aKilledVersionGivesTheSafeAnswer() {
        under.kill("credit-risk", "v2");
        assertThat(decide()).isEqualTo("v1");

        under.kill("credit-risk", "v1");
        assertThat(decide()).isEqualTo("refer");
    }

    @Test
    void aKillOfAScopeIsOneOfThisTestToo() {
        under.kill(Scope.fleet());

        assertThat(decide()).isEqualTo("refer");
        assertThat(limit()).isEqualTo("none");
    }

    @Test
    void aVersionMadeToFailGivesTheSafeAnswerWhateverItsGateIsMadeOf() {
        IOException down = new IOException("down");

        under.fail("credit-risk", "v1", down);
        under.fail("credit-limit", "v1", down);
        under.fail("summaries", "v1", down);
        under.fail("translation", "v1", down);

        assertThat(decide()).isEqualTo("refer");
        assertThat(limit()).isEqualTo("none");
        assertThat(summaries.summary("text")).isEqualTo("t");
        assertThatThrownBy(() -> translation.call("text", CALLER))
                .isInstanceOf(GateException.class)
                .hasCause(down);
    }

    @Test
    void aVersionAnswersWhatTheTestSays() {
        under.answer("credit-risk", "v1", "approve");
        under.answer("credit-limit", "v1", "100");

        assertThat(decide()).isEqualTo("approve");
        assertThat(limit()).isEqualTo("100");
    }

    @Test
    void aSlowVersionTimesOutInManualTime() {
        Instant before = gates.now();
        under.slow("credit-risk", "v1", Duration.ofMillis(200));
        assertThat(decide()).isEqualTo("v1");
        assertThat(gates.now()).isEqualTo(before.plusMillis(200));

        under.slow("credit-risk", "v1", Duration.ofMillis(201));
        assertThat(decide()).isEqualTo("refer");

        under.slow("summaries", "v1", Duration.ofMillis(201)); // on another thread
        assertThat(summaries.summary("text")).isEqualTo("t");

        under.slow("credit-limit", "v1", Duration.ofMillis(201));
        assertThatThrownBy(this::limit)
                .cause()
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).hasValue(Cause.TIMEOUT));
    }

    @Test
    void theBreakerTriesAgainWhenTheTestLetsTimePass() {
        under.fail("credit-risk", "v1", new IOException("down"));
        decide();
        decide();
        assertThat(breaker()).isEqualTo(State.OPEN);

        under.answer("credit-risk", "v1", "approve");
        under.advance(Duration.ofSeconds(30));
        assertThat(decide()).isEqualTo("refer");

        under.advance(Duration.ofMillis(1));
        assertThat(decide()).isEqualTo("approve");
    }

    @Test
    void aRateLimitFillsUpWhenTheTestLetsTimePass() {
        assertThat(translation.call("text", CALLER)).isEqualTo("translated");
        OutcomeAssert.assertThat(translation.decide("text", CALLER)).refused().because(Cause.RATE_LIMITED);

        under.advance(Duration.ofMinutes(1));

        assertThat(translation.call("text", CALLER)).isEqualTo("translated");
    }

    @Test
    void restoreUndoesItAll() {
        under.kill("credit-risk");
        gates.kill(Scope.fleet(), Actor.of("somebody"), "not by way of the test");
        under.fail("credit-limit", "v1", new IOException("down"));

        under.restore();

        assertThat(gates.kills()).isEmpty();
        assertThat(decide()).isEqualTo("v1");
        assertThat(limit()).isEqualTo("v1");
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheKnown() {
        assertThatThrownBy(() -> under.kill("credit"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"credit\"", "credit-limit", "credit-risk", "summaries", "translation");
        assertThatThrownBy(() -> under.fail("credit", "v1", new IOException("down")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit\" is not in this process; it has"
                        + " [credit-limit, credit-risk, summaries, translation]");
        assertThatThrownBy(() -> under.kill("credit-risk", "v3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"v3\"", "v1", "v2");
        assertThatThrownBy(() -> under.slow("credit-risk", "v3", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit-risk\" has no version \"v3\"; it has [v1, v2]");
        assertThatThrownBy(() -> under.answer("credit-risk", "v3", "approve"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> under.slow("credit-risk", "v1", Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }
}
