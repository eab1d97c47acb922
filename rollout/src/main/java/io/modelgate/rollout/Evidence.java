package io.modelgate.rollout;

import java.util.Map;
import java.util.Optional;
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
 * @param band where the quantity lies that is compared with the limit; in a rollout's status, where the guardrail has one and there is
 *     data. What automation goes by and what the control log holds has none
 */
public record Evidence(
        String guardrail,
        boolean required,
        Finding finding,
        OptionalDouble regressed,
        OptionalDouble notWorse,
        String text,
        Map<String, String> numbers,
        Optional<Band> band) {

    /** Copies the map. */
    public Evidence {
        numbers = Map.copyOf(numbers);
    }

    /** Evidence without a band. */
    public Evidence(
            String guardrail,
            boolean required,
            Finding finding,
            OptionalDouble regressed,
            OptionalDouble notWorse,
            String text,
            Map<String, String> numbers) {
        this(guardrail, required, finding, regressed, notWorse, text, numbers, Optional.empty());
    }
}
