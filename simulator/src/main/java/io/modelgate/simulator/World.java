package io.modelgate.simulator;

import io.modelgate.CallCounts;
import io.modelgate.Cause;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Observations;
import io.modelgate.rollout.StepCounts;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The callers and the versions of one run: draws what happens in each look's time, by chance, and tells it to the controller as a
 * process would have counted it. Knows nothing of policies but what they look at. Not thread-safe.
 */
final class World implements Observations {

    private static final double SECOND = 1e9;
    private static final long UNCLAIMED = -1;

    private final Scenario scenario;
    private final Needs needs;
    private final Draws draws;
    private final Callers callers;
    private final Crowd reached = new Crowd();
    private final List<Scenario.Change> pending;
    private final BiConsumer<Duration, String> news;

    private long now;
    private Behaviour stable;
    private Behaviour candidate;
    private @Nullable Double traffic;
    private double share;

    /** The sequence number under which the present counts are asked for. */
    private long claimed = UNCLAIMED;

    private Arm stableArm;
    private Arm candidateArm;
    private @Nullable StepCounts counted;
    private long bad;
    private long turnedBad;

    /** At the start, with nobody on the candidate. */
    World(Scenario scenario, Needs needs, Draws draws, BiConsumer<Duration, String> news) {
        this.scenario = scenario;
        this.needs = needs;
        this.draws = draws;
        this.news = news;
        callers = new Callers(scenario.callers(), draws);
        pending = new ArrayList<>(scenario.changes());
        stable = scenario.stable();
        candidate = scenario.candidate();
        turnedBad = stable.equals(candidate) ? Long.MAX_VALUE : 0;
        stableArm = arm(0, 0);
        candidateArm = arm(0, 0);
        change();
    }

    /** Sets the candidate's share of the callers from now on. */
    void share(Weight weight) {
        double now = weight.parts() / (double) Weight.FULL.parts();
        if (now != share) {
            share = now;
            restart();
            change();
        }
    }

    private void restart() {
        int cohort = callers.cohort(share);
        candidateArm = arm(0, cohort);
        stableArm = arm(cohort, callers.all());
        reached.resize(Math.max(cohort, reached.seen()));
        counted = null;
        claimed = UNCLAIMED;
    }

    private Arm arm(int from, int to) {
        return new Arm(needs, callers, from, to, scenario.metrics().size(), draws);
    }

    /** Lets time pass. What changes within it changes at its end. */
    void pass(long nanos) {
        double calls = callsPerSecond() * (nanos / SECOND);
        double candidates = (double) candidateArm.callers() / callers.all();
        calls(stableArm, stable, calls * (1 - candidates), hidden(Scenario.Who.STABLE), false);
        calls(candidateArm, candidate, calls * candidates, hidden(Scenario.Who.CANDIDATE), true);
        now += nanos;
        counted = null;
        change();
    }

    private double callsPerSecond() {
        if (traffic != null) {
            return traffic;
        }
        List<Double> hours = scenario.traffic();
        return hours.size() == 1
                ? hours.get(0)
                : hours.get(
                        scenario.start().plusNanos(now).atOffset(ZoneOffset.UTC).getHour());
    }

    private boolean hidden(Scenario.Who who) {
        for (Scenario.Missing missing : scenario.missing()) {
            if (missing.hides(who, now)) {
                return true;
            }
        }
        return false;
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

    private void change() {
        pending.removeIf(change -> {
            boolean due = change.atNanos() >= 0 ? change.atNanos() <= now : share > 0 && change.atWeight() <= share;
            if (due) {
                apply(change);
            }
            return due;
        });
    }

    private void apply(Scenario.Change change) {
        if (change.traffic() != null) {
            traffic = change.traffic();
        }
        if (change.who() != Scenario.Who.CANDIDATE) {
            stable = stable.shifted(change.shift());
        }
        if (change.who() != Scenario.Who.STABLE) {
            candidate = candidate.shifted(change.shift());
        }
        if (turnedBad == Long.MAX_VALUE && !stable.equals(candidate)) {
            turnedBad = now;
        }
        news.accept(now(), change.text());
    }

    /** What was counted at the present weight. */
    @Override
    public StepCounts counts(ModelGate<?, ?> gate, String rollout, long since) {
        if (claimed != since && claimed != UNCLAIMED) {
            restart(); // the same weight, and yet counted anew
        }
        claimed = since;
        if (counted == null) {
            counted = new StepCounts(stableArm.counts(), candidateArm.counts(), CallCounts.NONE, reached.seen());
        }
        return counted;
    }

    Duration now() {
        return Duration.ofNanos(now);
    }

    /** The bad answers of the candidate so far: misses, and answers that are bad in truth. */
    long bad() {
        return bad;
    }

    /** How long after the start the candidate began to differ from stable; null while it has not. */
    @Nullable
    Duration turnedBad() {
        return turnedBad == Long.MAX_VALUE ? null : Duration.ofNanos(turnedBad);
    }
}
