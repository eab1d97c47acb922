package io.modelgate.examples.spring;

import org.jspecify.annotations.Nullable;

/**
 * How much credit.
 *
 * @param amount in whole euros
 * @param answeredBy which version of the model, or which rule
 * @param because why it was the rule
 */
record Limit(long amount, String answeredBy, @Nullable String because) {}
