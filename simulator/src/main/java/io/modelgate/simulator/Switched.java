package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.BlueGreen;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.SmokeFailedException;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Replays a switch from one version to another as a whole, and the switch back, by the pair that runs in production: smoke calls, entries of a
 * control log in memory, and each of the callers' calls at the gate. After each switch the gate is asked whom a few hundred callers would get, and
 * each call must be answered for by the version that serves. Thread-safe.
 */
final class Switched {

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** So long it is watched that nobody gets a version that was switched back. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(1);

    private static final Actor PERSON = Actor.of("simulator");

    private final Scenario scenario;
    private final Setting.Switching switching;
    private final Duration limit;
    private final long seed;

    /**
     * A replay.
     *
     * @throws BadFileException if the scenario switches nothing, or after its end
     */
    Switched(Scenario scenario, long seed) {
        Setting.Switching told = scenario.setting().switching();
        Duration duration = scenario.duration();
        String named = "scenario " + Quantity.quote(scenario.name());
        if (told == null) {
            throw new BadFileException(named + " has no blueGreen: add one, or simulate it under a policy");
        }
        if (duration == null) {
            throw new BadFileException(named + " has no duration: add one, as nothing else says when a switch ends");
        }
        if (told.at().compareTo(duration) >= 0) {
            throw new BadFileException(named + " has its switchAt " + told.at()
                    + " after the start, and its duration is " + duration + ": expected a longer one");
        }
        AtTheGate.require(scenario);
        this.scenario = scenario;
        this.seed = seed;
        switching = told;
        limit = duration;
    }

    Scenario scenario() {
        return scenario;
    }

    long seed() {
        return seed;
    }

    /**
     * What came of one run. Immutable.
     *
     * @param failed what was wrong with the smoke calls; null if nothing was
     * @param toSwitch how long the switch took, smoke calls included; null if they failed
     * @param turnedBad when the candidate turned bad; null if it did not
     * @param back when it was switched back, after the start; null if it was not
     * @param toBack how long it had served while it was bad; null likewise
     * @param bad the bad answers that it gave callers
     * @param reached how many callers it answered
     * @param reachedWhileBad how many of them once it had turned bad
     * @param timeline what happened when
     */
    record Result(
            @Nullable String failed,
            @Nullable Duration toSwitch,
            @Nullable Duration turnedBad,
            @Nullable Duration back,
            @Nullable Duration toBack,
            long bad,
            long reached,
            long reachedWhileBad,
            List<Run.Line> timeline) {

        Result {
            timeline = List.copyOf(timeline);
        }
    }

    /** The run with this number, always the same. */
    Result run(int number) {
        ManualTime time = new ManualTime(scenario.start());
        List<Run.Line> lines = new ArrayList<>();
        BiConsumer<Duration, String> news = (at, text) -> lines.add(new Run.Line(at, text));
        try (Gates gates = Gates.open(g -> g.ticker(time)
                        .instants(time)
                        .scheduler(time)
                        .executor(Runnable::run)
                        .eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().executor(Runnable::run))) {
            AtTheGate calls = new AtTheGate(scenario, gates, Beside.FIRST, new Draws(seed, number), news);
            try (BlueGreen<Object, Object> pair = rollouts.blueGreen(
                    calls.gate(),
                    "stable",
                    "candidate",
                    b -> switching.smoke().forEach(each -> b.smoke(each.name(), each, each::passes)))) {
                return new OneRun(time, calls, pair, news).run(lines);
            }
        }
    }

    /** Carries out one of them. */
    private final class OneRun {

        private final ManualTime time;
        private final AtTheGate calls;
        private final BlueGreen<Object, Object> pair;
        private final BiConsumer<Duration, String> news;
        private final Probes probes;

        OneRun(ManualTime time, AtTheGate calls, BlueGreen<Object, Object> pair, BiConsumer<Duration, String> news) {
            this.time = time;
            this.calls = calls;
            this.pair = pair;
            this.news = news;
            probes = new Probes(calls.gate());
            calls.unheard(this::pass); // callers go on calling while somebody waits for a smoke call
        }

        Result run(List<Run.Line> lines) {
            served("stable");
            passUntil(switching.at());
            Duration before = calls.now();
            try {
                pair.switchTo("candidate", PERSON, "simulated");
            } catch (SmokeFailedException e) {
                return failed(String.valueOf(e.getMessage()), lines);
            }
            Duration switched = calls.now();
            served("candidate");
            news.accept(
                    switched,
                    "switched to the candidate, smoke calls included in "
                            + switched.minus(before).toMillis() + " ms");
            Duration since = switchBack(switched);
            Duration back = null;
            Duration toBack = null;
            if (since != null) {
                back = calls.now();
                toBack = back.minus(since);
                served("stable");
                news.accept(back, "switched back");
                passUntil(back.plus(AFTERWARDS));
            }
            return new Result(
                    null,
                    switched.minus(before),
                    calls.turnedBad(),
                    back,
                    toBack,
                    calls.bad(),
                    calls.reached(),
                    calls.answeredWhileBad(),
                    lines);
        }

        private Result failed(String why, List<Run.Line> lines) {
            news.accept(calls.now(), why);
            served("stable");
            passUntil(calls.now().plus(AFTERWARDS));
            return new Result(
                    why,
                    null,
                    calls.turnedBad(),
                    null,
                    null,
                    calls.bad(),
                    calls.reached(),
                    calls.answeredWhileBad(),
                    lines);
        }

        /** Since when the version that was switched back had been bad for those whom it served; null if nobody switched back. */
        private @Nullable Duration switchBack(Duration switched) {
            while (calls.now().compareTo(limit) < 0) {
                Duration bad = calls.turnedBad();
                Duration since = bad == null || bad.compareTo(switched) > 0 ? bad : switched;
                if (since != null && calls.now().compareTo(since.plus(switching.back())) >= 0) {
                    pair.switchBack(PERSON, "simulated");
                    return since;
                }
                pass(LOOK);
            }
            return null;
        }

        /** From now on this version serves everybody, at once. */
        private void served(String version) {
            calls.everybody(version);
            probes.requireEverybody(version);
        }

        private void passUntil(Duration then) {
            while (calls.now().compareTo(then) < 0) {
                Duration left = then.minus(calls.now());
                pass(left.compareTo(LOOK) < 0 ? left : LOOK);
            }
        }

        private void pass(Duration length) {
            calls.pass(length.toNanos());
            time.advance(length);
        }
    }
}
