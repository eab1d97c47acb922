package io.modelgate.spring;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** {@link GateHealth} for Spring Boot 4, which moved the types. */
final class ContributorHealth implements HealthIndicator {

    private final GateHealth gates;

    ContributorHealth(GateHealth gates) {
        this.gates = gates;
    }

    @Override
    public Health health() {
        GateHealth.State state = gates.state();
        return Health.status(state.status().name()).withDetails(state.details()).build();
    }
}
