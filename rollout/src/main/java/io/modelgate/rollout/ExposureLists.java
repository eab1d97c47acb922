package io.modelgate.rollout;

import io.modelgate.Gates;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lists that this process writes: puts calls on the one of their rollout, within the folder's bound. Guarded by the lock of their {@link ExposureKeeper}. */
final class ExposureLists {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long MEASURED_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String STOOD_STILL =
            "its exposures are not all on the list: this process stood still, and does not know who was erased meanwhile";
    private static final int LONGEST_KEY = 1_000;
    private static final int MOST_SEALED = 256;

    private final Gates gates;
    private final Notices notices;
    private final ExposureLedgerBuilder config;
    private final ExposureFolder folder;
    private final ExposureCounts counts;
    private final ErasedCallers erasedCallers;
    private final List<OpenExposures> open = new ArrayList<>();

    /** The last that were sealed, whose calls may still run; the latest last. */
    private final Deque<OpenExposures> sealed = new ArrayDeque<>();

    /** How many bytes the files of others have. */
    private long others;

    private long measured;
    private boolean stale = true;

    ExposureLists(
            Gates gates,
            Notices notices,
            ExposureLedgerBuilder config,
            ExposureFolder folder,
            ExposureCounts counts,
            ErasedCallers erasedCallers) {
        this.erasedCallers = erasedCallers;
        this.gates = gates;
        this.notices = notices;
        this.config = config;
        this.folder = folder;
        this.counts = counts;
    }

    /** Those that are open now, the latest last. */
    List<OpenExposures> all() {
        return List.copyOf(open);
    }

    Optional<OpenExposures> of(String rollout) {
        return open.stream()
                .filter(each -> each.header.rollout().equals(rollout))
                .findFirst();
    }

    /** Adds one: what its version answers from its start on is of none before it. */
    void add(OpenExposures list) {
        open.stream()
                .filter(each -> each.answers(list.header.gate(), list.header.version()))
                .forEach(OpenExposures::bound);
        open.add(list);
    }

    /** Closes one that is sealed. */
    void remove(OpenExposures list) {
        list.hold.close();
        list.writer = null;
        open.remove(list);
        sealed.add(list);
        if (sealed.size() > MOST_SEALED) {
            sealed.remove();
        }
        stale = true; // what was this process's counts with the rest
    }

    /** What other processes have in the folder is looked at now and then. */
    void measure(long tick) {
        if (!stale && tick - measured < MEASURED_NANOS) {
            return;
        }
        try {
            others = folder.bytes() - own();
            measured = tick;
            stale = false;
        } catch (IOException e) { // calls that have been taken go on their list all the same
            LOG.warn("how much {} holds cannot be told, which is tried again: {}", folder.root(), e.toString());
        }
    }

    private long own() {
        return open.stream().mapToLong(OpenExposures::bytes).sum();
    }

    /** Puts each of these on the list of its rollout, if it is of one; what is left of them if this fails is on none. */
    void put(Deque<ExposureCalls.Taken> calls) {
        for (ExposureCalls.Taken each = calls.peek(); each != null; each = calls.peek()) {
            put(each);
            calls.remove();
        }
    }

    private void put(ExposureCalls.Taken call) {
        OpenExposures to = null;
        for (OpenExposures each : open) {
            if (each.takes(call)
                    && (to == null
                            || each.from <= call.at())) { // clocks may differ: rather a rollout too early than none
                to = each;
            }
        }
        OpenExposures before = to == null || to.from > call.at() ? sealedBefore(call) : null;
        if (before != null) {
            if (!erased(call)) {
                counts.late(before, notices);
            }
            return;
        }
        if (to == null || erased(call)) {
            return; // stable's, or a caller's who is on no list any more
        }
        String caller = call.key() == null ? "" : named(call.key());
        long bytes = ExposureLines.most(caller, call.outcome());
        try {
            if (others + own() + bytes > config.mostBytes) {
                to.notTaken++;
                counts.lostBound.increment();
                return;
            }
            ExposureWriter writer = to.begin(gates.ticker());
            if (call.key() == null || erasedCallers.cannotHaveMissed(call.began(), to.begun)) {
                writer.take(caller, call.at(), call.outcome());
                counts.taken.increment();
            } else {
                to.notTaken++;
                counts.lostStandstill.increment();
                notices.exposures(to.header.gate(), to.header.rollout(), STOOD_STILL);
            }
        } catch (IOException e) {
            to.notTaken++;
            counts.lostDisk.increment();
            notices.exposures(to.header.gate(), to.header.rollout(), "its exposures cannot be written: " + e);
        }
    }

    private boolean erased(ExposureCalls.Taken call) {
        return call.key() != null && erasedCallers.erased(call.key(), call.began(), call.at());
    }

    /** The list that a call belongs on and that was sealed before it came; null if there is none. Of several the first to end: the call began before. */
    private @Nullable OpenExposures sealedBefore(ExposureCalls.Taken call) {
        return Stream.concat(sealed.stream(), open.stream().filter(each -> each.sealing != null))
                .filter(each -> each.owns(call))
                .findFirst()
                .orElse(null);
    }

    /** As the file has it: a key that is longer than any is kept as its hash, as a line has a bound. */
    private String named(String key) {
        return config.plainKeys && key.length() <= LONGEST_KEY
                ? ExposureFile.escape(key)
                : gates.identities().hash(key);
    }

    /** Writes what was put on a list; what the disk takes too long for, or does not take the last time, is given up and counted. */
    void flush(OpenExposures list, boolean last) {
        try {
            long given = list.flush(last);
            counts.lostDisk.add(given);
            if (given > 0) {
                notices.exposures(
                        list.header.gate(),
                        list.header.rollout(),
                        given + " exposures are lost: they could not be written for too long");
            }
        } catch (IOException e) {
            LOG.debug("exposures of rollout {} wait for the disk", list.header.rollout(), e);
        }
    }
}
