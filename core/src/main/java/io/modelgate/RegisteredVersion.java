package io.modelgate;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A version as this process runs it: its implementation, its counters and its breaker. Thread-safe. */
final class RegisteredVersion<I, O> {

    final String id;
    final Optional<String> idOptional;
    final String backend;
    final String digest;
    final @Nullable Model<I, O> model;
    final @Nullable CallAwareModel<I, O> callAware;
    final VersionCounts counts = new VersionCounts();
    final Breaker breaker;
    final @Nullable LatencyHistogram latency;

    RegisteredVersion(
            VersionBuilder<I, O> spec, GateConfig<I, O> gate, Ticker ticker, Consumer<Breaker.Change> onBreakerChange) {
        id = spec.id();
        idOptional = Optional.of(id);
        backend = spec.backend();
        digest = spec.digest();
        model = spec.model();
        callAware = spec.callAware();
        breaker = new Breaker(gate.name(), id, gate.breaker(), ticker, counts::lazy, onBreakerChange);
        latency = gate.latencyHistogram() ? new LatencyHistogram() : null;
    }

    /** Invokes a model that is shown its call. */
    O showCall(I input, @Nullable Caller caller, long allowedNanos, long start, Ticker ticker) throws Exception {
        if (callAware == null || caller == null) {
            throw new IllegalStateException("version " + id + " has no implementation");
        }
        return callAware.answer(input, new RunningCall(caller, allowedNanos, start, ticker));
    }

    void took(long[] row, long nanos) {
        if (latency != null) {
            latency.record(nanos);
        } else {
            VersionCounts.took(row, nanos);
        }
    }

    /** Whether a fault of one version's backend is the other's too. A backend nobody declared is shared with nobody. */
    boolean sharesBackend(String other) {
        return !backend.isEmpty() && backend.equals(other);
    }
}
