package io.modelgate.rollout;

import java.time.Duration;

/** Configures an {@link ExposureLedger}. Handed to the function given to {@link ExposureLedger#in}, and done when that returns. */
public final class ExposureLedgerBuilder {

    private static final Duration SHORTEST = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final long LEAST_BYTES = 1 << 16;

    Duration retention = Duration.ofDays(365);
    Duration lateAnswers = Duration.ofMinutes(1);
    long mostBytes = 1L << 30;
    boolean plainKeys;

    ExposureLedgerBuilder() {}

    /**
     * Sets for how long after its last exposure a rollout is kept; then all of it is deleted. Default: 365 days.
     *
     * @param kept 1 to 3,650 days
     * @throws IllegalArgumentException if it is out of range
     */
    public ExposureLedgerBuilder retention(Duration kept) {
        retention = between("retention", kept, SHORTEST, LONGEST);
        return this;
    }

    /**
     * Sets how many bytes the folder may hold, whichever processes write to it; beyond them nothing is taken, and that is counted and told. An
     * exposure takes 60 to 70 bytes, with hashed callers. Held to within what the processes write in ten seconds. Default: 1 GiB.
     *
     * @param bytes 64 KiB or more
     * @throws IllegalArgumentException if it is out of range
     */
    public ExposureLedgerBuilder mostBytes(long bytes) {
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("mostBytes is " + bytes + ": expected " + LEAST_BYTES + " or more");
        }
        mostBytes = bytes;
        return this;
    }

    /**
     * Keeps the keys of callers as they are, for a list that can be read without the control log's secret. Default: their keyed hashes, of which
     * destroying that secret makes nothing that leads to anybody.
     */
    public ExposureLedgerBuilder plainKeys() {
        plainKeys = true;
        return this;
    }

    /**
     * Sets for how long after the end of a rollout answers of calls that began before it are still taken, before the list is sealed. Default: one
     * minute.
     *
     * @param wait zero to one hour
     * @throws IllegalArgumentException if it is out of range
     */
    public ExposureLedgerBuilder lateAnswers(Duration wait) {
        lateAnswers = between("lateAnswers", wait, Duration.ZERO, LONGEST_WAIT);
        return this;
    }

    private static Duration between(String parameter, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected " + least + " to " + most);
        }
        return value;
    }
}
