package io.modelgate.simulator;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How much is asked in a run, and how its versions answer, as time passes. Not thread-safe. */
final class Course {

    private final Scenario scenario;
    private final List<Scenario.Change> pending;
    private final BiConsumer<Duration, String> news;

    private long now;
    private Behaviour stable;
    private Behaviour candidate;
    private @Nullable Double traffic;
    private long turnedBad;

    /** At the start, before anything has changed. */
    Course(Scenario scenario, BiConsumer<Duration, String> news) {
        this.scenario = scenario;
        this.news = news;
        pending = new ArrayList<>(scenario.changes());
        stable = scenario.stable();
        candidate = scenario.candidate();
        turnedBad = stable.equals(candidate) ? Long.MAX_VALUE : 0;
    }

    /** Lets time pass, and changes nothing yet. */
    void pass(long nanos) {
        now += nanos;
    }

    /**
     * Changes what is due.
     *
     * @param share the candidate's share of the callers, 0 to 1
     * @return whether anything was
     */
    boolean change(double share) {
        return pending.removeIf(change -> {
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
        news.accept(time(), change.text());
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

    /** How stable answers now. */
    Behaviour stable() {
        return stable;
    }

    /** How the candidate does. */
    Behaviour candidate() {
        return candidate;
    }

    /** How many nanoseconds have passed. */
    long now() {
        return now;
    }

    Duration time() {
        return Duration.ofNanos(now);
    }

    /** How long after the start the candidate began to differ from stable; null while it has not. */
    @Nullable
    Duration turnedBad() {
        return turnedBad == Long.MAX_VALUE ? null : Duration.ofNanos(turnedBad);
    }
}
