package io.modelgate.rollout;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What became of the calls that were to be mirrored, by gate and candidate, over all rollouts of this process. Thread-safe. */
final class ShadowMeters {

    /** What became of one. */
    enum Result {
        AGREED,
        DISAGREED,
        FAILED,
        REFUSED,
        DROPPED,
        UNCOMPARED
    }

    /** The counts of one candidate. */
    static final class Counts {

        private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

        Counts() {
            List.of(Result.values()).forEach(result -> counts.put(result, new LongAdder()));
        }

        void add(Result result) {
            counter(result).increment();
        }

        private LongAdder counter(Result result) {
            return counts.getOrDefault(result, new LongAdder());
        }
    }

    private record Shadowed(String gate, String version) {}

    private final @Nullable MeterRegistry registry;
    private final Map<Shadowed, Counts> all = new ConcurrentHashMap<>();
    private final Collection<Meter> meters = new ConcurrentLinkedQueue<>();

    ShadowMeters(@Nullable MeterRegistry registry) {
        this.registry = registry;
    }

    /** The counts of a candidate, which a later rollout of it goes on with. */
    Counts of(String gate, String version) {
        return all.computeIfAbsent(new Shadowed(gate, version), this::bound);
    }

    private Counts bound(Shadowed of) {
        Counts made = new Counts();
        if (registry != null) {
            for (Result result : Result.values()) {
                meters.add(FunctionCounter.builder("modelgate.shadow.calls", made.counter(result), LongAdder::sum)
                        .description("calls that were to be mirrored to a candidate, by what became of them")
                        .baseUnit("calls")
                        .tag("gate", of.gate())
                        .tag("version", of.version())
                        .tag("result", result.name().toLowerCase(Locale.ROOT))
                        .register(registry));
            }
        }
        return made;
    }

    /** Takes the meters back: who comes next has others of these names. */
    void close() {
        if (registry != null) {
            meters.forEach(registry::remove);
        }
    }
}
