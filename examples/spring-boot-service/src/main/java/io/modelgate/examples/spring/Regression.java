package io.modelgate.examples.spring;

import io.modelgate.Version;
import org.springframework.stereotype.Component;

/** The model that is to replace it: a logistic regression. */
@Component
@Version("v2")
class Regression implements CreditModel {

    @Override
    public Decision decide(Application application, String user, String region) {
        double logit = 2.2
                + 0.4 * Math.log(application.income() / 3_000)
                - 2.5 * application.debtRatio()
                - 0.8 * application.latePayments();
        return Decision.of(1 / (1 + Math.exp(-logit)), "v2");
    }
}
