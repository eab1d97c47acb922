package io.modelgate.spring;

import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Version;

/** A model with two versions, for tests. */
interface CreditModel {

    @Gated(value = "credit-risk", fallback = "byDebtRatio")
    String decide(double debtRatio, @CallerKey String user);

    default String byDebtRatio(double debtRatio, String user) {
        return debtRatio < 0.3 ? "fallback: yes" : "fallback: no";
    }

    @Version("v1")
    class Forest implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "forest";
        }
    }

    @Version("v2")
    class Boosted implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "boosted";
        }
    }
}
