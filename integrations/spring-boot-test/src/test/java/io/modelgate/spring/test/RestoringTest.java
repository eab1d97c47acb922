package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import io.modelgate.spring.test.Credit.CreditModel;
import io.modelgate.spring.test.Credit.Summaries;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestContextManager;

/** What one test leaves to the next, as Spring's tests run: several on one application. */
class RestoringTest {

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {
                "spring.application.name=restoring",
                "modelgate.gates.credit-risk.stable=v1",
                "modelgate.gates.credit-limit.stable=v1",
                "modelgate.gates.credit-risk.breaker.minimum-calls=2",
                "modelgate.gates.summaries.budgets[0].name=tokens",
                "modelgate.gates.summaries.budgets[0].tokens=1000",
                "modelgate.gates.summaries.budgets[0].per=gate"
            })
    @ModelGateTest
    static class Example {
        @Autowired
        GatesUnderTest under;

        @Autowired
        Gates gates;

        @Autowired
        CreditModel credit;

        @Autowired
        Summaries summaries;
    }

    private static final Actor ALICE = Actor.of("alice");

    private final Example example = new Example();
    private final TestContextManager spring = new TestContextManager(Example.class);

    interface Body {
        void run(Example test) throws Exception;
    }

    /** Runs a test as the extension for JUnit does; returns the gates that it saw. */
    private Gates test(Body body) throws Exception {
        Method method = Object.class.getMethod("toString");
        spring.prepareTestInstance(example);
        spring.beforeTestMethod(example, method);
        body.run(example);
        Gates gates = example.gates;
        spring.afterTestMethod(example, method, null);
        return gates;
    }

    private static State breaker(Gates gates) {
        return gates.gate("credit-risk").version("v1").breaker().orElseThrow();
    }

    @Test
    void whatATestDoesIsUndoneAndTheApplicationServesTheNext() throws Exception {
        Gates first = test(it -> {
            it.under.fail("credit-risk", "v1", new IOException("down"));
            it.credit.decide(0.4, "user-42");
            it.credit.decide(0.4, "user-42");
            assertThat(breaker(it.gates)).isEqualTo(State.OPEN);
            it.under.kill("credit-limit");
            it.gates.kill(Scope.fleet(), ALICE, "by the application under test");
        });

        assertThat(first.kills()).isEmpty();
        Gates second = test(it -> {
            assertThat(breaker(it.gates)).isEqualTo(State.CLOSED);
            assertThat(it.credit.decide(0.4, "user-42")).isEqualTo("v1");
            assertThat(it.credit.limit(1_000).toCompletableFuture()).isCompletedWithValue("v1");
        });
        assertThat(second).isSameAs(first);
    }

    @Test
    void aFailedCallCountsForNoBreakerOfTheNextTest() throws Exception {
        test(it -> {
            it.under.fail("credit-risk", "v1", new IOException("down"));
            it.credit.decide(0.4, "user-42");
        });

        test(it -> {
            it.under.fail("credit-risk", "v1", new IOException("down"));
            it.credit.decide(0.4, "user-42");
            assertThat(breaker(it.gates)).isEqualTo(State.CLOSED);
        });
    }

    @Test
    void whatIsKilledBeforeATestIsRevivedForIt() throws Exception {
        Gates gates = test(it -> {});
        gates.kill(Scope.gate("credit-risk"), ALICE, "before all tests");

        test(it -> assertThat(it.credit.decide(0.4, "user-42")).isEqualTo("v1"));
    }

    @Test
    void aPromotionEndsTheApplication() throws Exception {
        Gates first = test(it -> {
            it.gates.gate("credit-risk").version("v2").promote(ALICE, "better");
            assertThat(it.credit.decide(0.4, "user-42")).isEqualTo("v2");
        });

        assertThat(first.closed()).isTrue();
        Gates second = test(it -> assertThat(it.credit.decide(0.4, "user-42")).isEqualTo("v1"));
        assertThat(second).isNotSameAs(first);
    }

    private static Rollout startRollout(Gates gates) {
        Rollout rollout =
                Rollout.start(gates.gate("credit-risk"), "v2", r -> r.weight(Weight.percent(5)), ALICE, "canary");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        return rollout;
    }

    @Test
    void aRolloutEndsTheApplicationEvenIfItIsOver() throws Exception {
        Gates first = test(it -> startRollout(it.gates).end(ALICE, "over"));

        assertThat(first.closed()).isTrue();
    }

    /** A revive gives the candidate no callers back. */
    @Test
    void aKillDuringARolloutEndsTheApplication() throws Exception {
        Gates first = test(it -> {});
        startRollout(first);
        assertThat(test(it -> {})).isSameAs(first);
        assertThat(first.closed()).isFalse();

        test(it -> it.under.kill("credit-risk", "v2"));

        assertThat(first.closed()).isTrue();
    }

    @Test
    void aSpentBudgetEndsTheApplication() throws Exception {
        Gates first = test(it -> assertThat(it.summaries.summary("text")).isEqualTo("summary"));

        assertThat(first.closed()).isTrue();
        test(it -> assertThat(it.gates.budgets().top("tokens", 1)).isEmpty());
    }
}
