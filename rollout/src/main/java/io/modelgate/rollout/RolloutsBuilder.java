package io.modelgate.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Configures {@link Rollouts}. Handed to the function given to {@link Rollouts#open}, and done when that returns. Not thread-safe. */
public final class RolloutsBuilder {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int LONGEST_NAME = 100;

    Duration every = Duration.ofSeconds(1);
    boolean manual;

    @Nullable
    Observations observations;

    final List<PromotionGate> promotionGates = new ArrayList<>();
    final Map<String, GuardrailTest> tests = new HashMap<>();
    final List<Webhook> webhooks = new ArrayList<>();
    String instance = "main";

    @Nullable
    ExposureLedger exposures;

    @Nullable
    Executor executor;

    RolloutsBuilder() {}

    /**
     * Sets how often the rollouts are looked at. Default: one second.
     *
     * @param period 10 milliseconds to one hour
     * @throws IllegalArgumentException if it is out of range
     */
    public RolloutsBuilder every(Duration period) {
        if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("every is " + period + ": expected " + SHORTEST + " to " + LONGEST);
        }
        every = period;
        return this;
    }

    /** Looks only when {@link Rollouts#tick} is called. */
    public RolloutsBuilder manual() {
        manual = true;
        return this;
    }

    /** Sets where the counts come from. Default: the calls of this process. */
    public RolloutsBuilder observations(Observations source) {
        observations = source;
        return this;
    }

    /** Adds one that has a say in promotions; all must consent. Default: none, so that the evidence alone decides. */
    public RolloutsBuilder promotionGate(PromotionGate gate) {
        promotionGates.add(gate);
        return this;
    }

    /**
     * Notifies a webhook, of what this process decides and of what hinders it: each process that shares the control log notifies of its
     * own decisions, so that each is told once. Of a decision that was made elsewhere, by the command for instance, every process with a
     * webhook notifies, each time with the id of the same entry. Whoever made the webhook closes it.
     */
    public RolloutsBuilder webhook(Webhook webhook) {
        webhooks.add(webhook);
        return this;
    }

    /**
     * Gives a user's own guardrail of a policy, by name, its test.
     *
     * @throws IllegalArgumentException if the name has one
     */
    public RolloutsBuilder guardrailTest(String name, GuardrailTest test) {
        if (tests.putIfAbsent(name, test) != null) {
            throw new IllegalArgumentException("guardrailTest(\"" + name + "\") is given twice");
        }
        return this;
    }

    /**
     * Names this process, among those that share the control log. What it has counted goes into the log under this name, and a process
     * with the same name takes it up after a restart. Default: {@code main}, for a service that is one process.
     *
     * @param name 1 to 100 characters, none of them a control character
     * @throws IllegalArgumentException if it is not
     */
    public RolloutsBuilder instance(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("instance has " + name.length()
                    + " characters: expected 1 to 100, none of them a control character");
        }
        instance = name;
        return this;
    }

    /**
     * Keeps a list of the callers that each rollout's version answers, under a policy or by hand. A call of a gate with a rollout costs that one
     * offer to a bounded queue. Default: none.
     *
     * @param ledger one of its own for each {@link Rollouts}; closed with it
     */
    public RolloutsBuilder exposures(ExposureLedger ledger) {
        exposures = ledger;
        return this;
    }

    /** Sets what runs the looks, which write to the control log and so may wait for a disk. Default: one daemon thread. */
    public RolloutsBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }
}
