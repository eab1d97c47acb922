package io.modelgate.rollout;

import io.modelgate.Bins;
import io.modelgate.CallTally;
import io.modelgate.Caller;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.ServedCall;
import io.modelgate.control.ControlLog;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Counts how the answers of one version are spread, off the serving path: of each caller one, until it begins anew. Callers without a key
 * are counted each time. Thread-safe.
 */
final class StableTally<O> {

    private final String version;
    private final List<Metric<O>> metrics;
    private final ControlLog.Subscription heard;
    private final Met met = new Met();
    private CallTally tally;

    private StableTally(ModelGate<?, O> gate, String version) {
        this.version = version;
        metrics = gate.metrics();
        tally = empty();
        heard = gate.onServed(this::heard);
    }

    private CallTally empty() {
        return new CallTally(
                metrics.size(), IntStream.range(0, metrics.size()).boxed().collect(Collectors.toSet()), false);
    }

    /** Begins to count. */
    static <O> StableTally<O> of(ModelGate<?, O> gate, String version) {
        return new StableTally<>(gate, version);
    }

    String version() {
        return version;
    }

    private synchronized void heard(ServedCall<?, O> call) {
        if (!(call.outcome() instanceof Outcome.Answered<O> answered)
                || !answered.version().equals(version)
                || !first(call.caller())) {
            return;
        }
        for (int i = 0; i < metrics.size(); i++) {
            Metric<O> metric = metrics.get(i);
            double value = metric.of().applyAsDouble(answered.value());
            tally.value(i, (value - metric.least()) / (metric.most() - metric.least()), 1);
        }
    }

    private boolean first(Caller caller) {
        return !caller.hasKey() || met.first(caller.keyHash());
    }

    /** What was counted of a metric since it began. */
    synchronized Bins bins(int metric) {
        return tally.counts().bins(metric);
    }

    /** Forgets what was counted. */
    synchronized void clear() {
        met.clear();
        tally = empty();
    }

    void close() {
        heard.close();
    }
}
