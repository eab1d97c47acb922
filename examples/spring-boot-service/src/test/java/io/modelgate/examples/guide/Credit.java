package io.modelgate.examples.guide;

import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Version;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication(proxyBeanMethods = false)
class Credit {

    // spring.md: models
    record Applicant(double debtRatio) {}

    record Decision(boolean approve, String by) {}

    interface CreditModel {
        @Gated(value = "credit-risk", fallback = "byDebtRatio")
        Decision decide(Applicant applicant, @CallerKey String user);

        default Decision byDebtRatio(Applicant applicant, String user) {
            return new Decision(applicant.debtRatio() < 0.3, "byDebtRatio");
        }
    }

    @Component
    @Version("v1")
    static class Forest implements CreditModel {
        @Override
        public Decision decide(Applicant applicant, String user) {
            return new Decision(applicant.debtRatio() < 0.5, "v1");
        }
    }

    @Component
    @Version("v2")
    static class Boosted implements CreditModel {
        @Override
        public Decision decide(Applicant applicant, String user) {
            return new Decision(applicant.debtRatio() < 0.6, "v2");
        }
    }
    // spring.md: end

    // spring.md: controller
    @RestController
    static class CreditController {
        private final CreditModel credit; // the gate

        CreditController(CreditModel credit) {
            this.credit = credit;
        }

        @GetMapping("/credit/{user}")
        Decision decide(@PathVariable("user") String user, @RequestParam("debtRatio") double debtRatio) {
            return credit.decide(new Applicant(debtRatio), user);
        }
    }
    // spring.md: end
}
