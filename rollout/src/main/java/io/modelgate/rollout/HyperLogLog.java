package io.modelgate.rollout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * About how many different values were added, off by {@code 1.04/√4096} = 1.6 % (one standard deviation), in 4 KB. Two of them merge into
 * that of all their values. Thread-safe.
 *
 * <p>The sketch is that of Flajolet, Fusy, Gandouet and Meunier (AofA 2007); the estimate, which needs no correction for few values, is
 * algorithm 6 of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (arXiv 1702.01284).
 */
final class HyperLogLog {

    private static final int PRECISION = 12;
    private static final int REGISTERS = 1 << PRECISION;
    private static final int HASH_BITS = Long.SIZE - PRECISION;

    /** A register holds at most {@code HASH_BITS + 1} = 53, so one of these writes it. */
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private static final VarHandle REGISTER = MethodHandles.arrayElementVarHandle(byte[].class);

    private final byte[] registers = new byte[REGISTERS];

    /** How many registers hold each rank, so that an estimate need not read them all; those at 0 are the rest. */
    private final AtomicIntegerArray ranks = new AtomicIntegerArray(HASH_BITS + 2);

    private volatile boolean changed;
    private volatile long estimate;

    /** A hash of a value that is not one, for {@link #add}: the finalizer of SplitMix64 (Stafford's variant 13). */
    static long hash(int value) {
        long z = (value + 1L) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** Adds a value by its hash. Mostly a look at one byte. */
    void add(long hash) {
        int register = (int) (hash >>> HASH_BITS);
        // The bit that is set bounds the zeros by HASH_BITS.
        byte rank = (byte) (Long.numberOfLeadingZeros((hash << PRECISION) | (1L << (PRECISION - 1))) + 1);
        if (registers[register] < rank) {
            raise(register, rank);
        }
    }

    private void raise(int register, byte rank) {
        byte seen = (byte) REGISTER.getVolatile(registers, register);
        while (seen < rank) {
            if (REGISTER.compareAndSet(registers, register, seen, rank)) {
                ranks.incrementAndGet(rank);
                if (seen > 0) {
                    ranks.decrementAndGet(seen);
                }
                changed = true;
                return;
            }
            seen = (byte) REGISTER.getVolatile(registers, register);
        }
    }

    /** Adds all values of another. */
    void merge(HyperLogLog other) {
        for (int i = 0; i < REGISTERS; i++) {
            raise(i, (byte) REGISTER.getVolatile(other.registers, i));
        }
    }

    /** About how many different values were added. */
    synchronized long estimate() {
        if (changed) {
            changed = false; // first: whatever is added from now on is counted again
            estimate = Math.round(estimated());
        }
        return estimate;
    }

    private double estimated() {
        int[] counts = new int[HASH_BITS + 2];
        counts[0] = REGISTERS;
        for (int rank = 1; rank < counts.length; rank++) {
            counts[rank] = ranks.get(rank);
            counts[0] -= counts[rank];
        }
        counts[0] = Math.max(counts[0], 0); // a register may be between two ranks
        double z = REGISTERS * tau(1 - counts[HASH_BITS + 1] / (double) REGISTERS);
        for (int rank = HASH_BITS; rank >= 1; rank--) {
            z = (z + counts[rank]) / 2;
        }
        z += REGISTERS * sigma(counts[0] / (double) REGISTERS);
        return REGISTERS / (2 * Math.log(2)) * REGISTERS / z;
    }

    private static double sigma(double x) {
        if (x == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double power = x;
        double weight = 1;
        double sum = x;
        double before;
        do {
            power *= power;
            before = sum;
            sum += power * weight;
            weight += weight;
        } while (sum != before);
        return sum;
    }

    private static double tau(double x) {
        if (x == 0 || x == 1) {
            return 0;
        }
        double root = x;
        double weight = 1;
        double sum = 1 - x;
        double before;
        do {
            root = Math.sqrt(root);
            before = sum;
            weight /= 2;
            sum -= (1 - root) * (1 - root) * weight;
        } while (sum != before);
        return sum / 3;
    }

    /** All of it, 4,096 characters. */
    String toText() {
        StringBuilder text = new StringBuilder(REGISTERS);
        for (int i = 0; i < REGISTERS; i++) {
            text.append(ALPHABET.charAt((byte) REGISTER.getOpaque(registers, i)));
        }
        return text.toString();
    }

    /** What {@link #toText} wrote; null if it did not. */
    static @Nullable HyperLogLog fromText(String text) {
        if (text.length() != REGISTERS) {
            return null;
        }
        HyperLogLog read = new HyperLogLog();
        for (int i = 0; i < REGISTERS; i++) {
            int rank = ALPHABET.indexOf(text.charAt(i));
            if (rank < 0 || rank > HASH_BITS + 1) {
                return null;
            }
            read.raise(i, (byte) rank);
        }
        return read;
    }
}
