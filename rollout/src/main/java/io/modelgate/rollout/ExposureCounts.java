package io.modelgate.rollout;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How many exposures a process has written down, and how many it could not and why. Thread-safe. */
final class ExposureCounts {

    final LongAdder taken = new LongAdder();

    /** Too many calls waited; some of them may have been stable's. */
    final LongAdder lostQueue = new LongAdder();

    /** The folder was full. */
    final LongAdder lostBound = new LongAdder();

    /** The disk failed. */
    final LongAdder lostDisk = new LongAdder();

    private long lostQueueTold;
    private final @Nullable MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();

    ExposureCounts(@Nullable MeterRegistry registry) {
        this.registry = registry;
        if (registry != null) {
            meters.add(FunctionCounter.builder("modelgate.exposures.taken", taken, LongAdder::sum)
                    .description("calls that a version under rollout answered and that are on its list")
                    .register(registry));
            meters.add(lost(registry, "queue", lostQueue));
            meters.add(lost(registry, "bound", lostBound));
            meters.add(lost(registry, "disk", lostDisk));
        }
    }

    private static Meter lost(MeterRegistry registry, String reason, LongAdder count) {
        return FunctionCounter.builder("modelgate.exposures.lost", count, LongAdder::sum)
                .description("calls that a version under rollout answered and that are on no list")
                .tag("reason", reason)
                .register(registry);
    }

    long lost() {
        return lostQueue.sum() + lostBound.sum() + lostDisk.sum();
    }

    /** Says of the rollouts that run whose lists are not whole. By one thread at a time. */
    void tell(List<OpenExposures> open, Notices notices, long mostBytes, int mostWaiting) {
        for (OpenExposures each : open) {
            if (lostBound.sum() > 0 && each.notTaken > 0) {
                notices.exposures(
                        each.header.gate(),
                        each.header.rollout(),
                        "its exposures are not all on the list: the ledger's folder has reached its bound of "
                                + mostBytes + " bytes, or cannot be written");
            }
        }
        long lost = lostQueue.sum();
        if (lost > lostQueueTold) {
            lostQueueTold = lost;
            open.forEach(each -> notices.exposures(
                    each.header.gate(),
                    each.header.rollout(),
                    "its exposures may not all be on the list: more than " + mostWaiting
                            + " calls waited for the disk"));
        }
    }

    /** Takes the meters back: who comes next has others of these names. */
    void close() {
        if (registry != null) {
            meters.forEach(registry::remove);
        }
    }
}
