package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.examples.guide.Credit.Applicant;
import io.modelgate.examples.guide.Credit.CreditModel;
import io.modelgate.spring.test.GatesUnderTest;
import io.modelgate.spring.test.ModelGateTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

// spring.md: test
@SpringBootTest(properties = "spring.config.name=guide")
@ModelGateTest
class CreditTest {
    @Autowired
    GatesUnderTest under;

    @Autowired
    CreditModel credit; // the gate

    @Test
    void aKillGivesTheSafeAnswer() {
        under.kill("credit-risk");
        assertAnswered("byDebtRatio");
    }

    @Test
    void aFailureGivesTheSafeAnswer() {
        under.fail("credit-risk", "v1", new IOException("down"));
        assertAnswered("byDebtRatio");
    }

    private void assertAnswered(String by) {
        assertThat(credit.decide(new Applicant(0.4), "user-42").by()).isEqualTo(by);
    }
}
// spring.md: end
