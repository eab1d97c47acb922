package io.modelgate.budget;

/**
 * What a version costs, in micro-units of money per million tokens of a kind.
 *
 * <p>Each is 0 to 2<sup>40</sup>. A cost is rounded up to the next micro-unit once, over the sum of all kinds, and is at most
 * 2<sup>40</sup> micro-units. Immutable and thread-safe.
 *
 * @param input for input that came from no cache
 * @param cachedInput for input that came from a cache
 * @param output for output that is no reasoning
 * @param reasoning for reasoning
 */
public record Price(long input, long cachedInput, long output, long reasoning) {

    private static final long PER = 1_000_000;

    /** Where products saturate: four of them fit a long, and one of them costs more than {@link Amounts#MAX}. */
    private static final long MAX_PRODUCT = 1L << 60;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Price {
        Amounts.range("input", input, 0, Amounts.MAX);
        Amounts.range("cachedInput", cachedInput, 0, Amounts.MAX);
        Amounts.range("output", output, 0, Amounts.MAX);
        Amounts.range("reasoning", reasoning, 0, Amounts.MAX);
    }

    /**
     * Returns what a call cost. Where it is unknown which part of the input was cached, or of the output reasoning, all of it is
     * charged at the dearer of the two prices.
     *
     * @return micro-units, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if the input or the output is unknown
     */
    public long cost(Usage usage) {
        return rounded(part(usage.inputTokens(), usage.cachedInputOrNone(), input, cachedInput)
                + part(usage.outputTokens(), usage.reasoningOrNone(), output, reasoning));
    }

    /** The most that so many tokens can cost, whatever their kinds. */
    long worst(long inputTokens, long outputTokens) {
        return rounded(product(inputTokens, dearerInput()) + product(outputTokens, dearerOutput()));
    }

    /** The most output tokens with which the worst cost is within an amount; −1 if the input alone is above it. */
    long outputAffordable(long micros, long inputTokens) {
        if (micros >= Amounts.MAX) {
            return Amounts.MAX; // where costs saturate
        }
        long rest = micros < 0 ? -1 : micros * PER - product(inputTokens, dearerInput());
        if (rest < 0) {
            return -1;
        }
        return dearerOutput() == 0 ? Amounts.MAX : Math.min(Amounts.MAX, rest / dearerOutput());
    }

    private long dearerInput() {
        return Math.max(input, cachedInput);
    }

    private long dearerOutput() {
        return Math.max(output, reasoning);
    }

    private static long part(long tokens, long special, long price, long specialPrice) {
        return special < 0
                ? product(tokens, Math.max(price, specialPrice))
                : product(tokens - special, price) + product(special, specialPrice);
    }

    private static long product(long tokens, long price) {
        long low = tokens * price;
        return Math.multiplyHigh(tokens, price) == 0 && low >= 0 && low < MAX_PRODUCT ? low : MAX_PRODUCT;
    }

    private static long rounded(long sum) {
        return Math.min(Amounts.MAX, (sum + PER - 1) / PER);
    }
}
