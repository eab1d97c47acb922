package io.modelgate.simulator;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import io.modelgate.rollout.ArmCounts;
import io.modelgate.rollout.Rate;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/** The calls of one arm while the rollout has one weight, as a process would have counted them. Not thread-safe. */
final class Arm {

    private final Needs needs;
    private final Callers callers;
    private final Draws draws;
    private final int from;
    private final int to;
    private final int metrics;
    private final BitSet labelled = new BitSet();
    private final CallTally all;
    private final CallTally first;
    private final Crowd units = new Crowd();
    private final Map<Rate, Long> missed = new EnumMap<>(Rate.class);

    /** For the callers from one number to another, who are answered with so many metrics, and so many labels later. */
    Arm(Needs needs, Callers callers, int from, int to, int metrics, int labels, Draws draws) {
        this.needs = needs;
        this.callers = callers;
        this.draws = draws;
        this.from = from;
        this.to = to;
        this.metrics = metrics;
        all = new CallTally(metrics + labels, needs.spread(), true);
        first = new CallTally(metrics + labels, needs.spread(), true);
        units.resize(to - from);
    }

    int callers() {
        return to - from;
    }

    void answered(long times, Behaviour behaviour) {
        long fresh = needs.firstCalls() ? callers.firstCalls(from, to, times) : 0;
        answered(fresh, behaviour, true);
        answered(times - fresh, behaviour, false);
        units.call(times, draws);
    }

    private void answered(long times, Behaviour behaviour, boolean firstCalls) {
        if (times == 0) {
            return;
        }
        if (needs.latencies()) {
            behaviour.latency().draw(times, draws, (nanos, n) -> {
                all.answered((long) nanos, n);
                if (firstCalls) {
                    first.answered((long) nanos, n);
                }
            });
        } else {
            all.answered((long) behaviour.latency().middle(), times);
            if (firstCalls) {
                first.answered((long) behaviour.latency().middle(), times);
            }
        }
        for (int i = 0; i < metrics && needs.metrics(); i++) {
            int metric = i;
            behaviour.metrics().get(i).draw(times, draws, (value, n) -> {
                all.value(metric, value, n);
                if (firstCalls) {
                    first.value(metric, value, n);
                }
            });
        }
    }

    /** The number of one of its callers, each as likely as the next. */
    int anybody() {
        return from + draws.random().nextInt(to - from);
    }

    /** Counts what an answer turned out to be: of a caller the first at this weight is by itself too. */
    void labelled(int number, int caller, double value) {
        all.value(number, value, 1);
        int bit = (number - metrics) * callers.all() + caller;
        if (needs.firstCalls() && !labelled.get(bit)) {
            labelled.set(bit);
            first.value(number, value, 1);
        }
    }

    void missed(Cause cause, long times) {
        if (times == 0) {
            return;
        }
        all.missed(cause, times);
        if (needs.firstCalls()) {
            first.missed(cause, callers.firstCalls(from, to, times));
        }
        for (Rate rate : needs.callerRates()) {
            if (rate.counts(cause)) {
                missed.merge(rate, callers.firstMisses(rate, from, to, times), Long::sum);
            }
        }
        units.call(times, draws);
    }

    ArmCounts counts() {
        return new ArmCounts(
                all.counts(),
                needs.firstCalls() ? first.counts() : CallCounts.NONE,
                units.seen(),
                units.seen(),
                missed);
    }
}
