package io.modelgate.simulator;

import io.modelgate.Cause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a version answers. Immutable.
 *
 * @param missed the shares of its calls that it does not answer, by cause; together at most 1
 * @param latency the spread of the answered calls' latency, in nanoseconds
 * @param metrics the spread of each metric, scaled to 0 at its least and 1 at its most
 * @param bad the share of its answers that are bad in truth, though nothing counts them as missed
 * @param groups what is otherwise for the callers of a group
 */
record Behaviour(
        Map<Cause, Double> missed, Spread latency, List<Spread> metrics, double bad, Map<String, Shift> groups) {

    Behaviour {
        missed = Map.copyOf(missed);
        metrics = List.copyOf(metrics);
        groups = Map.copyOf(groups);
    }

    /** The share of the calls that it answers. */
    double answered() {
        return 1 - missed.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /**
     * What of a behaviour is another from some moment on. Immutable.
     *
     * @param missed all shares anew; null leaves them
     * @param latency null leaves it
     * @param metrics by number; one that is not named stays
     * @param bad null leaves it
     * @param groups what is otherwise for a group from then on; one that is not named stays
     */
    record Shift(
            @Nullable Map<Cause, Double> missed,
            @Nullable Spread latency,
            Map<Integer, Spread> metrics,
            @Nullable Double bad,
            Map<String, Shift> groups) {}

    /** How it answers the callers of a group. */
    Behaviour of(String group) {
        Shift otherwise = groups.get(group);
        return otherwise == null ? this : shifted(otherwise);
    }

    Behaviour shifted(Shift shift) {
        List<Spread> shifted = new ArrayList<>(metrics);
        shift.metrics().forEach(shifted::set);
        Map<String, Shift> otherwise = new HashMap<>(groups);
        otherwise.putAll(shift.groups());
        return new Behaviour(
                shift.missed() == null ? missed : shift.missed(),
                shift.latency() == null ? latency : shift.latency(),
                shifted,
                shift.bad() == null ? bad : shift.bad(),
                otherwise);
    }
}
