package io.modelgate;

import io.modelgate.budget.Usage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says how the calls of a gate count tokens, for its budgets. Handed to the function given to {@link GateBuilder#tokens}, and done when
 * that returns. For use by one thread; the functions run on the threads of calls.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class TokensBuilder<I, O> {

    private @Nullable ToLongFunction<? super I> input;
    private @Nullable ToLongFunction<? super I> maxOutput;
    private @Nullable Function<? super O, Usage> usage;
    private ToLongFunction<? super I> digest = TokensBuilder::digest;

    TokensBuilder() {}

    /**
     * Sets the estimate of an input's tokens: 0 to 2<sup>40</sup>. A call whose estimate throws or is out of range is refused with
     * {@link Cause#INPUT_BLOCKED}.
     */
    public TokensBuilder<I, O> input(ToLongFunction<? super I> estimate) {
        input = estimate;
        return this;
    }

    /**
     * Sets the most output tokens that a version may produce. What is left of the budgets may be less: a version that asks for its call
     * gets that from {@link Call#maxOutputTokens()}.
     *
     * @param tokens 1 to 2<sup>40</sup>
     * @throws IllegalArgumentException if it is out of range
     */
    public TokensBuilder<I, O> maxOutput(long tokens) {
        if (tokens < 1 || tokens > 1L << 40) {
            throw new IllegalArgumentException("maxOutput is " + tokens + ": expected 1 to 2^40 tokens");
        }
        maxOutput = input -> tokens;
        return this;
    }

    /** Sets the most output tokens that a version may produce for an input, as {@link #maxOutput(long)} does for all. */
    public TokensBuilder<I, O> maxOutput(ToLongFunction<? super I> tokens) {
        maxOutput = tokens;
        return this;
    }

    /**
     * Sets how to read the real usage from an answer. Default, and if it throws: unknown, so that what was reserved is charged, unless
     * the version says it through {@link Call#used}.
     */
    public TokensBuilder<I, O> usage(Function<? super O, Usage> usage) {
        this.usage = usage;
        return this;
    }

    /**
     * Sets by what {@link io.modelgate.budget.Runaway#repeatedInput} tells inputs apart; 0 means that an input is like no other. Default:
     * their hash codes, so that inputs whose class has no {@code hashCode} of its own, arrays among them, are all different.
     */
    public TokensBuilder<I, O> digest(ToLongFunction<? super I> digest) {
        this.digest = digest;
        return this;
    }

    private static long digest(Object input) {
        int hash = input.hashCode();
        return hash == 0 ? 1 : hash; // 0 would be like no other
    }

    Tokens<I, O> build(String gate) {
        if (input == null || maxOutput == null) {
            throw new IllegalArgumentException(gate + "tokens has no " + (input == null ? "input" : "maxOutput")
                    + "; say how many tokens an input has and how many an answer may have at most");
        }
        return new Tokens<>(input, maxOutput, usage, digest);
    }
}
