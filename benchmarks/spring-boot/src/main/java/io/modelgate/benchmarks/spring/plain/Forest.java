package io.modelgate.benchmarks.spring.plain;

import org.springframework.stereotype.Component;

@Component
class Forest implements CreditModel {

    @Override
    public String decide(double debtRatio, String user) {
        return debtRatio < 0.5 ? "approved without a gate" : "refused without a gate";
    }
}
