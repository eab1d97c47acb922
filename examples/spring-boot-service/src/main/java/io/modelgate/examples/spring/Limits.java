package io.modelgate.examples.spring;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class Limits {

    private final LimitModel limits;

    Limits(LimitModel limits) {
        this.limits = limits;
    }

    @PostMapping("/limit")
    Mono<Limit> limit(@RequestBody Application application) {
        return limits.limit(application, application.user());
    }
}
