package io.modelgate;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.modelgate.control.ControlLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The meters of the control side. */
final class Meters {

    private Meters() {}

    /** Returns what it registered, for whoever takes it out again. */
    static List<Meter> bind(
            MeterRegistry registry, Control control, ServedCalls served, @Nullable DecisionRecords records) {
        List<Meter> meters = new ArrayList<>(List.of(
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
                        .register(registry),
                FunctionCounter.builder("modelgate.served.dropped", served, ServedCalls::dropped)
                        .description("calls that those who listen did not hear of for want of room")
                        .baseUnit("calls")
                        .register(registry)));
        if (records != null) {
            meters.addAll(bind(registry, records));
        }
        return List.copyOf(meters);
    }

    private static List<Meter> bind(MeterRegistry registry, DecisionRecords records) {
        return List.of(
                FunctionCounter.builder("modelgate.records.written", records.written, LongAdder::sum)
                        .description("decision records that the sink has taken")
                        .baseUnit("records")
                        .register(registry),
                lost(registry, "full", records.lostFull),
                lost(registry, "sink", records.lostBySink),
                lost(registry, "closed", records.lostClosed),
                FunctionCounter.builder("modelgate.records.left.out", records, DecisionRecords::leftOut)
                        .description("digests and bodies missing from decision records because users' code threw")
                        .register(registry),
                Gauge.builder("modelgate.records.waiting", records, DecisionRecords::waiting)
                        .description("calls that wait for the sink of decision records")
                        .baseUnit("calls")
                        .register(registry));
    }

    private static Meter lost(MeterRegistry registry, String reason, LongAdder count) {
        return FunctionCounter.builder("modelgate.records.lost", count, LongAdder::sum)
                .description("decision records that nobody has")
                .baseUnit("records")
                .tag("reason", reason)
                .register(registry);
    }

    private static double seconds(ControlLog log) {
        return log.staleness().toNanos() / 1e9;
    }
}
