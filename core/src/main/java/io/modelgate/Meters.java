package io.modelgate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of the control side. */
final class Meters {

    private Meters() {}

    static void bind(MeterRegistry registry, Control control) {
        Gauge.builder("modelgate.log.lag", control, Control::lag)
                .description("entries of the control log that this process has not applied")
                .baseUnit("entries")
                .register(registry);
        Gauge.builder("modelgate.log.applied", control, Control::applied)
                .description("sequence number of the last control entry applied in this process")
                .register(registry);
        Gauge.builder("modelgate.kills.unstored", control, Control::unstoredKills)
                .description("kills in force here that are not stored yet")
                .baseUnit("kills")
                .register(registry);
        Gauge.builder("modelgate.kills", control, c -> c.locked(c::kills).size())
                .description("kills engaged, of all scopes")
                .baseUnit("kills")
                .register(registry);
    }
}
