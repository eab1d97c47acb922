package io.modelgate.examples.spring;

import io.modelgate.Version;
import java.time.Duration;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Stands for a model on another machine, which takes its time and no thread of this one. */
@Component
@Version("v1")
class RemoteLimits implements LimitModel {

    private static final Duration NETWORK = Duration.ofMillis(2);

    @Override
    public Mono<Limit> limit(Application application, String user) {
        double incomes = 4 / (1 + application.debtRatio());
        return Mono.delay(NETWORK).map(tick -> new Limit(Math.round(application.income() * incomes), "v1", null));
    }
}
