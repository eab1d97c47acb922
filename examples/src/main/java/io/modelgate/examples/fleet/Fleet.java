package io.modelgate.examples.fleet;

import io.modelgate.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Processes that serve on one log. For use by one thread; they end with it, and with this process however that ends. */
final class Fleet implements AutoCloseable {

    /** So many calls after its confirmation make a process's zero worth something. */
    private static final int CALLS_AFTER = 200;

    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Ticker ticker = Ticker.system();
    private final List<Member> members = new ArrayList<>();

    private Fleet() {}

    /** Starts so many processes and waits until all of them serve; they look after the process of the Redis, if that is not 0. */
    static Fleet start(int processes, String uri, String log, Path directory, long redis) {
        Fleet fleet = new Fleet();
        try {
            for (int i = 1; i <= processes; i++) {
                String name = "credit-" + i;
                fleet.members.add(Member.start(name, uri, log, directory.resolve(name)));
            }
            fleet.guard(redis);
            fleet.members.forEach(Member::awaitServing);
            fleet.requireOneClock();
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    /** Times of one process are compared with those of another: so their clocks must be one, as CLOCK_MONOTONIC is on Linux. */
    private void requireOneClock() {
        for (Member member : members) {
            long before = ticker.read();
            long there = member.clock();
            long after = ticker.read();
            if (there - before < 0 || after - there < 0) {
                throw new IllegalStateException(
                        "the processes of this machine do not share a clock of elapsed time, so that the times of a kill mean nothing");
            }
        }
    }

    List<Member> members() {
        return members;
    }

    /** What every process counted so far. */
    Map<Member, Counts> counts() {
        Map<Member, Counts> counts = new LinkedHashMap<>();
        members.forEach(member -> counts.put(member, member.counts()));
        return counts;
    }

    /** Waits until the model of every process has answered since. */
    void awaitAnswers(Map<Member, Counts> before) {
        before.forEach((member, was) ->
                await(member, "is not asked", now -> now.answered() > was.answered() + CALLS_AFTER / 4));
    }

    /** What came of a kill in every process, once each has confirmed it and been asked often enough after. */
    List<Act.Confirmed> outcome(String kill, long since, Map<Member, Counts> before) {
        List<Act.Confirmed> confirmed = new ArrayList<>();
        for (Member member : members) {
            long at = member.awaitConfirmed(kill, PATIENCE);
            Counts was = before.get(member);
            if (was == null) {
                throw new IllegalArgumentException(member.name() + " was not counted before the kill");
            }
            Counts counts = await(member, "is not asked", now -> now.afterStop() >= was.afterStop() + CALLS_AFTER)
                    .since(was);
            confirmed.add(new Act.Confirmed(member.name(), after(since, at), after(since, counts.lastStart()), counts));
        }
        return confirmed;
    }

    private static Duration after(long since, long nanos) {
        return Duration.ofNanos(Math.max(0, nanos - since));
    }

    private Counts await(Member member, String problem, Predicate<Counts> enough) {
        long began = ticker.read();
        Counts counts = member.counts();
        while (!enough.test(counts)) {
            if (ticker.read() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException(member.name() + " " + problem + ": " + counts);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
            counts = member.counts();
        }
        return counts;
    }

    /** Has all processes end the Redis too if this one ends without a word. */
    void guard(long pid) {
        if (pid != 0) {
            members.forEach(member -> member.guard(pid));
        }
    }

    @Override
    public void close() {
        members.forEach(Member::end);
        members.forEach(Member::close);
    }
}
