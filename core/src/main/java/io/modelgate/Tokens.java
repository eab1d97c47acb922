package io.modelgate;

import io.modelgate.budget.Usage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** How the calls of one gate count tokens. */
record Tokens<I, O>(
        ToLongFunction<? super I> input,
        ToLongFunction<? super I> maxOutput,
        @Nullable Function<? super O, Usage> usage,
        ToLongFunction<? super I> digest) {}
