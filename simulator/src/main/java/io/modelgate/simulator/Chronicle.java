package io.modelgate.simulator;

import io.modelgate.rollout.RolloutEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is heard of one run. Not thread-safe. */
final class Chronicle {

    /** A recording changes at each interval; nobody reads a thousand lines. */
    private static final int MOST_LINES = 60;

    private final Instant start;
    private final boolean told;
    private final List<Run.Line> lines = new ArrayList<>();
    private @Nullable Duration promoted;
    private int alerts;
    private boolean escalated;
    private @Nullable String hindered;
    private boolean moved;
    private boolean shut;

    /** Keeps a timeline only if it is to be told. */
    Chronicle(Instant start, boolean told) {
        this.start = start;
        this.told = told;
    }

    void hear(RolloutEvent event) {
        moved = true;
        if (event instanceof RolloutEvent.Promoted) {
            promoted = since(event.about().at());
            shut = false;
        } else if (event instanceof RolloutEvent.Window window) {
            shut = !window.open();
        } else if (event instanceof RolloutEvent.HeldTooLong late) {
            alerts++;
            escalated |= late.escalated();
        } else if (event instanceof RolloutEvent.Hindered) {
            hindered = event.reason();
        }
        if (told) {
            add(since(event.about().at()), what(event));
        }
    }

    private Duration since(Instant at) {
        return Duration.between(start, at);
    }

    void add(Duration at, String text) {
        if (told && lines.size() < MOST_LINES) {
            lines.add(new Run.Line(at, text));
        }
    }

    private static String what(RolloutEvent event) {
        if (event instanceof RolloutEvent.Started started) {
            return started.weight().parts() == 0 ? "started as a draft" : "started at " + started.weight();
        }
        if (event instanceof RolloutEvent.Stepped stepped) {
            return "step " + (stepped.step() + 1) + ": " + stepped.weight();
        }
        if (event instanceof RolloutEvent.Window window) {
            return (window.open() ? "window opens: " : "window closes: ") + event.reason();
        }
        String name = event.getClass()
                .getSimpleName()
                .replaceAll("(?<=.)([A-Z])", " $1")
                .toLowerCase(Locale.ROOT);
        return event.reason().isEmpty() ? name : name + ": " + event.reason();
    }

    /** Whether anything was heard since this was last asked. */
    boolean moved() {
        boolean was = moved;
        moved = false;
        return was;
    }

    /** Whether nobody goes to the candidate for the hour of the day. */
    boolean shut() {
        return shut;
    }

    @Nullable
    Duration promoted() {
        return promoted;
    }

    /** Whether a person was called a second time: nobody comes in a simulation. */
    boolean escalated() {
        return escalated;
    }

    /**
     * Makes sure that the controller could do its work, which nothing in a simulation keeps it from.
     *
     * @throws IllegalStateException if it could not
     */
    void requireUnhindered() {
        if (hindered != null) {
            throw new IllegalStateException("the controller was hindered: " + hindered);
        }
    }

    int alerts() {
        return alerts;
    }

    List<Run.Line> lines() {
        return lines;
    }
}
