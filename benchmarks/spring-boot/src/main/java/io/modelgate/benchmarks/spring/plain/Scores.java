package io.modelgate.benchmarks.spring.plain;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Scores {

    private final CreditModel credit;

    Scores(CreditModel credit) {
        this.credit = credit;
    }

    @GetMapping("/score")
    String score(@RequestParam("debtRatio") double debtRatio, @RequestParam("user") String user) {
        return credit.decide(debtRatio, user);
    }
}
