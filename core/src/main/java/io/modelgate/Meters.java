package io.modelgate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** The meters of the control side. */
final class Meters {

    private Meters() {}

    /** Returns what it registered, for whoever takes it out again. */
    static List<Meter> bind(MeterRegistry registry, Control control) {
        return List.of(
                Gauge.builder("modelgate.log.lag", control, Control::lag)
                        .description("entries of the control log that this process has not applied")
                        .baseUnit("entries")
                        .register(registry),
                Gauge.builder("modelgate.log.applied", control, Control::applied)
                        .description("sequence number of the last control entry applied in this process")
                        .register(registry),
                Gauge.builder("modelgate.kills.unstored", control, Control::unstoredKills)
                        .description("kills in force here that are not stored yet")
                        .baseUnit("kills")
                        .register(registry),
                Gauge.builder(
                                "modelgate.kills",
                                control,
                                c -> c.locked(c::kills).size())
                        .description("kills engaged, of all scopes")
                        .baseUnit("kills")
                        .register(registry));
    }
}
