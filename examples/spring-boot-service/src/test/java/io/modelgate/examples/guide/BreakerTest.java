package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.examples.guide.Credit.Applicant;
import io.modelgate.examples.guide.Credit.CreditModel;
import io.modelgate.examples.guide.Credit.Decision;
import io.modelgate.spring.test.GatesUnderTest;
import io.modelgate.spring.test.ModelGateTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(properties = "spring.config.name=guide")
@ModelGateTest
class BreakerTest {
    @Autowired
    GatesUnderTest under;

    @Autowired
    CreditModel credit;

    @Test
    void aModelThatWorksAnswers() {
        assertAnswered("v1");
    }

    @Test
    void aLateAnswerGivesTheSafeAnswer() {
        under.slow("credit-risk", "v1", Duration.ofMillis(201)); // no real time passes
        assertAnswered("byDebtRatio");
    }

    // spring.md: breaker
    @Test
    void theBreakerTriesAgainAfterItsWait() {
        under.fail("credit-risk", "v1", new IOException("down"));
        for (int call = 0; call < 10; call++) {
            assertAnswered("byDebtRatio");
        }

        under.answer("credit-risk", "v1", new Decision(true, "v1, repaired"));
        assertAnswered("byDebtRatio"); // the breaker is open

        under.advance(Duration.ofSeconds(31)); // no real time passes
        assertAnswered("v1, repaired");
    }
    // spring.md: end

    private void assertAnswered(String by) {
        assertThat(credit.decide(new Applicant(0.4), "user-42").by()).isEqualTo(by);
    }
}
