package io.modelgate.simulator;

import io.modelgate.ModelGate;
import io.modelgate.rollout.Group;
import io.modelgate.rollout.Observations;
import io.modelgate.rollout.StepCounts;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final List<Population> populations = new ArrayList<>();
    private final List<Scenario.Change> pending;
    private final BiConsumer<Duration, String> news;

    private long now;
    private Behaviour stable;
    private Behaviour candidate;
    private @Nullable Double traffic;
    private double share;
    private boolean shut;

    /** The sequence number under which the present counts are asked for. */
    private long claimed = UNCLAIMED;

    private @Nullable StepCounts counted;
    private long turnedBad;

    /** At the start, with nobody on the candidate. */
    World(Scenario scenario, Needs needs, Draws draws, BiConsumer<Duration, String> news) {
        this.scenario = scenario;
        this.news = news;
        if (scenario.groups().isEmpty()) {
            populations.add(new Population("", 1, scenario, needs, draws));
        }
        scenario.groups()
                .forEach((group, share) -> populations.add(new Population(group, share, scenario, needs, draws)));
        pending = new ArrayList<>(scenario.changes());
        stable = scenario.stable();
        candidate = scenario.candidate();
        turnedBad = stable.equals(candidate) ? Long.MAX_VALUE : 0;
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

    /** Nobody gets the candidate for a while, nothing is counted, and the cohort and what was counted stay. */
    void shut(boolean now) {
        shut = now;
    }

    /** The share of the callers that the candidate gets now. */
    double candidateShare() {
        return shut ? 0 : share;
    }

    private void restart() {
        populations.forEach(each -> each.restart(share, scenario.share()));
        counted = null;
        claimed = UNCLAIMED;
    }

    /** Lets time pass. What changes within it changes at its end. */
    void pass(long nanos) {
        double calls = callsPerSecond() * (nanos / SECOND);
        boolean stableHidden = hidden(Scenario.Who.STABLE);
        boolean candidateHidden = hidden(Scenario.Who.CANDIDATE);
        now += nanos;
        if (!shut) {
            populations.forEach(each -> each.pass(now, calls, stableHidden, candidateHidden));
        }
        counted = null;
        change();
    }

    double callsPerSecond() {
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
        populations.forEach(each -> each.behave(stable, candidate));
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
            counted = counts();
        }
        return counted;
    }

    private StepCounts counts() {
        if (scenario.groups().isEmpty()) {
            return populations.get(0).counts();
        }
        Map<Group, StepCounts> groups = new HashMap<>();
        populations.forEach(each -> groups.put(new Group(scenario.attribute(), each.group()), each.counts()));
        StepCounts all = groups.values().stream().reduce(Population::sum).orElseThrow();
        return new StepCounts(all.stable(), all.candidate(), all.byRule(), all.reached(), groups);
    }

    Duration now() {
        return Duration.ofNanos(now);
    }

    /** The bad answers of the candidate so far: misses, and answers that are bad in truth. */
    long bad() {
        return populations.stream().mapToLong(Population::bad).sum();
    }

    /** How many callers the candidate has answered. */
    long reached() {
        return populations.stream().mapToLong(Population::reached).sum();
    }

    /** How long after the start the candidate began to differ from stable; null while it has not. */
    @Nullable
    Duration turnedBad() {
        return turnedBad == Long.MAX_VALUE ? null : Duration.ofNanos(turnedBad);
    }
}
