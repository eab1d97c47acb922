package io.modelgate.testkit;

import io.modelgate.Cause;
import io.modelgate.Outcome;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on what became of a call.
 *
 * <pre>{@code
 * OutcomeAssert.assertThat(gate.decide(input, caller)).fellBackTo("debt-ratio").because(Cause.KILLED).with(REFUSE);
 * }</pre>
 *
 * @param <O> the answer
 */
public final class OutcomeAssert<O> extends AbstractAssert<OutcomeAssert<O>, Outcome<O>> {

    private OutcomeAssert(Outcome<O> actual) {
        super(actual, OutcomeAssert.class);
    }

    /** Starts assertions on an outcome. */
    public static <O> OutcomeAssert<O> assertThat(Outcome<O> actual) {
        return new OutcomeAssert<>(actual);
    }

    /** The version that the caller was routed to answered, and it is this one. */
    public OutcomeAssert<O> answeredBy(String version) {
        return check(
                actual instanceof Outcome.Answered<O> answered
                        && answered.version().equals(version),
                "to be answered by version <%s>",
                version);
    }

    /** This rung answered. */
    public OutcomeAssert<O> fellBackTo(String rung) {
        return check(
                actual instanceof Outcome.FellBack<O> fell && fell.rung().equals(rung),
                "to fall back to rung <%s>",
                rung);
    }

    /** The gate refused and nobody answered. */
    public OutcomeAssert<O> refused() {
        return check(actual instanceof Outcome.Refused<O>, "to be refused%s", "");
    }

    /** The model failed and nobody answered. */
    public OutcomeAssert<O> failed() {
        return check(actual instanceof Outcome.Failed<O>, "to have failed%s", "");
    }

    /** The version routed to did not answer for this cause. */
    public OutcomeAssert<O> because(Cause cause) {
        return check(actual.cause().filter(cause::equals).isPresent(), "to have the cause <%s>", cause);
    }

    /** The call was routed to this version. */
    public OutcomeAssert<O> routedTo(String version) {
        return check(actual.routed().filter(version::equals).isPresent(), "to be routed to version <%s>", version);
    }

    /** This is the answer. */
    public OutcomeAssert<O> with(O answer) {
        return check(
                actual.answer().filter(given -> Objects.equals(given, answer)).isPresent(),
                "to have the answer <%s>",
                answer);
    }

    private OutcomeAssert<O> check(boolean holds, String expectation, Object value) {
        isNotNull();
        if (!holds) {
            failWithMessage(
                    "Expected outcome%n  <%s>%n"
                            + expectation.replace("<%s>", "<" + value + ">").replace("%s", ""),
                    actual);
        }
        return this;
    }
}
