package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.math.BigDecimal;
import java.util.Locale;

/** The guardrails that a policy or its file makes, and the names and units they have by default. */
final class Guardrails {

    /** A limit that says nothing, for the kinds that have none. */
    static final Limit NO_LIMIT = new Limit.Relative(0);

    private Guardrails() {}

    static Guardrail rate(Rate rate, Limit limit, boolean required) {
        return new Guardrail(word(rate), Kind.RATE, rate, 0, null, Worse.HIGHER, limit, unit(limit), required, 1, null);
    }

    static Guardrail latency(double quantile, Limit limit, boolean required) {
        return new Guardrail(
                latencyName(quantile),
                Kind.LATENCY,
                null,
                quantile,
                null,
                Worse.HIGHER,
                limit,
                unit(limit),
                required,
                1,
                null);
    }

    static Guardrail sampleRatio() {
        return new Guardrail(
                word(Kind.SAMPLE_RATIO),
                Kind.SAMPLE_RATIO,
                null,
                0,
                null,
                Worse.EITHER,
                NO_LIMIT,
                Unit.CALLER,
                false,
                1,
                null);
    }

    /** Callers repeat themselves, so a comparison counts each once; a limit on the calls is on the calls. */
    static Unit unit(Limit limit) {
        return limit instanceof Limit.Bound ? Unit.CALL : Unit.CALLER;
    }

    /** The 0.99-quantile is {@code latency-p99}, the 0.999-quantile {@code latency-p99.9}. */
    static String latencyName(double quantile) {
        BigDecimal percent = BigDecimal.valueOf(quantile).movePointRight(2).stripTrailingZeros();
        return "latency-p" + percent.toPlainString();
    }

    /** A constant as files and names spell it: {@code invalid-output}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
