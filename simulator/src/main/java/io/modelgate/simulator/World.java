package io.modelgate.simulator;

import io.modelgate.ModelGate;
import io.modelgate.rollout.Group;
import io.modelgate.rollout.Observations;
import io.modelgate.rollout.StepCounts;
import io.modelgate.rollout.Weight;
import java.time.Duration;
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
final class World implements Calls, Observations {

    private static final double SECOND = 1e9;
    private static final long UNCLAIMED = -1;

    private final Scenario scenario;
    private final Course course;
    private final List<Population> populations = new ArrayList<>();

    private double share;
    private boolean shut;

    /** The sequence number under which the present counts are asked for. */
    private long claimed = UNCLAIMED;

    private @Nullable StepCounts counted;

    /** At the start, with nobody on the candidate. */
    World(Scenario scenario, Needs needs, Draws draws, BiConsumer<Duration, String> news) {
        this.scenario = scenario;
        course = new Course(scenario, news);
        if (scenario.groups().isEmpty()) {
            populations.add(new Population("", 1, scenario, needs, draws));
        }
        scenario.groups()
                .forEach((group, share) -> populations.add(new Population(group, share, scenario, needs, draws)));
        change();
    }

    @Override
    public void share(Weight weight) {
        double now = weight.parts() / (double) Weight.FULL.parts();
        if (now != share) {
            share = now;
            restart();
            change();
        }
    }

    @Override
    public void shut(boolean now) {
        shut = now;
    }

    @Override
    public double candidateShare() {
        return shut ? 0 : share;
    }

    private void restart() {
        populations.forEach(each -> each.restart(share, scenario.share()));
        counted = null;
        claimed = UNCLAIMED;
    }

    @Override
    public void pass(long nanos) {
        double calls = callsPerSecond() * (nanos / SECOND);
        boolean stableHidden = hidden(Scenario.Who.STABLE);
        boolean candidateHidden = hidden(Scenario.Who.CANDIDATE);
        course.pass(nanos);
        if (!shut) {
            populations.forEach(each -> each.pass(course.now(), calls, stableHidden, candidateHidden));
        }
        counted = null;
        change();
    }

    @Override
    public double callsPerSecond() {
        return course.callsPerSecond();
    }

    private boolean hidden(Scenario.Who who) {
        for (Scenario.Missing missing : scenario.missing()) {
            if (missing.hides(who, course.now())) {
                return true;
            }
        }
        return false;
    }

    private void change() {
        if (course.change(share)) {
            populations.forEach(each -> each.behave(course.stable(), course.candidate()));
        }
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

    @Override
    public Duration now() {
        return course.time();
    }

    @Override
    public long bad() {
        return populations.stream().mapToLong(Population::bad).sum();
    }

    @Override
    public long reached() {
        return populations.stream().mapToLong(Population::reached).sum();
    }

    @Override
    public @Nullable Duration turnedBad() {
        return course.turnedBad();
    }
}
