package io.modelgate.benchmarks;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What nothing that does this work can do without. */
public class Floor extends Measured {

    /** What the threads share. */
    @State(Scope.Benchmark)
    public static class Shared {
        volatile boolean live = true;
        final LongAdder started = new LongAdder();
        final LongAdder ended = new LongAdder();
    }

    /** The least a switch can cost. */
    @Benchmark
    public boolean volatileRead(Shared shared) {
        return shared.live;
    }

    /** The least a keyed rollout can cost. */
    @Benchmark
    public int hash(Keys.Cursor cursor) {
        return BareHash.of(cursor.key());
    }

    /** The least a counter that threads share can cost. */
    @Benchmark
    public void longAdder(Shared shared) {
        shared.started.increment();
    }

    /** The least a guarded call can cost: two clock reads, the hash of the key, two increments. */
    @Benchmark
    public long floor(Shared shared, Keys.Cursor cursor) {
        long start = System.nanoTime();
        int hash = BareHash.of(cursor.key());
        shared.started.increment();
        shared.ended.increment();
        return System.nanoTime() - start + hash;
    }
}
