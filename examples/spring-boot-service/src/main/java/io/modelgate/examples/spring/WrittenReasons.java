package io.modelgate.examples.spring;

import io.modelgate.Version;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Stands for a language model, which writes for a while. */
@Component
@Version("v1")
class WrittenReasons implements ReasonModel {

    private static final Duration WRITING = Duration.ofMillis(5);

    @Override
    public Flux<String> reasons(Application application, String user) {
        return Flux.fromIterable(List.of(
                        "Your debts are " + Math.round(12 * application.debtRatio()) + " months of your income.",
                        "You were late with " + application.latePayments() + " payments in two years."))
                .delayElements(WRITING);
    }
}
