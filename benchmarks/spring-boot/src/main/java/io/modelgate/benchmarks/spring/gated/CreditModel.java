package io.modelgate.benchmarks.spring.gated;

import io.modelgate.CallerKey;
import io.modelgate.Gated;

interface CreditModel {

    @Gated(value = "credit-risk", fallback = "byDebtRatio")
    String decide(double debtRatio, @CallerKey String user);

    default String byDebtRatio(double debtRatio, String user) {
        return debtRatio < 0.3 ? "approved by rule" : "refused by rule";
    }
}
