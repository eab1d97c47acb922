package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.modelgate.CallObserver;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class ObservedGatesTest {

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final ObservedGates gates = new ObservedGates(registry);

    private TestObservationRegistryAssert.TestObservationRegistryAssertReturningObservationContextAssert only() {
        return TestObservationRegistryAssert.assertThat(registry).hasSingleObservationThat();
    }

    private void observe(Outcome<?> outcome) {
        CallObserver.Observed call = gates.begin("credit-risk");
        call.left();
        call.ended(outcome);
    }

    @Test
    void anAnswerNamesTheVersion() {
        observe(new Outcome.Answered<>("the answer", "v1"));

        only().hasBeenStarted()
                .hasBeenStopped()
                .doesNotHaveError()
                .hasNameEqualTo("modelgate.call")
                .hasLowCardinalityKeyValue("gate", "credit-risk")
                .hasLowCardinalityKeyValue("version", "v1")
                .hasLowCardinalityKeyValue("rung", "none")
                .hasLowCardinalityKeyValue("cause", "none");
    }

    @Test
    void aRungThatAnsweredIsNoErrorAndSaysWhy() {
        observe(new Outcome.FellBack<>("the answer", "debt-ratio", null, Cause.KILLED, null, null));

        only().doesNotHaveError()
                .hasLowCardinalityKeyValue("version", "none")
                .hasLowCardinalityKeyValue("rung", "debt-ratio")
                .hasLowCardinalityKeyValue("cause", "KILLED");
    }

    @Test
    void aHardFailureIsAnErrorThatTellsNothingOfTheModel() {
        observe(new Outcome.Failed<>(Cause.ERROR, "v1", new IllegalStateException("salary of alice")));

        only().hasLowCardinalityKeyValue("cause", "ERROR")
                .thenError()
                .hasMessage("no answer: ERROR")
                .hasNoCause();
    }

    @Test
    void aCallThatItsCallerGaveUpIsCut() {
        CallObserver.Observed call = gates.begin("credit-risk");
        call.left();
        call.threw(new CancellationException());

        only().hasBeenStopped().hasLowCardinalityKeyValue("cause", "CUT");
    }

    @Test
    void theObservationIsCurrentWhileTheThreadIsInTheCallAndNotAfter() {
        CallObserver.Observed call = gates.begin("credit-risk");
        Observation during = registry.getCurrentObservation();
        call.left();

        assertThat(during).isNotNull();
        assertThat(registry.getCurrentObservation()).isNull();
        call.ended(new Outcome.Answered<>("x", "v1"));
        only().hasBeenStopped();
    }

    @Test
    void eachCallOfAGateIsOneObservationAroundItsModel() {
        try (Gates observed = Gates.open(g -> g.observe(gates))) {
            ModelGate<String, String> credit = observed.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> String.valueOf(registry.getCurrentObservation() != null)));

            assertThat(credit.call("the salary of alice", Caller.of("alice"))).isEqualTo("true");
        }

        only().hasBeenStopped()
                .hasLowCardinalityKeyValue("version", "v1")
                .satisfies(context -> assertThat(context.getAllKeyValues())
                        .extracting(key -> key.getKey() + "=" + key.getValue())
                        .containsExactlyInAnyOrder("gate=credit-risk", "version=v1", "rung=none", "cause=none"));
    }
}
