package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.GateBuilder;
import org.junit.jupiter.api.Test;

class LimitSettingsTest {

    @Test
    void aBreakerOfWhichNothingIsSaidIsThatOfAGateThatNamesNone() {
        ModelGateProperties.Breaker nothing =
                new ModelGateProperties.Breaker(null, null, null, null, null, null, null, null, null);

        assertThat(LimitSettings.breaker("modelgate.gates.credit-risk.breaker.", nothing))
                .hasToString(GateBuilder.breakerDefaults().toString());
    }
}
