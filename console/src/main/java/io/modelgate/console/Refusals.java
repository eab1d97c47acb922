package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.Decision;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refused attempts into the control log: the first of a kind at once, and how many followed it within the minute when that is over. So a
 * flood leaves about a hundred entries a minute and hides nobody. Entries are appended off the thread that asks. Thread-safe.
 */
final class Refusals implements AutoCloseable {

    /** The type of the entries. Their data: {@code method}, {@code route}, {@code status}, {@code count}. */
    static final String TYPE = "console-refused";

    /** Who made an attempt that nobody was authenticated for. */
    static final Actor NOBODY = new Actor("nobody", "unauthenticated");

    /** Whom attempts are ascribed to that are more of a kind than are told apart. */
    static final Actor SEVERAL = new Actor("several", "not-told-apart");

    /** How many kinds within a minute are told apart; each makes two entries at most. */
    static final int MOST_KINDS = 50;

    /** How many of them may be nobody's, so that strangers never crowd out what an operator tried. */
    static final int MOST_KINDS_OF_NOBODY = 20;

    /** How many may be one operator's, so that none crowds out the others. */
    static final int MOST_KINDS_OF_AN_ACTOR = 15;

    static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT");

    private final Gates gates;
    private final Executor executor;
    private final IntConsumer meter;
    private final RefusalEntries entries;
    private final Map<Kind, Long> more = new LinkedHashMap<>();
    private final Map<Actor, Integer> kinds = new HashMap<>();
    private long others;
    private boolean counting;
    private boolean closed;

    /** Attempts that are counted together. */
    private record Kind(Actor actor, String method, String route, int status) {}

    /**
     * Begins with none.
     *
     * @param executor what appends; one task at a time, in order
     * @param meter is told the status of each
     */
    Refusals(Gates gates, Executor executor, IntConsumer meter) {
        this.gates = gates;
        this.executor = executor;
        this.meter = meter;
        entries = new RefusalEntries(gates, executor);
    }

    /**
     * Records an attempt. Does not wait.
     *
     * @param route its pattern: never what whoever asked wrote
     */
    void add(Actor actor, String method, String route, int status) {
        meter.accept(status);
        Kind kind = new Kind(actor, METHODS.contains(method) ? method : "other", route, status);
        synchronized (this) {
            if (closed) {
                return;
            }
            if (!counting) {
                counting = true;
                gates.scheduler().schedule(this::minuteOver, MINUTE);
                LOG.warn(
                        "the console refused {} {} with {}; what else it refuses within a minute is in the control log",
                        kind.method(),
                        kind.route(),
                        kind.status());
            }
            Long before = more.get(kind);
            if (before != null) {
                more.put(kind, before + 1);
            } else if (more.size() < MOST_KINDS && kinds.getOrDefault(actor, 0) < most(actor)) {
                kinds.merge(actor, 1, Integer::sum);
                more.put(kind, 0L);
                append(decision(kind, 1));
            } else {
                others++;
            }
        }
    }

    private static int most(Actor actor) {
        return actor.equals(NOBODY) ? MOST_KINDS_OF_NOBODY : MOST_KINDS_OF_AN_ACTOR;
    }

    private void minuteOver() {
        synchronized (this) {
            if (closed) {
                return;
            }
            sumUp();
        }
    }

    /** Under the lock. */
    private void sumUp() {
        more.forEach((kind, count) -> {
            if (count > 0) {
                append(decision(kind, count));
            }
        });
        if (others > 0) {
            append(decision(new Kind(SEVERAL, "other", "any", 0), others));
        }
        more.clear();
        kinds.clear();
        others = 0;
        counting = false;
    }

    private void append(Decision decision) {
        executor.execute(() -> entries.append(decision));
    }

    /** Sends what was counted on its way. */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                sumUp();
            }
        }
    }

    private Decision decision(Kind kind, long count) {
        return gates.decision(
                "refused-" + UUID.randomUUID(),
                TYPE,
                Decision.FLEET,
                kind.actor(),
                "",
                Map.of("method", kind.method(), "route", kind.route(), "status", (long) kind.status(), "count", count));
    }
}
