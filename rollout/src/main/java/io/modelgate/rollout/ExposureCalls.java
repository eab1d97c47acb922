package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.Outcome;
import io.modelgate.ServedCall;
import io.modelgate.control.ControlLog;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls that versions answered, on their way to the ledger: one offer to a bounded queue each, which never waits. Calls may be heard of by any
 * thread; they are taken by one at a time.
 */
final class ExposureCalls implements AutoCloseable {

    private static final int MOST_WAITING = 1 << 16;

    /** How long a look waits for those who listen before it. */
    private static final Duration HANDS = Duration.ofMillis(100);

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Gates gates;
    private final ArrayBlockingQueue<Taken> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final LongAdder noRoom = new LongAdder();
    private final ControlLog.Subscription calls;

    /** Whether nobody takes any more what comes. */
    private volatile boolean cut;

    /** How many calls had found no room when this was asked last. */
    private long missed;

    /** When those who listen hung last, by the ticker. */
    private @Nullable Long hung;

    /**
     * A call that some version answered.
     *
     * @param at when it began, by the clock, in milliseconds since 1970
     * @param began when it began, by the ticker, and no later than it was heard of
     * @param routed whether its caller was routed to the version, which did not answer as a rung of another
     */
    record Taken(
            String gate, String version, @Nullable String key, long at, long began, String outcome, boolean routed) {}

    ExposureCalls(Gates gates) {
        this.gates = gates;
        missed = gates.servedDropped();
        calls = gates.onServedWhileRolling(this::heard);
    }

    private void heard(ServedCall<?, ?> call) {
        String version = call.outcome().answeredBy().orElse(null);
        if (version == null) {
            return;
        }
        try {
            offer(call, version);
        } catch (RuntimeException e) { // a user's clock
            noRoom.increment();
            throw e;
        }
    }

    private void offer(ServedCall<?, ?> call, String version) {
        long tick = gates.ticker().read();
        long ago = Duration.between(call.at(), gates.now()).toNanos(); // this clock has just been asked when it began
        Taken exposure = new Taken(
                call.gate(),
                version,
                call.caller().keyOrNull(),
                call.at().toEpochMilli(),
                tick - Math.max(ago, 0),
                call.id().text(),
                call.outcome() instanceof Outcome.Answered);
        if (cut || !waiting.offer(exposure) || (cut && waiting.remove(exposure))) {
            noRoom.increment(); // cut: after the last look, or in the middle of it
        }
    }

    /**
     * Whether all calls that have ended are there to be taken, or a listener of theirs hangs: then it waits a little, at most once a second.
     *
     * @param tick what the ticker says
     */
    boolean heardOfAll(long tick) {
        if (hung != null && tick - hung < SECOND) {
            return false;
        }
        boolean all = gates.flushServed(HANDS);
        hung = all ? null : tick;
        return all;
    }

    /** Takes what was heard of. */
    void take(Collection<Taken> into) {
        waiting.drainTo(into);
    }

    /** Counts calls that were taken and put on no list as if there had been no room for them. */
    void lost(long calls) {
        noRoom.add(calls);
    }

    /** From here on what is heard of is counted, and not there to be taken. */
    void cut() {
        cut = true;
    }

    /** How many calls found no room since this was asked last: in this queue, or in the one of all who listen. */
    long missed() {
        long all = noRoom.sum() + gates.servedDropped();
        long since = all - missed;
        missed = all;
        return since;
    }

    /** How many have ended and not been taken: those that are not heard of here first, as they come from there. */
    int untaken() {
        return gates.servedWaiting() + waiting.size();
    }

    @Override
    public void close() {
        calls.close();
    }
}
