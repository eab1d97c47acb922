package io.modelgate.examples.spring;

import org.jspecify.annotations.Nullable;

/**
 * What the applicant hears.
 *
 * @param approve whether there is credit
 * @param chance that it is paid back, as far as somebody knows
 * @param answeredBy which version of the model, or which rule
 * @param because why it was the rule
 */
record Decision(
        boolean approve,
        @Nullable Double chance,
        String answeredBy,
        @Nullable String because) {

    /** Of a model: yes from 70 % on. */
    static Decision of(double chance, String version) {
        return new Decision(chance >= 0.7, Math.round(chance * 1_000) / 1_000.0, version, null);
    }
}
