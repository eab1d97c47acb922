package io.modelgate.budget;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The tokens of one call, as far as they are known: unknown is not zero, and what is unknown is settled at what was reserved.
 *
 * <p>Cached input is a part of the input and reasoning a part of the output, so {@code input + output} is everything. Each
 * count is 0 to 2<sup>40</sup> tokens. Immutable and thread-safe.
 */
public final class Usage {

    private static final long NONE = -1;

    /** Nothing is known of the call. */
    public static final Usage UNKNOWN = new Usage(NONE, NONE, NONE, NONE, false);

    private final long input;
    private final long cachedInput;
    private final long output;
    private final long reasoning;
    private final boolean estimated;

    private Usage(long input, long cachedInput, long output, long reasoning, boolean estimated) {
        this.input = input;
        this.cachedInput = cachedInput;
        this.output = output;
        this.reasoning = reasoning;
        this.estimated = estimated;
    }

    /**
     * Returns the usage of a call of which all input and all output tokens are known.
     *
     * @param input all input tokens, cached ones included, 0 to 2<sup>40</sup>
     * @param output all output tokens, reasoning included, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if a count is out of range
     */
    public static Usage of(long input, long output) {
        return new Usage(count("input", input), NONE, count("output", output), NONE, false);
    }

    /**
     * Returns the usage of a call whose output is unknown.
     *
     * @param input all input tokens, cached ones included, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if it is out of range
     */
    public static Usage ofInput(long input) {
        return new Usage(count("input", input), NONE, NONE, NONE, false);
    }

    /**
     * Returns the usage of a call whose input is unknown.
     *
     * @param output all output tokens, reasoning included, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if it is out of range
     */
    public static Usage ofOutput(long output) {
        return new Usage(NONE, NONE, count("output", output), NONE, false);
    }

    /**
     * Returns this usage with the number of input tokens that came from a cache.
     *
     * @param tokens 0 to the input tokens
     * @throws IllegalArgumentException if it is out of range
     */
    public Usage cachedInput(long tokens) {
        return new Usage(input, part("cachedInput", tokens, "input", input), output, reasoning, estimated);
    }

    /**
     * Returns this usage with the number of output tokens that were reasoning.
     *
     * @param tokens 0 to the output tokens
     * @throws IllegalArgumentException if it is out of range
     */
    public Usage reasoning(long tokens) {
        return new Usage(input, cachedInput, output, part("reasoning", tokens, "output", output), estimated);
    }

    /** Returns this usage, marked as an estimate. */
    public Usage asEstimate() {
        return estimated ? this : new Usage(input, cachedInput, output, reasoning, true);
    }

    /** All input tokens, cached ones included; empty if unknown. */
    public OptionalLong input() {
        return optional(input);
    }

    /** The input tokens that came from a cache; empty if unknown. */
    public OptionalLong cachedInput() {
        return optional(cachedInput);
    }

    /** All output tokens, reasoning included; empty if unknown. */
    public OptionalLong output() {
        return optional(output);
    }

    /** The output tokens that were reasoning; empty if unknown. */
    public OptionalLong reasoning() {
        return optional(reasoning);
    }

    /** Whether this is an estimate and not what the model reported. */
    public boolean estimated() {
        return estimated;
    }

    /** Whether input and output are known, so that it can be charged as it is. */
    boolean known() {
        return input != NONE && output != NONE;
    }

    /** This usage with unknown input and output replaced by these, and marked as an estimate if one was. */
    Usage filled(long unknownInput, long unknownOutput) {
        if (known()) {
            return this;
        }
        // A known part is never more than its whole.
        return new Usage(
                input == NONE ? Math.max(unknownInput, cachedInput) : input,
                cachedInput,
                output == NONE ? Math.max(unknownOutput, reasoning) : output,
                reasoning,
                true);
    }

    /** All tokens; at most 2^40. Only of a known usage. */
    long tokens() {
        return Math.min(Amounts.MAX, inputTokens() + outputTokens());
    }

    long inputTokens() {
        return known("input", input);
    }

    long outputTokens() {
        return known("output", output);
    }

    /** −1 if unknown. */
    long cachedInputOrNone() {
        return cachedInput;
    }

    /** −1 if unknown. */
    long reasoningOrNone() {
        return reasoning;
    }

    private static long known(String name, long count) {
        if (count == NONE) {
            throw new IllegalArgumentException(name + " is unknown: it cannot be charged");
        }
        return count;
    }

    private static OptionalLong optional(long count) {
        return count == NONE ? OptionalLong.empty() : OptionalLong.of(count);
    }

    private static long count(String name, long count) {
        return Amounts.range(name, count, 0, Amounts.MAX);
    }

    private static long part(String name, long tokens, String whole, long of) {
        count(name, tokens);
        if (of != NONE && tokens > of) {
            throw new IllegalArgumentException(name + " is " + tokens + ": expected 0 to " + of
                    + ", as it is a part of " + whole + ", which is " + of);
        }
        return tokens;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Usage that
                && input == that.input
                && cachedInput == that.cachedInput
                && output == that.output
                && reasoning == that.reasoning
                && estimated == that.estimated;
    }

    @Override
    public int hashCode() {
        return Objects.hash(input, cachedInput, output, reasoning, estimated);
    }

    @Override
    public String toString() {
        return "Usage[input=" + text(input) + ", cachedInput=" + text(cachedInput) + ", output=" + text(output)
                + ", reasoning=" + text(reasoning) + (estimated ? ", estimated]" : "]");
    }

    private static String text(long count) {
        return count == NONE ? "unknown" : Long.toString(count);
    }
}
