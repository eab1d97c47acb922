package io.modelgate.benchmarks;

import io.modelgate.Caller;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The callers of all benchmarks: 1,024 UUIDs of 36 characters, always the same ones. */
public final class Keys {

    static final int COUNT = 1_024;

    private static final String[] KEYS = keys();

    private Keys() {}

    private static String[] keys() {
        Random random = new Random(42);
        return Stream.generate(() -> new UUID(random.nextLong(), random.nextLong()).toString())
                .limit(COUNT)
                .toArray(String[]::new);
    }

    /** Callers whose keys are hashed already. */
    static Caller[] callers() {
        Caller[] callers = new Caller[COUNT];
        for (int i = 0; i < COUNT; i++) {
            callers[i] = Caller.of(KEYS[i]);
            callers[i].keyHash();
        }
        return callers;
    }

    static String at(int index) {
        return KEYS[index];
    }

    /** Walks through the keys, each thread on its own. */
    @State(Scope.Thread)
    public static class Cursor {

        private int next;

        int next() {
            return next++ & (COUNT - 1);
        }

        String key() {
            return KEYS[next()];
        }
    }
}
