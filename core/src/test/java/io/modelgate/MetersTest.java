package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is published, and that no tag holds a caller. */
class MetersTest {

    private static final Actor ALICE = Actor.of("alice");

    private final AtomicLong time = new AtomicLong();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedLog log = new ScriptedLog();
    private final Gates gates =
            Gates.open(g -> g.controlLog(log).meters(registry).ticker(time::get));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(boolean histogram) {
        return gates.gate("credit", g -> {
            g.stable("v1", input -> {
                        time.addAndGet(Duration.ofMillis(10).toNanos());
                        if (input.equals("down")) {
                            throw new IllegalStateException("down");
                        }
                        return input;
                    })
                    .attributes("region")
                    .fallback(Rungs.constant("safe"));
            if (histogram) {
                g.latencyHistogram();
            }
        });
    }

    @Test
    void callsAreCountedByVersionRungAndCause() {
        ModelGate<String, String> gate = gate(false);
        gate.call("x", Caller.of("secret-key").session("secret-session").with("region", "secret-region"));
        gate.call("down", Caller.of("secret-key"));
        gate.kill(ALICE, "secret reason");
        gate.call("x", Caller.of("secret-key"));

        assertThat(calls("v1", "none", "none")).isEqualTo(1);
        assertThat(calls("v1", "degrade", "error")).isEqualTo(1);
        assertThat(calls("none", "degrade", "killed")).isEqualTo(1);
        assertThat(registry.get("modelgate.killed")
                        .tag("version", "all")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("modelgate.killed").tag("version", "v1").gauge().value())
                .isEqualTo(1);
        assertThat(registry.get("modelgate.latency").functionTimer().count()).isEqualTo(2);
        assertThat(registry.get("modelgate.latency")
                        .functionTimer()
                        .totalTime(java.util.concurrent.TimeUnit.MILLISECONDS))
                .isEqualTo(20);
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getTags()).extracting(Tag::getValue).noneMatch(value -> value.contains("secret"));
        }
    }

    private double calls(String version, String rung, String cause) {
        return registry.get("modelgate.calls")
                .tags("version", version, "rung", rung, "cause", cause)
                .functionCounter()
                .count();
    }

    @Test
    void throwingRegistryNeverReachesTheCaller() {
        SimpleMeterRegistry throwing = new SimpleMeterRegistry();
        throwing.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (id.getName().startsWith("modelgate.c") || id.getName().startsWith("modelgate.l")) {
                    throw new IllegalStateException("filter");
                }
                return id;
            }
        });
        try (Gates other = Gates.open(g -> g.meters(throwing))) {
            ModelGate<String, String> gate =
                    other.gate("credit", g -> g.stable("v1", x -> x).fallback(Rungs.constant("safe")));
            gate.kill(ALICE, "off");
            assertThat(gate.call("x", Caller.anonymous())).isEqualTo("safe");
        }
    }

    @Test
    void histogramGivesQuantiles() {
        ModelGate<String, String> gate = gate(true);
        for (int i = 0; i < 100; i++) {
            gate.call("x", Caller.anonymous());
        }

        double p99 = registry.get("modelgate.latency.quantile")
                .tag("quantile", "0.99")
                .gauge()
                .value();
        assertThat(p99).isBetween(0.0097, 0.0103);
    }

    @Test
    void unstoredKillsAndTheLagOfTheLogShow() {
        ModelGate<String, String> gate = gate(false);
        assertThat(registry.get("modelgate.log.lag").gauge().value()).isZero();
        log.fail(true);

        gate.kill(ALICE, "bad");

        assertThat(registry.get("modelgate.kills.unstored").gauge().value()).isEqualTo(1);
        assertThat(registry.get("modelgate.kills").gauge().value()).isEqualTo(1);
    }

    @Test
    void histogramBucketsAreWithinAThirtySecondOfTheValue() {
        for (long nanos = 1; nanos < 1L << 41; nanos += 1 + nanos / 7) {
            double middle = LatencyHistogram.middle(LatencyHistogram.bucket(nanos));
            assertThat(Math.abs(middle - nanos)).as("%d ns", nanos).isLessThanOrEqualTo(nanos / 32.0 + 0.5);
        }
    }
}
