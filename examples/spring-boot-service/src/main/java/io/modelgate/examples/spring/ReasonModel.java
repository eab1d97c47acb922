package io.modelgate.examples.spring;

import io.modelgate.CallerKey;
import io.modelgate.Gated;
import reactor.core.publisher.Flux;

/** Explains a decision, sentence by sentence as they are written: each subscription is one call of the gate, until the last sentence. */
interface ReasonModel {

    @Gated(value = "credit-reasons", fallback = "byHand")
    Flux<String> reasons(Application application, @CallerKey String user);

    /** The safe answer; it may be one sentence, too. */
    default String byHand(Application application, String user) {
        return "A person will explain this decision to you.";
    }
}
