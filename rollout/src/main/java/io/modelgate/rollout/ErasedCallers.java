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

    /** How long a request stays, at least. */
    static final Duration KEPT = Duration.ofDays(1);

    /** Who looks this often sees each request with as much to spare. */
    private static final Duration STANDSTILL = KEPT.dividedBy(2);

    /** How long an erasure is remembered here: no call waits longer than this to be written. */
    private static final Duration REMEMBERED = KEPT;

    private final Gates gates;
    private final ExposureFolder folder;

    /** When each request that is there was seen first, by the ticker. */
    private final Map<Path, Long> requests = new HashMap<>();

    /** Up to when that which began is erased, by the ticker, of callers by their keyed hash. */
    private final Map<String, Long> erased = new HashMap<>();

    /** When each request that cannot be read was last warned of, by the ticker. */
    private final Map<Path, Long> unreadable = new HashMap<>();

    private long looked;
    private @Nullable Gap gap;

    /**
     * A time in which a request may have come and gone.
     *
     * @param from the look before it, by the ticker
     * @param until the look after it, by the ticker
     */
    private record Gap(long from, long until) {}

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
        looked = tick;
        requests.keySet().retainAll(asked.stream().map(ExposureErasure::request).toList());
        erased.values().removeIf(each -> tick - each > REMEMBERED.toNanos());
        unreadable.values().removeIf(each -> tick - each > 2 * MINUTE);
        for (ExposureErasure each : asked) {
            if (requests.putIfAbsent(each.request(), tick) == null) {
                each.callers().forEach(caller -> erased.put(caller, now));
            }
        }
        return asked;
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

    /** Whether a request has been there for so long that every process has seen it, or knows that it may have missed one. */
    boolean seenByAll(ExposureErasure asked) {
        Long first = requests.get(asked.request());
        return first != null && gates.ticker().read() - first >= KEPT.toNanos();
    }

    /** Whether what a caller met when a call began is erased by now. */
    boolean erased(String key, long began) {
        if (erased.isEmpty()) {
            return false;
        }
        Long its = erased.get(gates.identities().hash(key));
        return its != null && began - its <= 0;
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
