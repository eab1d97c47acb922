package io.modelgate.benchmarks.fleet;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.testkit.ForwardingControlLog;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A control log that stamps when entries were in force in this process: as soon as that is told it, or a look finds the model turned off
 * by a kill that has just arrived, and no sooner. Thread-safe.
 */
final class Stamps extends ForwardingControlLog {

    /** An entry, and all before it, was in force at this time of {@link System#nanoTime}. */
    record Stamp(long seq, long nanos) {}

    private final Queue<Stamp> stamps = new ConcurrentLinkedQueue<>();

    /** The last kill that was handed over, 0 once it is revived. */
    private volatile long kill;

    /** The kill that is in force, 0 if none is. */
    private volatile long inForce;

    /** Whether the model is turned off. */
    private volatile BooleanSupplier off = () -> false;

    Stamps(ControlLog log) {
        super(log);
    }

    /** How to look whether the model is turned off. */
    void watch(BooleanSupplier off) {
        this.off = off;
    }

    /** The kill that this process has told the log of, 0 while the model may run. */
    long inForce() {
        return inForce;
    }

    /** The stamps since they were taken last. */
    Queue<Stamp> stamps() {
        return stamps;
    }

    private List<Entry> see(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.type().equals("kill")) {
                kill = entry.seq();
            } else if (entry.type().equals("revive")) {
                kill = 0;
                inForce = 0; // before anybody acts on it
            }
        }
        return entries;
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return super.follow(after, entries -> follower.accept(see(entries)));
    }

    @Override
    public Subscription onKill(Consumer<Entry> listener) {
        return super.onKill(entry -> {
            listener.accept(entry);
            if (off.getAsBoolean()) {
                stamps.add(new Stamp(entry.seq(), System.nanoTime()));
                inForce = entry.seq();
            }
        });
    }

    @Override
    public void applied(Head head) {
        stamps.add(new Stamp(head.seq(), System.nanoTime()));
        long engaged = kill;
        if (engaged > 0 && head.seq() >= engaged) {
            inForce = engaged;
        }
        super.applied(head);
    }
}
