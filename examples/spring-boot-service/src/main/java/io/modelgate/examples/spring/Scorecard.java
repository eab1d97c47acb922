package io.modelgate.examples.spring;

import io.modelgate.Version;
import org.springframework.stereotype.Component;

/** The model of the last ten years: points. */
@Component
@Version("v1")
class Scorecard implements CreditModel {

    @Override
    public Decision decide(Application application, String user, String region) {
        double points = 95 - 40 * application.debtRatio() - 12 * application.latePayments();
        return Decision.of(Math.max(0, points) / 100, "v1");
    }
}
