package io.modelgate.simulator;

import io.modelgate.CallCounts;
import io.modelgate.Cause;
import io.modelgate.rollout.ArmCounts;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.StepCounts;
import java.util.EnumMap;
import java.util.Map;

/** The callers of one group, or all where there are no groups: who of them is in which arm, and what their calls came to. Not thread-safe. */
final class Population {

    private final String group;
    private final double share;
    private final Needs needs;
    private final int metrics;
    private final Draws draws;
    private final Callers callers;
    private final Crowd reached = new Crowd();
    private Arm stableArm;
    private Arm candidateArm;
    private Behaviour stable;
    private Behaviour candidate;
    private long bad;

    /**
     * With nobody on the candidate.
     *
     * @param group the group's name; empty where there are none
     * @param share its share of all callers
     * @param scenario what happens
     */
    Population(String group, double share, Scenario scenario, Needs needs, Draws draws) {
        this.group = group;
        this.share = share;
        this.needs = needs;
        this.draws = draws;
        metrics = scenario.metrics().size();
        callers = new Callers(Math.max(1, (int) Math.round(scenario.callers() * share)), draws);
        stable = scenario.stable().of(group);
        candidate = scenario.candidate().of(group);
        stableArm = arm(0, 0);
        candidateArm = arm(0, 0);
    }

    String group() {
        return group;
    }

    void behave(Behaviour ofStable, Behaviour ofCandidate) {
        stable = ofStable.of(group);
        candidate = ofCandidate.of(group);
    }

    /** Counts anew, with a share of the callers on the candidate. */
    void restart(double weight) {
        int cohort = callers.cohort(weight);
        candidateArm = arm(0, cohort);
        stableArm = arm(cohort, callers.all());
        reached.resize(Math.max(cohort, reached.seen()));
    }

    private Arm arm(int from, int to) {
        return new Arm(needs, callers, from, to, metrics, draws);
    }

    /**
     * Lets calls come in.
     *
     * @param expected how many of all callers may be expected
     * @param stableHidden whether stable's are not counted
     * @param candidateHidden whether the candidate's are not
     */
    void pass(double expected, boolean stableHidden, boolean candidateHidden) {
        double calls = expected * share;
        double candidates = (double) candidateArm.callers() / callers.all();
        calls(stableArm, stable, calls * (1 - candidates), stableHidden, false);
        calls(candidateArm, candidate, calls * candidates, candidateHidden, true);
    }

    private void calls(Arm arm, Behaviour behaviour, double expected, boolean hidden, boolean candidates) {
        if (arm.callers() == 0 || expected == 0) {
            return;
        }
        double answers = expected * behaviour.answered();
        long secretlyBad = draws.poisson(answers * behaviour.bad());
        long answered = secretlyBad + draws.poisson(answers * (1 - behaviour.bad()));
        long missed = 0;
        for (Cause cause : Cause.values()) {
            long times = draws.poisson(expected * behaviour.missed().getOrDefault(cause, 0.0));
            missed += times;
            if (!hidden) {
                arm.missed(cause, times);
            }
        }
        if (!hidden) {
            arm.answered(answered, behaviour);
        }
        if (candidates) {
            bad += missed + secretlyBad;
            reached.call(answered, draws);
        }
    }

    StepCounts counts() {
        return new StepCounts(stableArm.counts(), candidateArm.counts(), CallCounts.NONE, reached.seen());
    }

    /** The bad answers of the candidate so far. */
    long bad() {
        return bad;
    }

    /** What two groups counted together. */
    static StepCounts sum(StepCounts one, StepCounts other) {
        return new StepCounts(
                sum(one.stable(), other.stable()),
                sum(one.candidate(), other.candidate()),
                CallCounts.NONE,
                one.reached() + other.reached());
    }

    private static ArmCounts sum(ArmCounts one, ArmCounts other) {
        Map<Rate, Long> missed = new EnumMap<>(Rate.class);
        missed.putAll(one.missed());
        other.missed().forEach((rate, callers) -> missed.merge(rate, callers, Long::sum));
        return new ArmCounts(
                one.calls().plus(other.calls()),
                one.firstCalls().plus(other.firstCalls()),
                one.callers() + other.callers(),
                one.units() + other.units(),
                missed);
    }
}
