package io.modelgate.benchmarks.fleet;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.fallback.Ladder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** One that serves on the fleet's log: gates with a log, a copy and connections of their own. Thread-safe. */
final class Follower {

    static final String GATE = "credit-risk";

    private static final Caller CALLER = Caller.of("applicant-1");

    private final Stamps stamps;
    private final Gates gates;
    private final ModelGate<Long, Boolean> gate;
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();

    Follower(String uri, String log, Path directory, String name) {
        stamps = new Stamps(FleetLog.open(uri, log, directory, name));
        gates = Gates.open(g -> g.controlLog(stamps));
        gate = gates.gate(GATE, g -> g.stable("v1", this::answer).fallback(Ladder.of(l -> l.degrade(false))));
        stamps.watch(() -> !gate.live());
    }

    Stamps stamps() {
        return stamps;
    }

    /** The model; its input is the kill that was in force here when the call began. */
    private boolean answer(long inForce) {
        if (inForce != 0 && stamps.inForce() == inForce) {
            late.incrementAndGet();
        }
        return true;
    }

    void call() {
        gate.call(stamps.inForce(), CALLER);
        calls.incrementAndGet();
    }

    KillReceipt kill() {
        return gate.kill(Actor.of("benchmark"), "benchmark");
    }

    /** Calls that reached the model though they began after the kill was in force. */
    long late() {
        return late.get();
    }

    long calls() {
        return calls.get();
    }

    boolean live() {
        return gate.live();
    }
}
