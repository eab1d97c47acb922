package io.modelgate.rollout;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The declared rules of a rollout. Immutable.
 *
 * <pre>{@code
 * RolloutPolicy policy = RolloutPolicy.of(p -> p
 *         .name("careful")
 *         .exponential(Weight.percent(1), 2, Duration.ofMinutes(30), 200)
 *         .soak(Duration.ofDays(7)));
 * RolloutPolicy same = RolloutPolicy.load(Path.of("careful.yaml"));
 * }</pre>
 *
 * <p>Made by {@link #of(Consumer)}, {@link #load} or {@link #parse}, which check it as a whole and fill in what is left out;
 * {@code docs/policies.md} has every setting with its default.
 *
 * @param name what people call it
 * @param steps the weights, rising
 * @param guardrails the conditions
 * @param alpha how often a candidate that is no worse than allowed may be rolled back, over the whole rollout; split over the guardrails
 * @param promotionAlpha how often a guardrail may call a candidate not worse that is worse by the margin
 * @param processes how many processes watch their own part of the traffic; α is divided by it
 * @param inconclusive what happens where promotion's evidence stays inconclusive
 * @param holdback the share of the callers that keeps the old version after the promotion, for comparison, until the soak is over
 * @param soak how long the promoted version is watched
 * @param pauseAlert when a person hears that it is held up
 * @param calendar when it may step up
 * @param shadow what its shadow stage takes; null for none
 * @param holdDown how long the same candidate is not started again after an abort or a rollback
 * @param windows when callers go to the candidate before its promotion; outside of them nobody does, and no time counts. Has no blackouts
 * @param stakes how much a bad version can hurt: high ones ask for a shadow stage
 */
public record RolloutPolicy(
        String name,
        List<Step> steps,
        List<Guardrail> guardrails,
        double alpha,
        double promotionAlpha,
        int processes,
        Inconclusive inconclusive,
        Weight holdback,
        Duration soak,
        PauseAlert pauseAlert,
        Calendar calendar,
        @Nullable ShadowStage shadow,
        Duration holdDown,
        Calendar windows,
        Stakes stakes) {

    /** Copies the lists. */
    public RolloutPolicy {
        steps = List.copyOf(steps);
        guardrails = List.copyOf(guardrails);
    }

    /**
     * Makes a policy in code. Only {@link PolicyBuilder#name} is needed.
     *
     * @throws IllegalArgumentException for a setting out of range, or settings that cannot be together, with the setting, its value and
     *     what to do
     */
    public static RolloutPolicy of(Consumer<PolicyBuilder> configure) {
        PolicyBuilder builder = new PolicyBuilder();
        configure.accept(builder);
        return builder.build();
    }

    /**
     * Reads what {@link #data} wrote. Empty if any part of it is missing, malformed or unknown; never throws. A user's own
     * {@link GuardrailTest} is not in the data: its guardrail comes back with its name alone.
     */
    public static Optional<RolloutPolicy> of(Map<String, Object> data) {
        return PolicyData.read(data);
    }

    /**
     * Reads a policy from a YAML file in UTF-8.
     *
     * @throws IllegalArgumentException for a file with mistakes, with the line, the column and the fix of each
     * @throws UncheckedIOException if the file cannot be read
     */
    public static RolloutPolicy load(Path file) {
        return PolicyFile.load(file);
    }

    /**
     * Reads a policy from YAML.
     *
     * @param name what messages call the text, for instance its file
     * @throws IllegalArgumentException for a text with mistakes, with the line, the column and the fix of each
     */
    public static RolloutPolicy parse(String name, String yaml) {
        return PolicyFile.parse(name, yaml);
    }

    /** The same policy from its first step on: for what replays counts of calls, which have no answers to compare. */
    RolloutPolicy afterShadow() {
        return new RolloutPolicy(
                name,
                steps,
                guardrails,
                alpha,
                promotionAlpha,
                processes,
                inconclusive,
                holdback,
                soak,
                pauseAlert,
                calendar,
                null,
                holdDown,
                windows,
                stakes.needsShadow() ? Stakes.MEDIUM : stakes);
    }

    /** The policy as an entry of the control log can hold it: strings, Longs, booleans, lists and maps. */
    public Map<String, Object> data() {
        return PolicyData.write(this);
    }

    /**
     * Refuses a policy that was made by its constructor, which checks nothing, and cannot be carried out.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    void requireSound() {
        PolicyMistake.refuse("policy " + PolicyText.quote(name), PolicyRules.mistakes(this));
    }
}
