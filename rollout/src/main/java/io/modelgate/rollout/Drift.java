package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;

/**
 * How far stable's answers may silently move away from how they were when a person froze them as a reference. Immutable; the methods return
 * changed copies.
 *
 * <pre>{@code
 * Drift.of("score", "approved").worseByPoints(0.1).alpha(0.01)
 * }</pre>
 *
 * @param metrics the gate's metrics, 1 to 20
 * @param points the greatest distance of the distribution functions that is allowed, above 0 and below 1
 * @param alpha how likely any process may report of an unchanged stable, over all metrics and times; above 0 and at most 0.5
 * @param escalation so long after the first report comes the second and last; 1 minute to 365 days
 * @param processes how many processes compare their own answers with the reference; α is divided by it; 1 to 10,000
 */
public record Drift(List<String> metrics, double points, double alpha, Duration escalation, int processes) {

    private static final int MOST_METRICS = 20;

    /**
     * Checks each component, and copies the list.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Drift {
        metrics = List.copyOf(metrics);
        require(
                !metrics.isEmpty()
                        && metrics.size() <= MOST_METRICS
                        && metrics.stream().distinct().count() == metrics.size(),
                "metrics",
                metrics,
                "1 to " + MOST_METRICS + " of them, each once");
        require(points > 0 && points < 1, "points", points, "a distance above 0 and below 1, 0.1 for instance");
        require(alpha > 0 && alpha <= 0.5, "alpha", alpha, "above 0 and at most 0.5, 0.01 for instance");
        require(
                escalation.compareTo(Duration.ofMinutes(1)) >= 0 && escalation.compareTo(PolicyRules.YEAR) <= 0,
                "escalation",
                escalation,
                "1 minute to 365 days");
        require(
                processes >= 1 && processes <= PolicyRules.MOST_PROCESSES,
                "processes",
                processes,
                "1 to " + PolicyRules.MOST_PROCESSES);
    }

    private static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + " of a drift is " + value + ": expected " + expected);
        }
    }

    /** At most 0.1 away, with α = 0.01 for one process and a second report after a day. */
    public static Drift of(String... metrics) {
        return new Drift(List.of(metrics), 0.1, 0.01, Duration.ofDays(1), 1);
    }

    /**
     * Allows this distance.
     *
     * @param distance above 0 and below 1: 0.1 allows that a tenth of the values lie elsewhere
     * @throws IllegalArgumentException if it is not
     */
    public Drift worseByPoints(double distance) {
        return new Drift(metrics, distance, alpha, escalation, processes);
    }

    /**
     * Reports of an unchanged stable at most this likely.
     *
     * @throws IllegalArgumentException if it is not above 0 and at most 0.5
     */
    public Drift alpha(double atMost) {
        return new Drift(metrics, points, atMost, escalation, processes);
    }

    /**
     * Reports a second time so long after the first.
     *
     * @throws IllegalArgumentException if it is not 1 minute to 365 days
     */
    public Drift escalation(Duration after) {
        return new Drift(metrics, points, alpha, after, processes);
    }

    /**
     * Divides α by how many processes serve the gate, each of which compares its own answers. Default: 1.
     *
     * @throws IllegalArgumentException if it is not 1 to 10,000
     */
    public Drift processes(int count) {
        return new Drift(metrics, points, alpha, escalation, count);
    }
}
