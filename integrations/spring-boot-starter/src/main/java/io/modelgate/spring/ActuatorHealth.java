package io.modelgate.spring;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/** {@link GateHealth} for Spring Boot 3. */
final class ActuatorHealth implements HealthIndicator {

    private final GateHealth gates;

    ActuatorHealth(GateHealth gates) {
        this.gates = gates;
    }

    @Override
    public Health health() {
        GateHealth.State state = gates.state();
        return Health.status(state.status().name()).withDetails(state.details()).build();
    }
}
