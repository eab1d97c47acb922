package io.modelgate.examples.spring;

import io.modelgate.CallerKey;
import io.modelgate.Cause;
import io.modelgate.Gated;
import reactor.core.publisher.Mono;

/** Says how much credit somebody gets, later: each subscription is a call of the gate. */
interface LimitModel {

    @Gated(value = "credit-limit", fallback = "oneIncome")
    Mono<Limit> limit(Application application, @CallerKey String user);

    /** The safe answer. */
    default Limit oneIncome(Application application, String user, Cause cause) {
        return new Limit(Math.round(application.income()), "oneIncome", cause.name());
    }
}
