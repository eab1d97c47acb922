package io.modelgate.simulator;

import io.modelgate.CallCounts;
import io.modelgate.Cause;
import io.modelgate.rollout.ArmCounts;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.StepCounts;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The callers of one group, or all where there are no groups: who of them is in which arm, and what their calls came to. Not thread-safe. */
final class Population {

    private final String group;
    private final double share;
    private final Needs needs;
    private final int metrics;
    private final int labels;
    private final Truth truth;
    private final Draws draws;
    private final Callers callers;
    private final Crowd reached = new Crowd();
    private Arm stableArm;
    private Arm candidateArm;
    private Behaviour stable;
    private Behaviour candidate;
    private long bad;

    /** The share of the callers who get the candidate and are not counted. */
    private double outside;

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
        labels = scenario.labels().size();
        truth = new Truth(needs.metrics() ? scenario.labels() : List.of(), metrics, draws);
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

    /**
     * Counts anew, with a share of the callers on the candidate.
     *
     * @param weight the share
     * @param range the share of the callers of whom any is counted: in an exclusion group the others may have another candidate. A weight
     *     beyond it is that after a promotion, which goes to the others too
     */
    void restart(double weight, double range) {
        int counted = callers.cohort(range);
        int cohort = callers.cohort(weight <= range ? weight : range - (1 - weight));
        outside = weight <= range ? 0 : 1 - (double) counted / callers.all();
        candidateArm = arm(0, cohort);
        stableArm = arm(cohort, counted);
        reached.resize(Math.max(weight <= range ? cohort : callers.all(), reached.seen()));
    }

    private Arm arm(int from, int to) {
        return new Arm(needs, callers, from, to, metrics, labels, draws);
    }

    /**
     * Lets calls come in.
     *
     * @param now until when, in nanoseconds after the start
     * @param expected how many of all callers may be expected
     * @param stableHidden whether stable's are not counted
     * @param candidateHidden whether the candidate's are not
     */
    void pass(long now, double expected, boolean stableHidden, boolean candidateHidden) {
        double calls = expected * share;
        double candidates = (double) candidateArm.callers() / callers.all();
        double stables = (double) stableArm.callers() / callers.all();
        calls(stableArm, stable, calls * stables, stableHidden, false, now);
        calls(candidateArm, candidate, calls * candidates, candidateHidden, true, now);
        calls(candidateArm, candidate, calls * outside, true, true, now);
        truth.give(stableArm, candidateArm, now);
    }

    private void calls(Arm arm, Behaviour behaviour, double expected, boolean hidden, boolean candidates, long now) {
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
            truth.answered(candidates, arm, behaviour, answered, now);
        }
        if (candidates) {
            bad += missed + secretlyBad;
            reached.call(answered, draws);
        }
    }

    StepCounts counts() {
        return new StepCounts(stableArm.counts(), candidateArm.counts(), CallCounts.NONE, reached.seen());
    }

    /** How many callers the candidate has answered. */
    long reached() {
        return reached.seen();
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
