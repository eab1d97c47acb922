package io.modelgate;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
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
    final @Nullable AsyncModel<I, O> async;

    /** Whether its invocations may end otherwise than by the model, so that each is a {@link Flight}. */
    final boolean flies;

    /** Whether it is a twin, whose answers nobody gets. */
    final boolean shadow;

    /** What was declared of it. */
    final VersionBuilder<I, O> spec;

    private final boolean plain;
    private final boolean knowsItsCall;

    /** Models that still run although their call has landed. */
    final LongAdder overdue = new LongAdder();

    final VersionCounts counts = new VersionCounts();
    final Breaker breaker;
    final @Nullable LatencyHistogram latency;

    RegisteredVersion(
            VersionBuilder<I, O> spec,
            GateConfig<I, O> gate,
            Ticker ticker,
            @Nullable Faults faults,
            Consumer<Breaker.Change> onBreakerChange) {
        this.spec = spec;
        shadow = false;
        id = spec.id();
        idOptional = Optional.of(id);
        backend = spec.backend();
        digest = spec.digest();
        Faults.Place place = faults == null ? null : faults.ahead(gate.name(), id, gate.answer());
        Model<I, O> itsModel = spec.model();
        CallAwareModel<I, O> itsCallAware = spec.callAware();
        AsyncModel<I, O> itsAsync = spec.async();
        model = place == null || itsModel == null ? itsModel : place.of(itsModel);
        callAware = place == null || itsCallAware == null ? itsCallAware : place.ofCallAware(itsCallAware);
        async = place == null || itsAsync == null ? itsAsync : place.ofAsync(itsAsync);
        knowsItsCall = callAware != null || (itsAsync != null && !(itsAsync instanceof GuardAsyncVersion));
        flies = async != null || gate.enforceTimeouts() || gate.cutInFlightOnKill();
        plain = model != null && !flies && gate.tokens() == null;
        breaker = new Breaker(gate.name(), id, gate.breaker(), ticker, counts::lazy, onBreakerChange);
        latency = gate.latencyHistogram() ? new LatencyHistogram() : null;
        if (faults != null) {
            faults.onClear(breaker::restart);
        }
    }

    /** A twin of another: the same implementation with counters and a breaker of its own, under the settings of its own gate's. */
    RegisteredVersion(RegisteredVersion<I, O> of, GateConfig<I, O> gate, Ticker ticker) {
        spec = of.spec;
        shadow = true;
        id = of.id;
        idOptional = of.idOptional;
        backend = of.backend;
        digest = of.digest;
        model = of.model;
        callAware = of.callAware;
        async = of.async;
        knowsItsCall = of.knowsItsCall;
        flies = of.flies;
        plain = model != null && !flies && gate.tokens() == null;
        breaker = new Breaker(gate.name(), id, gate.breaker(), ticker, counts::lazy, change -> {});
        latency = null;
    }

    /** Whether its implementation can ask what its call may use. */
    boolean knowsItsCall() {
        return knowsItsCall;
    }

    /** Whether its invocations need no {@link RunningCall}. */
    boolean plain() {
        return plain;
    }

    /** Invokes a synchronous model on this thread; {@code running} is null for a plain one. */
    O invoke(I input, @Nullable RunningCall<I, O> running) throws Exception {
        if (model != null) {
            return model.answer(input);
        }
        if (callAware == null || running == null) {
            throw new IllegalStateException("version " + id + " has no synchronous implementation");
        }
        return callAware.answer(input, running);
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
