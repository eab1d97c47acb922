package io.modelgate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.modelgate.control.ControlLog;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The meters of the control side. */
final class Meters {

    private Meters() {}

    /** Returns what it registered, for whoever takes it out again. */
    static List<Meter> bind(MeterRegistry registry, Control control) {
        return List.of(
                Gauge.builder(
                                "modelgate.log.lag",
                                control,
                                c -> Math.max(0, c.log().head().seq() - c.applied()))
                        .description("entries of the control log that this process has not applied")
                        .baseUnit("entries")
                        .register(registry),
                Gauge.builder("modelgate.log.applied", control, Control::applied)
                        .description("sequence number of the last control entry applied in this process")
                        .register(registry),
                TimeGauge.builder("modelgate.log.staleness", control, TimeUnit.SECONDS, c -> seconds(c.log()))
                        .description("how long ago this process last knew that it had all entries of the control log")
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

    private static double seconds(ControlLog log) {
        return log.staleness().toNanos() / 1e9;
    }
}
