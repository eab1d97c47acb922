package io.modelgate;

import io.modelgate.control.Entry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A router for tests: callers whose key starts with "c" go to v2, which has been under rollout for ever, and what its watch hears is kept.
 * Callers with any other key take part as stable's; callers without one do not.
 */
final class WatchedRouter implements Router, Watch {

    static final int STABLE = 0;
    static final int CANDIDATE = 1;

    /** What was heard, as "place cause" or "place nanos answer". */
    final List<String> heard = new CopyOnWriteArrayList<>();

    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger askedForWatch = new AtomicInteger();
    volatile List<? extends Metric<?>> metrics = List.of();

    /** Runs whenever this is asked or told something: "route", "place", "answered", "missed". */
    volatile Consumer<String> before = what -> {};

    volatile @Nullable RuntimeException noWatch;
    volatile boolean holdsBack;

    private record State(WatchedRouter router) implements Routing {
        @Override
        public String candidate() {
            return "v2";
        }

        @Override
        public boolean toCandidate(Caller caller) {
            router.before.accept("route");
            return caller.key().orElse("").startsWith("c");
        }

        @Override
        public @Nullable Watch watch() {
            router.askedForWatch.incrementAndGet();
            RuntimeException none = router.noWatch;
            if (none != null) {
                throw none;
            }
            return router;
        }

        @Override
        public boolean holdsBack() {
            return router.holdsBack;
        }

        @Override
        public Routing apply(Entry entry) {
            return this;
        }
    }

    @Override
    public long place(Caller caller) {
        asked.incrementAndGet();
        before.accept("place");
        return caller.key()
                .map(key -> (long) (key.startsWith("c") ? CANDIDATE : STABLE))
                .orElse(NOWHERE);
    }

    @Override
    public void answered(long place, long nanos, Object answer) {
        before.accept("answered");
        heard.add(place + " " + nanos + " " + answer);
    }

    @Override
    public void missed(long place, Cause cause) {
        before.accept("missed");
        heard.add(place + " " + cause);
    }

    @Override
    public Set<String> entryTypes() {
        return Set.of();
    }

    @Override
    public Routing initial(String gate, Identities identities) {
        return new State(this);
    }

    @Override
    public Routing initial(String gate, Identities identities, List<? extends Metric<?>> known) {
        metrics = known;
        return initial(gate, identities);
    }
}
