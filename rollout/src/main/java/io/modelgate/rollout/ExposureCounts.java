package io.modelgate.rollout;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many exposures a process has written down, and how many it could not and why. Thread-safe. */
final class ExposureCounts {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    final LongAdder taken = new LongAdder();

    /** Too many calls waited, here or before they came here, or they came once their list was sealed; some of them may have been stable's, or of other gates. */
    final LongAdder lostQueue = new LongAdder();

    /** The folder was full. */
    final LongAdder lostBound = new LongAdder();

    /** The disk failed. */
    final LongAdder lostDisk = new LongAdder();

    /** The process stood still, and callers may have been erased meanwhile. */
    final LongAdder lostStandstill = new LongAdder();

    private final @Nullable MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();

    ExposureCounts(@Nullable MeterRegistry registry) {
        this.registry = registry;
        if (registry != null) {
            try {
                register(registry);
            } catch (RuntimeException e) { // users' code
                LOG.warn("the meters of exposures are not published", e);
            }
        }
    }

    private void register(MeterRegistry registry) {
        meters.add(FunctionCounter.builder("modelgate.exposures.taken", taken, LongAdder::sum)
                .description("calls that a version under rollout answered and that are on its list")
                .register(registry));
        meters.add(lost(registry, "queue", lostQueue));
        meters.add(lost(registry, "bound", lostBound));
        meters.add(lost(registry, "disk", lostDisk));
        meters.add(lost(registry, "standstill", lostStandstill));
    }

    private static Meter lost(MeterRegistry registry, String reason, LongAdder count) {
        return FunctionCounter.builder("modelgate.exposures.lost", count, LongAdder::sum)
                .description("calls that a version under rollout answered and that are on no list")
                .tag("reason", reason)
                .register(registry);
    }

    /** What was of a rollout. */
    long notTaken() {
        return lostBound.sum() + lostDisk.sum() + lostStandstill.sum();
    }

    /** Says of the rollouts that run whose lists are not whole. By one thread at a time. */
    void tell(List<OpenExposures> open, Notices notices, long mostBytes) {
        for (OpenExposures each : open) {
            if (lostBound.sum() > 0 && each.notTaken > 0) {
                notices.exposures(
                        each.header.gate(),
                        each.header.rollout(),
                        "its exposures are not all on the list: the ledger's folder has reached its bound of "
                                + mostBytes + " bytes, or cannot be written");
            }
        }
    }

    /** Takes note of calls for which there was no room, and which may have been any open rollout's. */
    void missed(long calls, List<OpenExposures> open, Notices notices) {
        if (calls <= 0 || open.isEmpty()) {
            return;
        }
        lostQueue.add(calls);
        for (OpenExposures each : open) {
            each.mayBeMissing += calls;
            notices.exposures(
                    each.header.gate(),
                    each.header.rollout(),
                    "its exposures may not all be on the list: there was no room for " + each.mayBeMissing
                            + " calls, some of which may be its own");
        }
    }

    /** Takes note of calls that a listener keeps from a list which is sealed without them. */
    void kept(long calls, OpenExposures each, Notices notices) {
        lostQueue.add(calls);
        each.mayBeMissing += calls;
        each.kept += calls;
        notices.exposures(
                each.header.gate(),
                each.header.rollout(),
                "its exposures may not all be on the list: a listener of served calls hangs, and " + calls
                        + " calls wait for it, some of which may be its own");
    }

    /** Takes note of a call that is on no list, as that was sealed before its answer came. */
    void late(OpenExposures list, Notices notices) {
        if (list.kept > 0) {
            list.kept--;
            return;
        }
        lostQueue.increment();
        list.late++;
        notices.exposures(
                list.header.gate(),
                list.header.rollout(),
                "its exposures are not all on the list, which was sealed already: " + list.late + " more came");
    }

    /** Takes the meters back: who comes next has others of these names. */
    void close() {
        if (registry != null) {
            meters.forEach(registry::remove);
        }
    }
}
