package io.modelgate.benchmarks.spring.gated;

import io.modelgate.Version;
import org.springframework.stereotype.Component;

@Component
@Version("v2")
class Boosted implements CreditModel {

    @Override
    public String decide(double debtRatio, String user) {
        return debtRatio < 0.6 ? "approved by v2" : "refused by v2";
    }
}
