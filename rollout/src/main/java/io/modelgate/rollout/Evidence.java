package io.modelgate.rollout;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the data says of one guardrail, at a moment. Immutable.
 *
 * @param guardrail the guardrail's name
 * @param required whether promotion asks for {@link Finding#NOT_WORSE} of it
 * @param finding the finding
 * @param regressed the e-value against "no worse than allowed", where the test has one
 * @param notWorse the e-value against "worse by the margin", where the test has one
 * @param text one line for a person: what was compared with what, in numbers
 * @param numbers the numbers behind it by name, as decimal text, for the control log
 */
public record Evidence(
        String guardrail,
        boolean required,
        Finding finding,
        OptionalDouble regressed,
        OptionalDouble notWorse,
        String text,
        Map<String, String> numbers) {

    /** Copies the map. */
    public Evidence {
        numbers = Map.copyOf(numbers);
    }
}
