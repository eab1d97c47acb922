package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a guardrail must be to find anything. */
final class GuardrailRules {

    static final double MOST_SHARE = 1_000;
    private static final double MOST_RELATIVE = 100;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private GuardrailRules() {}

    /** The first mistake, as the part's path below the guardrail, a blank, and the rest of the sentence; null if there is none. */
    static @Nullable String mistake(Guardrail guardrail) {
        if (!NAME.matcher(guardrail.name()).matches()) {
            return ".name is " + PolicyText.quote(guardrail.name())
                    + ": expected 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit";
        }
        String subject = subject(guardrail);
        if (subject != null) {
            return subject;
        }
        if (!(guardrail.share() > 0 && guardrail.share() <= MOST_SHARE)) {
            return ".share is " + PolicyText.decimal(guardrail.share()) + ": expected above 0 and at most "
                    + PolicyText.decimal(MOST_SHARE) + ", relative to the other guardrails' shares of alpha";
        }
        if (guardrail.kind() == Kind.SAMPLE_RATIO || guardrail.kind() == Kind.CUSTOM) {
            return guardrail.required() && guardrail.kind() == Kind.SAMPLE_RATIO
                    ? ".required is true, but a sample ratio is never shown to be NOT_WORSE: remove it, or promotion would wait forever"
                    : null;
        }
        String limit = limit(guardrail);
        return limit == null ? direction(guardrail) : limit;
    }

    private static @Nullable String subject(Guardrail guardrail) {
        return switch (guardrail.kind()) {
            case RATE -> guardrail.rate() == null ? ".rate is missing: expected one, for instance errors" : null;
            case MEAN ->
                guardrail.metric() == null || !NAME.matcher(guardrail.metric()).matches()
                        ? ".mean is " + (guardrail.metric() == null ? "missing" : PolicyText.quote(guardrail.metric()))
                                + ": expected the name of one of the gate's metrics"
                        : null;
            case LATENCY ->
                guardrail.quantile() > 0 && guardrail.quantile() < 1
                        ? null
                        : ".latency is the quantile " + PolicyText.decimal(guardrail.quantile())
                                + ": expected above 0 and below 1, for instance 0.99, or p99 in a file";
            case SAMPLE_RATIO, CUSTOM -> null;
        };
    }

    private static @Nullable String limit(Guardrail guardrail) {
        if (guardrail.limit() instanceof Limit.Bound bound) {
            return bound(guardrail, bound.value());
        }
        boolean relative = guardrail.limit() instanceof Limit.Relative;
        double margin = guardrail.limit() instanceof Limit.Relative share
                ? share.share()
                : ((Limit.Absolute) guardrail.limit()).points();
        String path = relative ? ".worseBy is " : ".worseByPoints is ";
        boolean ofCalls = guardrail.kind() == Kind.RATE;
        double most = relative ? MOST_RELATIVE : ofCalls ? 1 : Double.MAX_VALUE;
        if (!(margin >= 0 && margin <= most)) {
            return path + PolicyText.decimal(margin) + ": expected 0 or more"
                    + (most == Double.MAX_VALUE ? "" : " and at most " + PolicyText.decimal(most))
                    + (ofCalls || relative ? "; 0.2 is 20 %" : "");
        }
        if (guardrail.required() && margin == 0) {
            return path + "0, and a version that is no better can never be shown to be NOT_WORSE by nothing: "
                    + "allow a margin, or do not require it";
        }
        return null;
    }

    private static @Nullable String bound(Guardrail guardrail, double value) {
        boolean fits = switch (guardrail.kind()) {
            case RATE -> value > 0 && value < 1;
            case LATENCY -> value > 0 && Double.isFinite(value);
            default -> Double.isFinite(value);
        };
        if (fits) {
            return null;
        }
        String path = guardrail.worse() == Worse.LOWER ? ".atLeast is " : ".atMost is ";
        return path + PolicyText.decimal(value) + ": expected "
                + (guardrail.kind() == Kind.RATE
                        ? "above 0 and below 1; 0.01 is 1 %"
                        : guardrail.kind() == Kind.LATENCY ? "more than no time" : "a finite number");
    }

    private static @Nullable String direction(Guardrail guardrail) {
        if (guardrail.kind() != Kind.MEAN && guardrail.worse() != Worse.HIGHER) {
            return ".worse is " + Guardrails.word(guardrail.worse())
                    + ": expected higher, since more of it is never better";
        }
        if (guardrail.limit() instanceof Limit.Bound && guardrail.worse() == Worse.EITHER) {
            return ".worse is either, with a limit on one side: expected higher or lower";
        }
        return null;
    }
}
