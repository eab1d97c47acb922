package io.modelgate.rollout;

import io.modelgate.Metric;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the guardrails of a policy want counted beside the calls themselves. Immutable.
 *
 * @param firstCalls whether each caller's first call at a weight is counted by itself
 * @param spread the metrics of which it is kept how their values are spread
 * @param groupings the attributes by which there are groups
 */
record Wanted(boolean firstCalls, Set<String> spread, List<Grouping> groupings) {

    Wanted {
        spread = Set.copyOf(spread);
        groupings = List.copyOf(groupings);
    }

    /** First calls or not, and nothing else. */
    static Wanted calls(boolean firstCalls) {
        return new Wanted(firstCalls, Set.of(), List.of());
    }

    static Wanted by(RolloutPolicy policy) {
        Set<String> spread = new HashSet<>();
        for (Guardrail guardrail : policy.guardrails()) {
            String metric = guardrail.metric();
            if (guardrail.kind() == Guardrail.Kind.DISTRIBUTION && metric != null) {
                spread.add(metric);
            }
        }
        return new Wanted(
                policy.guardrails().stream().anyMatch(Wanted::countsFirstCalls),
                spread,
                Grouping.of(policy.guardrails()));
    }

    static boolean countsFirstCalls(Guardrail guardrail) {
        return guardrail.unit() == Unit.CALLER
                && switch (guardrail.kind()) {
                    case LATENCY, MEAN, GROUP_RATIO, DISTRIBUTION -> true;
                    case RATE, SAMPLE_RATIO, CUSTOM -> false;
                };
    }

    /** The numbers of the metrics among these of which it is kept how their values are spread. */
    Set<Integer> spread(List<? extends Metric<?>> metrics) {
        return numbers(spread, metrics);
    }

    /** The numbers of the metrics among these that have one of the names. */
    static Set<Integer> numbers(Set<String> names, List<? extends Metric<?>> metrics) {
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < metrics.size(); i++) {
            if (names.contains(metrics.get(i).name())) {
                numbers.add(i);
            }
        }
        return numbers;
    }
}
