package io.modelgate.fallback;

/**
 * What became of the calls that reached one rung since its ladder was made. Each call counts in exactly one of the five.
 *
 * <p>A constant that the gate serves by itself, because the answer to every such call is the same, does not reach the
 * ladder and is counted by the gate's meters only. Immutable and thread-safe.
 *
 * @param rung the rung's name
 * @param answered calls that it answered
 * @param noAnswer calls for which it had no answer: nothing remembered, no previous version, a rule that returned null
 * @param skippedFull calls that passed it because as many were in it as its bound allows
 * @param skippedNoTime calls that passed it because no time was left or the thread was interrupted
 * @param failed calls in which it threw; for {@code lastGood} also good answers that its key function failed to file
 */
public record RungStats(String rung, long answered, long noAnswer, long skippedFull, long skippedNoTime, long failed) {}
