package io.modelgate;

import java.time.Duration;
import java.time.InstantSource;

/** Configures a {@link FileDecisionSink}. Handed to the function given to {@link FileDecisionSink#in}, and done when that returns. */
public final class FileDecisionSinkBuilder {

    static final Duration LONGEST_AGE = Duration.ofDays(1);

    private static final Duration SHORTEST_AGE = Duration.ofSeconds(1);
    private static final long LEAST_BYTES = 1 << 10;

    long rotateBytes = 64L << 20;
    Duration rotateAfter = Duration.ofHours(1);
    long keepBytes = 10L << 30;
    int keepFiles = 10_000;
    InstantSource instants = InstantSource.system();

    FileDecisionSinkBuilder() {}

    /**
     * Sets after how many bytes another file begins. Default: 64 MiB.
     *
     * @param bytes 1 KiB or more
     * @throws IllegalArgumentException if it is out of range
     */
    public FileDecisionSinkBuilder rotateBytes(long bytes) {
        rotateBytes = atLeast("rotateBytes", bytes, LEAST_BYTES);
        return this;
    }

    /**
     * Sets after how long another file begins. Default: one hour.
     *
     * @param age one second to one day
     * @throws IllegalArgumentException if it is out of range
     */
    public FileDecisionSinkBuilder rotateAfter(Duration age) {
        if (age.compareTo(SHORTEST_AGE) < 0 || age.compareTo(LONGEST_AGE) > 0) {
            throw new IllegalArgumentException("rotateAfter is " + age + ": expected one second to one day");
        }
        rotateAfter = age;
        return this;
    }

    /**
     * Sets how many bytes of rotated files stay in the folder, whichever process wrote them; the oldest are deleted. Default: 10 GiB.
     *
     * @param bytes 1 KiB or more
     * @throws IllegalArgumentException if it is out of range
     */
    public FileDecisionSinkBuilder keepBytes(long bytes) {
        keepBytes = atLeast("keepBytes", bytes, LEAST_BYTES);
        return this;
    }

    /**
     * Sets how many rotated files stay in the folder, whichever process wrote them; the oldest are deleted. Default: 10,000.
     *
     * @param files 1 or more
     * @throws IllegalArgumentException if it is out of range
     */
    public FileDecisionSinkBuilder keepFiles(int files) {
        keepFiles = (int) atLeast("keepFiles", files, 1);
        return this;
    }

    /** Sets the clock that names and rotates files. Default: the system's. */
    public FileDecisionSinkBuilder instants(InstantSource source) {
        instants = source;
        return this;
    }

    private static long atLeast(String parameter, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected " + least + " or more");
        }
        return value;
    }
}
