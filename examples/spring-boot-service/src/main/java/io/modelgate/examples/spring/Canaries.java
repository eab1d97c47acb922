package io.modelgate.examples.spring;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where an operator sends some callers to the candidate: the actuator kills and revives, rollouts are the application's own business. */
@RestController
class Canaries {

    private static final Duration STORED_WITHIN = Duration.ofSeconds(2);

    private final Gates gates;

    Canaries(Gates gates) {
        this.gates = gates;
    }

    /** Who gets the candidate: some percent of all callers, and some by name. */
    record Canary(String version, double percent, List<String> allow, String reason) {}

    record Started(String candidate, boolean stored) {}

    @PostMapping("/operators/canary")
    ResponseEntity<?> start(Principal operator, @RequestBody Canary canary) {
        Actor actor = new Actor(operator.getName(), "http-basic");
        try {
            Rollout rollout = Rollout.start(
                    gates.gate("credit-risk"),
                    canary.version(),
                    r -> r.weight(Weight.percent(canary.percent()))
                            .allow(canary.allow().toArray(String[]::new)),
                    actor,
                    canary.reason());
            return ResponseEntity.ok(new Started(canary.version(), rollout.stored(STORED_WITHIN)));
        } catch (IllegalArgumentException wrong) {
            return ResponseEntity.badRequest().body(wrong.getMessage());
        } catch (IllegalStateException running) {
            return ResponseEntity.status(HttpStatus.CONFLICT).body(running.getMessage());
        }
    }
}
