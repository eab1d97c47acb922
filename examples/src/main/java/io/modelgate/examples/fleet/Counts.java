package io.modelgate.examples.fleet;

import java.util.Arrays;

/**
 * What a process counted of its callers so far. Immutable.
 *
 * @param answered calls that the model answered
 * @param safe calls that got the safe answer
 * @param afterStop calls that began after the process had confirmed a kill
 * @param startedAfterStop those of them that reached the model all the same; to be zero
 * @param lastStart when the model was invoked last, by the ticker
 * @param staleMillis how long before the last call the process last knew that it had every decision, in milliseconds
 */
record Counts(long answered, long safe, long afterStop, long startedAfterStop, long lastStart, long staleMillis) {

    /** The numbers in a row, for another process. */
    String line() {
        return answered + " " + safe + " " + afterStop + " " + startedAfterStop + " " + lastStart + " " + staleMillis;
    }

    static Counts parse(String line) {
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Counts(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    /** What was counted since other counts of the same process. */
    Counts since(Counts before) {
        return new Counts(
                answered - before.answered,
                safe - before.safe,
                afterStop - before.afterStop,
                startedAfterStop - before.startedAfterStop,
                lastStart,
                staleMillis);
    }
}
