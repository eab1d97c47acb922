package io.modelgate.benchmarks.spring.gated;

import io.modelgate.Version;
import org.springframework.stereotype.Component;

@Component
@Version("v1")
class Forest implements CreditModel {

    @Override
    public String decide(double debtRatio, String user) {
        return debtRatio < 0.5 ? "approved by v1" : "refused by v1";
    }
}
