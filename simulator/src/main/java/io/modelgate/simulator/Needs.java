package io.modelgate.simulator;

import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Unit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a policy looks at, so that nothing else needs to be drawn. Immutable.
 *
 * @param latencies whether each call's latency
 * @param metrics whether the metrics
 * @param firstCalls whether a caller's first call
 * @param callerRates the rates that count callers
 * @param spread the numbers of the metrics of which it is looked at how they are spread
 */
record Needs(boolean latencies, boolean metrics, boolean firstCalls, Set<Rate> callerRates, Set<Integer> spread) {

    /** Of a policy over a gate with these metrics. */
    static Needs of(RolloutPolicy policy, List<String> names) {
        boolean latencies = false;
        boolean metrics = false;
        boolean firstCalls = false;
        Set<Integer> spread = new HashSet<>();
        Set<Rate> callerRates = EnumSet.noneOf(Rate.class);
        for (Guardrail guardrail : policy.guardrails()) {
            boolean custom = guardrail.kind() == Guardrail.Kind.CUSTOM;
            boolean latency = guardrail.kind() == Guardrail.Kind.LATENCY;
            boolean mean = guardrail.metric() != null;
            latencies |= latency || custom;
            metrics |= mean || custom;
            firstCalls |= guardrail.unit() == Unit.CALLER && (latency || mean);
            if (guardrail.kind() == Guardrail.Kind.DISTRIBUTION) {
                spread.add(names.indexOf(guardrail.metric()));
            }
            if (guardrail.rate() != null && guardrail.unit() == Unit.CALLER) {
                callerRates.add(guardrail.rate());
            }
        }
        return new Needs(latencies, metrics, firstCalls, callerRates, spread);
    }
}
