package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EvidenceGuardrailTest {

    @Test
    void comparisonsCountCallersAndLimitsCountCalls() {
        Guardrail errors = Guardrail.rate(Rate.INVALID_OUTPUT);
        assertThat(errors.name()).isEqualTo("invalid-output");
        assertThat(errors.unit()).isEqualTo(Unit.CALLER);
        assertThat(errors.atMost(0.01).unit()).isEqualTo(Unit.CALL);
        assertThat(errors.atMost(0.01).limit()).isEqualTo(new Limit.Bound(0.01));
        assertThat(errors.worseByPoints(0.003).limit()).isEqualTo(new Limit.Absolute(0.003));
        assertThat(errors.requiredForPromotion().required()).isTrue();
        assertThat(errors.share(3).share()).isEqualTo(3);
        assertThat(Guardrail.latency(0.999).name()).isEqualTo("latency-p99.9");
        assertThat(Guardrail.latency(0.5).atMost(Duration.ofMillis(300)).limit())
                .isEqualTo(new Limit.Bound(0.3));
        assertThat(Guardrail.mean("score").atLeast(0.5).worse()).isEqualTo(Worse.LOWER);
        assertThat(Guardrail.mean("score").lowerIsWorse().eitherIsWorse().worse())
                .isEqualTo(Worse.EITHER);
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        Guardrail errors = Guardrail.rate(Rate.ERRORS);
        List<ThrowingCallable> wrong = List.of(
                () -> errors.worseBy(-0.1),
                () -> errors.worseBy(Double.NaN),
                () -> errors.worseByPoints(1),
                () -> errors.atMost(0),
                () -> errors.atMost(1.5),
                () -> errors.atMost(Duration.ofSeconds(1)),
                () -> errors.atLeast(0.5),
                () -> errors.eitherIsWorse(),
                () -> errors.atMost(0.1).unit(Unit.CALLER),
                () -> errors.share(0),
                () -> errors.share(Double.POSITIVE_INFINITY),
                () -> Guardrail.latency(1),
                () -> Guardrail.latency(0.9).atMost(Duration.ZERO),
                () -> Guardrail.latency(0.9).atLeast(1),
                () -> Guardrail.mean("score").worseBy(1),
                () -> Guardrail.mean("score").atMost(Double.POSITIVE_INFINITY),
                () -> Guardrail.mean("score").atMost(1).eitherIsWorse(),
                () -> Guardrail.sampleRatio().requiredForPromotion());
        for (ThrowingCallable each : wrong) {
            assertThatIllegalArgumentException()
                    .isThrownBy(each)
                    .withMessageMatching("(?s).+\".+\" is .+: expected .+");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> errors.name("a b"))
                .withMessageContaining("\"a b\"");
        assertThatIllegalArgumentException().isThrownBy(() -> Guardrail.mean(""));
    }
}
