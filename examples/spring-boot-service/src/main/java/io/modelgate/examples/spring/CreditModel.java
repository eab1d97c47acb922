package io.modelgate.examples.spring;

import io.modelgate.CallerAttribute;
import io.modelgate.CallerKey;
import io.modelgate.Cause;
import io.modelgate.Gated;

/** Says who gets credit. What Spring injects for it is the gate. */
interface CreditModel {

    @Gated(value = "credit-risk", fallback = "byDebtRatio")
    Decision decide(Application application, @CallerKey String user, @CallerAttribute("region") String region);

    /** The safe answer: little debt, no late payment. */
    default Decision byDebtRatio(Application application, String user, String region, Cause cause) {
        boolean approve = application.debtRatio() < 0.1 && application.latePayments() == 0;
        return new Decision(approve, null, "byDebtRatio", cause.name());
    }
}
