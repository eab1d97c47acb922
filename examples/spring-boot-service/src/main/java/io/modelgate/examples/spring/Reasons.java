package io.modelgate.examples.spring;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

@RestController
class Reasons {

    private final ReasonModel reasons;

    Reasons(ReasonModel reasons) {
        this.reasons = reasons;
    }

    @PostMapping(path = "/reasons", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<String> reasons(@RequestBody Application application) {
        return reasons.reasons(application, application.user());
    }
}
