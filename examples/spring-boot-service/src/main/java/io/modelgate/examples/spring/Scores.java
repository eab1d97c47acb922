package io.modelgate.examples.spring;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Scores {

    private final CreditModel credit;

    Scores(CreditModel credit) {
        this.credit = credit;
    }

    @PostMapping("/score")
    Decision score(@RequestBody Application application) {
        return credit.decide(application, application.user(), application.region());
    }
}
