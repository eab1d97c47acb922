package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Metric;
import io.modelgate.Router;
import io.modelgate.Watch;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HotPathTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 1_000_000;

    private final Caller[] callers = new Caller[1_000];

    {
        String[] regions = {"eu", "us", "ch"};
        for (int i = 0; i < callers.length; i++) {
            Caller caller = i % 50 == 0 ? Caller.anonymous() : Caller.of("user-" + i);
            callers[i] = i % 4 == 0 ? caller : caller.with("region", regions[i % 3]);
        }
    }

    @Test
    void routingByWeightAllocatesNothing() {
        assertAllocatesNothing(new Log().start("r", "v2", 50_000).routing());
    }

    @Test
    void routingByListsAndSegmentsAllocatesNothingForCallersSeenBefore() {
        assertAllocatesNothing(new Log()
                .startWith(
                        50_000,
                        Map.of(
                                "allow", List.of(Log.IDENTITIES.hash("user-1")),
                                "deny", List.of(Log.IDENTITIES.hash("user-2")),
                                "only", Map.of("region", List.of("eu", "us")),
                                "force", Map.of("segment", List.of("staff"))))
                .routing());
    }

    @Test
    void aChangeOfWeightKeepsWhatIsKnownOfTheLists() {
        Log log = new Log().startWith(1_000, Map.of("allow", List.of(Log.IDENTITIES.hash("user-1"))));
        Caller caller = Caller.of("user-1");
        allocated(log.routing(), caller, 1);
        log.weight("r", 2_000);
        assertThat(allocated(log.routing(), caller, 1)).isLessThan(200); // a keyed hash takes some thousand bytes
    }

    @Test
    void countingInGroupsAllocatesNothingOnceTheGroupsAreThere() {
        Metric<String> length = new Metric<>("length", 0, 20, String::length);
        Wanted wanted = Wanted.by(EvidenceRig.policy(
                0.05,
                1,
                Guardrail.rate(Rate.ERRORS).by("region", "eu", "us"),
                Guardrail.distribution("length").by("region", "eu", "us")));
        RolloutWatch watch = new RolloutWatch(
                new RolloutUnits(),
                Spots.salt("r"),
                Bucketing.modelgate(),
                Dependencies.NONE,
                50_000,
                null,
                List.of(length),
                wanted,
                false);
        count(watch);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        count(watch);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(watch.counts().groups()).hasSize(2);
        assertThat(bytes).as("bytes allocated by %d calls", CALLS).isLessThan(CALLS / 100);
    }

    private void count(RolloutWatch watch) {
        for (int i = 0; i < CALLS; i++) {
            long place = watch.place(callers[i % callers.length]);
            if (place != Watch.NOWHERE && i % 10 == 0) {
                watch.missed(place, Cause.ERROR);
            } else if (place != Watch.NOWHERE) {
                watch.answered(place, 1_000, "answer");
            }
        }
    }

    private void assertAllocatesNothing(Router.Routing routing) {
        route(routing, callers, CALLS); // warms up
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int candidates = route(routing, callers, CALLS);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(candidates).isBetween(1, CALLS - 1);
        assertThat(bytes).as("bytes allocated by %d calls", CALLS).isLessThan(CALLS / 100);
    }

    private static int route(Router.Routing routing, Caller[] callers, int calls) {
        int candidates = 0;
        for (int i = 0, next = 0; i < calls; i++) {
            if (routing.toCandidate(callers[next])) {
                candidates++;
            }
            next = next + 1 == callers.length ? 0 : next + 1;
        }
        return candidates;
    }

    private static long allocated(Router.Routing routing, Caller caller, int calls) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            routing.toCandidate(caller);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
