package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.Scope;
import io.modelgate.examples.guide.Credit.Applicant;
import io.modelgate.examples.guide.Credit.CreditModel;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

// spring.md: test
@SpringBootTest(properties = "spring.config.name=guide")
class KillTest {
    @Autowired
    Gates gates;

    @Autowired
    CreditModel credit; // the gate

    @Test
    void aKillGivesTheSafeAnswer() {
        Applicant applicant = new Applicant(0.4);
        assertThat(credit.decide(applicant, "user-42").by()).isEqualTo("v1");

        KillReceipt kill = gates.kill(Scope.gate("credit-risk"), Actor.of("test"), "rehearsal");
        try {
            assertThat(credit.decide(applicant, "user-42").by()).isEqualTo("byDebtRatio");
        } finally {
            gates.revive(kill.kill().id(), Actor.of("test"), "rehearsal over");
        }
    }
}
// spring.md: end
