package io.modelgate.benchmarks.fleet;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.Receipt;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Processes that follow one log, and the operator beside them, who has no gate. For use by one thread. */
final class Fleet implements AutoCloseable {

    private static final Actor OPERATOR = Actor.of("benchmark");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Scope SCOPE = Scope.gate(Follower.GATE);

    /** What is in force is looked at after the fact, so that asking does not disturb what it asks about. */
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<Child> children = new ArrayList<>();
    private final Broadcast broadcast = new Broadcast();
    private final Gates operator;

    private Fleet(Gates operator) {
        this.operator = operator;
    }

    /** Starts so many processes with so many followers each and heaps of so many megabytes, and waits until all serve. */
    static Fleet start(String uri, String log, Path directory, int processes, int followers, int megabytes) {
        Path own = directory.resolve("operator");
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for the fleet", e);
        }
        Gates operator = Gates.open(g -> g.controlLog(FleetLog.open(uri, log, own, "operator")));
        Fleet fleet = new Fleet(operator);
        try {
            for (int i = 0; i < processes; i++) {
                fleet.children.add(
                        Child.start(uri, log, directory, "p" + i, followers, megabytes, fleet.broadcast.port()));
            }
            fleet.children.forEach(Child::awaitServing);
            fleet.broadcast.accept(processes);
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    /**
     * A kill.
     *
     * @param id its id
     * @param seq its place in the log
     * @param began when, by {@link System#nanoTime}
     * @param returned nanoseconds until it had returned
     * @param stored nanoseconds until it was acknowledged
     */
    record Made(String id, long seq, long began, long returned, long stored) {}

    /** Has the operator kill the gate, and waits until that is stored. */
    Made kill() {
        long began = System.nanoTime();
        KillReceipt receipt = operator.kill(SCOPE, OPERATOR, "benchmark");
        long returned = System.nanoTime() - began;
        long seq = seq(receipt);
        return new Made(receipt.id(), seq, began, returned, System.nanoTime() - began);
    }

    /** Has the operator kill the gate, and returns the nanoseconds until the receipt says that everybody has it in force. */
    long killConfirmed(int followers) {
        long began = System.nanoTime();
        var confirmation = operator.kill(SCOPE, OPERATOR, "benchmark").confirmed(PATIENCE);
        long nanos = System.nanoTime() - began;
        if (!confirmation.complete() || confirmation.confirmed().size() != followers) {
            throw new IllegalStateException("not confirmed by all " + followers + ": " + confirmation);
        }
        return nanos;
    }

    /** Revives what is killed, and waits until every process serves again. */
    void revive() {
        String kill = operator.kills().get(0).id();
        awaitInForce(seq(operator.revive(kill, OPERATOR, "benchmark")));
        if (!children.stream().allMatch(Child::allLive)) {
            throw new IllegalStateException("a process does not serve after the revive");
        }
        children.forEach(Child::forget);
    }

    private static long seq(Receipt receipt) {
        return receipt.entry(PATIENCE)
                .map(Entry::seq)
                .orElseThrow(() -> new IllegalStateException("not stored within " + PATIENCE.toSeconds() + " s"));
    }

    /** Waits until the operator knows a kill of another, and returns its place in the log. */
    long seqOf(String kill) {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            for (Entry entry :
                    operator.log().read(Math.max(0, operator.log().head().seq() - 20), 20)) {
                if (entry.decision().id().equals(kill)) {
                    return entry.seq();
                }
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        throw new IllegalStateException("kill " + kill + " is not in the log within " + PATIENCE.toSeconds() + " s");
    }

    /** When an entry was in force in the first process and in the last one, by {@link System#nanoTime}. */
    record InForce(long first, long last) {}

    /** Waits until an entry is in force in every process. */
    InForce awaitInForce(long seq) {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            LockSupport.parkNanos(BETWEEN_LOOKS);
            children.forEach(Child::report);
            children.forEach(Child::take);
            long[] in = children.stream().mapToLong(child -> child.inForce(seq)).toArray();
            if (Arrays.stream(in).noneMatch(each -> each == Long.MIN_VALUE)) {
                long base = in[0]; // nanoTime may wrap: only differences compare
                return new InForce(
                        base + Arrays.stream(in).map(each -> each - base).min().orElse(0),
                        base + Arrays.stream(in).map(each -> each - base).max().orElse(0));
            }
        }
        throw new IllegalStateException(
                "entry " + seq + " is not in force everywhere within " + PATIENCE.toSeconds() + " s");
    }

    /** Sends a message through Redis to each process, and returns the nanoseconds until the last one has it. */
    long message(Runnable send) {
        children.forEach(Child::forget);
        long began = System.nanoTime();
        send.run();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            LockSupport.parkNanos(BETWEEN_LOOKS);
            children.forEach(Child::report);
            children.forEach(Child::take);
            List<Long> arrived = children.stream().map(Child::message).toList();
            if (!arrived.contains(null)) {
                return arrived.stream().mapToLong(each -> each - began).max().orElse(0);
            }
        }
        throw new IllegalStateException("a message is not everywhere within " + PATIENCE.toSeconds() + " s");
    }

    /** Requires that no process serves. */
    void requireKilled() {
        if (!children.stream().allMatch(Child::noneLive)) {
            throw new IllegalStateException("a process serves though it said that the kill is in force");
        }
    }

    List<Child> children() {
        return children;
    }

    Broadcast broadcast() {
        return broadcast;
    }

    /** The seconds of CPU that its processes have used. */
    double cpu() {
        return children.stream()
                .mapToDouble(child -> child.cpu().toNanos() / 1e9)
                .sum();
    }

    long late() {
        return children.stream().mapToLong(Child::late).sum();
    }

    long calls() {
        return children.stream().mapToLong(Child::calls).sum();
    }

    @Override
    public void close() {
        children.forEach(Child::close);
        broadcast.close();
        operator.close();
    }
}
