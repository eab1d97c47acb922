package io.modelgate.fallback;

import io.modelgate.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@code lastGood} rung, handed to the lambda that sets them. Not thread-safe; used while the ladder is
 * made and not after.
 */
public final class LastGoodOptions {

    /** The answers that a rung remembers if it sets no other number: 10,000. */
    public static final int DEFAULT_MAXIMUM_SIZE = 10_000;

    private final RungOptions rung = new RungOptions("lastGood", Rung.AT_WORK);
    private String name = "lastGood";
    private int maximumSize = DEFAULT_MAXIMUM_SIZE;
    private @Nullable Duration expireAfter;

    LastGoodOptions() {}

    /**
     * Names the rung, for a ladder that has two of the kind; default {@code lastGood}.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit; checked with the rung
     */
    public LastGoodOptions name(String name) {
        this.name = name;
        return this;
    }

    /**
     * Limits the rung to these causes: calls with another cause pass it.
     *
     * @throws IllegalArgumentException if {@link Cause#NO_TIME_LEFT} is one of them: only a constant answers it
     * @see RungOptions#on
     */
    public LastGoodOptions on(Cause first, Cause... more) {
        rung.on(first, more);
        return this;
    }

    /**
     * Bounds the calls that are looking for an answer at one time; default {@value RungOptions#DEFAULT_MAX_CONCURRENT}.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if it is less than 1
     * @see RungOptions#maxConcurrent
     */
    public LastGoodOptions maxConcurrent(int calls) {
        rung.maxConcurrent(calls);
        return this;
    }

    /**
     * Bounds the answers remembered; beyond it those go that are least likely to be asked for again. Default
     * {@value #DEFAULT_MAXIMUM_SIZE}.
     *
     * @param answers 1 or more
     * @throws IllegalArgumentException if it is less than 1
     */
    public LastGoodOptions maximumSize(int answers) {
        if (answers < 1) {
            throw new IllegalArgumentException("rung lastGood: maximumSize is " + answers
                    + ": expected 1 or more; leave out a rung that is not to be used");
        }
        maximumSize = answers;
        return this;
    }

    /**
     * Forgets an answer this long after the model gave it, however often it was served; by default it is kept for as long
     * as there is room.
     *
     * @param age more than zero
     * @throws IllegalArgumentException if it is zero or negative
     */
    public LastGoodOptions expireAfter(Duration age) {
        if (age == null || age.isZero() || age.isNegative()) {
            throw new IllegalArgumentException("rung lastGood: expireAfter is " + age
                    + ": expected more than zero; leave it out to keep answers for as long as there is room");
        }
        expireAfter = age;
        return this;
    }

    RungOptions rung() {
        return rung;
    }

    String name() {
        return name;
    }

    int maximumSize() {
        return maximumSize;
    }

    @Nullable
    Duration expireAfter() {
        return expireAfter;
    }
}
