package io.modelgate.rollout;

import io.modelgate.Gates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has been erased lately: what a process had heard of them before, and not written yet, is not written after. A request stays in the folder for a
 * while although nobody's file waits for it, so that a process that has none yet comes to see it; one that stood still for so long that it may have missed a
 * request writes nothing that it had heard before into a file that was not there. Under the lock of the {@link ExposureKeeper}.
 */
final class ErasedCallers {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** How long a request stays, at least: by the clock since it was asked for, or by the ticker since it was seen. */
    static final Duration KEPT = Duration.ofDays(1);

    /** Its day is over by the clock once it has been so for this long by the ticker. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    /** A request that was not there at a look so short a time ago is new. */
    private static final Duration JUST_NOW = Duration.ofMinutes(1);

    /** Who looks this often sees each request with as much to spare. */
    private static final Duration STANDSTILL = KEPT.dividedBy(2);

    /** How long an erasure is remembered here: no call waits longer than this to be written. */
    private static final Duration REMEMBERED = KEPT;

    private final Gates gates;
    private final ExposureFolder folder;

    /** The requests that are there. */
    private final Map<Path, Seen> requests = new HashMap<>();

    /** Up to when that which began is erased, of callers by their keyed hash. */
    private final Map<String, Until> erased = new HashMap<>();

    /** When each request that cannot be read was last warned of, by the ticker. */
    private final Map<Path, Long> unreadable = new HashMap<>();

    private long looked;
    private boolean begun;
    private @Nullable Gap gap;

    /**
     * A time in which a request may have come and gone.
     *
     * @param from the look before it, by the ticker
     * @param until the look after it, by the ticker
     */
    private record Gap(long from, long until) {}

    /**
     * A request.
     *
     * @param first when it was seen first, by the ticker
     * @param justNow whether it had come just then: all that this process had heard and written was there before it
     * @param over since when its day has been over by the clock, by the ticker
     */
    private record Seen(
            long first, boolean justNow, @Nullable Long over) {

        Seen at(long tick, boolean dayIsOver) {
            return new Seen(first, justNow, !dayIsOver ? null : over == null ? Long.valueOf(tick) : over);
        }
    }

    /**
     * Both have to hold of a call: clocks differ, and a process that starts sees what was asked for hours ago.
     *
     * @param began when it began at the latest, by the ticker
     * @param at when it began at the latest, by the clock, in milliseconds since 1970
     */
    private record Until(long began, long at) {

        Until later(Until other) {
            return new Until(Math.max(began, other.began), Math.max(at, other.at));
        }
    }

    /** Before any call is heard of. */
    ErasedCallers(Gates gates, ExposureFolder folder) {
        this.gates = gates;
        this.folder = folder;
        looked = gates.ticker().read();
    }

    /** Looks which requests there are, and returns them. */
    List<ExposureErasure> look() throws IOException {
        long tick = gates.ticker().read();
        List<ExposureErasure> asked = ExposureErasure.asked(folder.root(), this::cannotBeRead);
        long now = gates.ticker().read();
        if (tick - looked > STANDSTILL.toNanos()) {
            gap = new Gap(looked, now);
        }
        boolean justNow = begun && tick - looked <= JUST_NOW.toNanos();
        begun = true;
        looked = tick;
        requests.keySet().retainAll(asked.stream().map(ExposureErasure::request).toList());
        erased.values().removeIf(each -> tick - each.began() > REMEMBERED.toNanos());
        unreadable.values().removeIf(each -> tick - each > 2 * MINUTE);
        for (ExposureErasure each : asked) {
            Seen seen = requests.get(each.request());
            if (seen == null) {
                seen = new Seen(tick, justNow, null);
                Until until = new Until(now, justNow ? Long.MAX_VALUE : each.until());
                each.callers().forEach(caller -> erased.merge(caller, until, Until::later));
            }
            requests.put(each.request(), seen.at(tick, !each.at().plus(KEPT).isAfter(gates.now())));
        }
        return asked;
    }

    /** Whether a request had come just then when this looked last, so that nothing of this process is younger. */
    boolean cameJustNow(ExposureErasure asked) {
        Seen seen = requests.get(asked.request());
        return seen != null && seen.justNow() && seen.first() == looked;
    }

    /** Whoever asked for it was told that the caller is erased, so that a person has to see to it. */
    private void cannotBeRead(Path request, IOException why) {
        long tick = gates.ticker().read();
        Long warned = unreadable.get(request);
        if (warned == null || tick - warned >= MINUTE) {
            unreadable.put(request, tick);
            LOG.warn(
                    "{} may ask for a caller to be erased and cannot be read: {}; ask for the erasure again and delete it",
                    request,
                    why.toString());
        }
    }

    /** Whether a request has been there for so long, that every process has seen it, or knows that it may have missed one. */
    boolean seenByAll(ExposureErasure asked) {
        Seen seen = requests.get(asked.request());
        if (seen == null) {
            return false;
        }
        long tick = gates.ticker().read();
        Long over = seen.over();
        return tick - seen.first() >= KEPT.toNanos() || (over != null && tick - over >= CLOCKS_DIFFER.toNanos());
    }

    /**
     * Whether what a caller met is erased by now.
     *
     * @param began when the call began, by the ticker
     * @param at when it began, by the clock, in milliseconds since 1970
     */
    boolean erased(String key, long began, long at) {
        if (erased.isEmpty()) {
            return false;
        }
        Until its = erased.get(gates.identities().hash(key));
        return its != null && began - its.began() <= 0 && at <= its.at();
    }

    /**
     * Whether it is certain that the caller of a call was not erased by a request that this process has missed. One that came while the process's file was there
     * waits for its answer.
     *
     * @param began when the call began, by the ticker
     * @param file since when there is a file to take it, by the ticker
     */
    boolean cannotHaveMissed(long began, long file) {
        boolean hangs = file - looked
                > STANDSTILL.toNanos(); // making the file hung since the last look: a request may have come and gone
        return !hangs && (gap == null || began - gap.until() > 0 || file - gap.from() <= 0);
    }
}
