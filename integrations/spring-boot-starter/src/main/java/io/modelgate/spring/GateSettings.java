package io.modelgate.spring;

import io.modelgate.GateBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The settings of gates under {@code modelgate.gates}. Thread-safe. */
final class GateSettings {

    private final Map<String, ModelGateProperties.Gate> gates;

    private volatile boolean inUse;

    GateSettings(Map<String, ModelGateProperties.Gate> gates) {
        this.gates = gates;
    }

    /** Says that the gates of the application hear of these settings: those that it opens itself do not. */
    void use() {
        inUse = true;
    }

    boolean inUse() {
        return inUse;
    }

    /**
     * Applies what is set for a gate, if anything is.
     *
     * @throws PropertyMistakes.Refusal with every value that the gate refuses
     */
    void apply(String gate, GateBuilder<?, ?> builder) {
        String key = key(gate);
        ModelGateProperties.Gate settings = key == null ? null : gates.get(key);
        if (key == null || settings == null) {
            return;
        }
        String at = PropertyNames.gate(key);
        PropertyMistakes mistakes = new PropertyMistakes();
        mistakes.set(at + "stable", settings.stable(), builder::stable);
        if (settings.saysMore()) { // few do, and to hand over each setting costs start-up
            apply(at, settings, builder, mistakes);
        }
        mistakes.refuse();
    }

    private static void apply(
            String at, ModelGateProperties.Gate settings, GateBuilder<?, ?> builder, PropertyMistakes mistakes) {
        mistakes.set(at + "model-timeout", settings.modelTimeout(), builder::modelTimeout);
        mistakes.set(at + "deadline", settings.deadline(), builder::deadline);
        mistakes.set(at + "max-concurrent", settings.maxConcurrent(), builder::maxConcurrent);
        mistakes.set(at + "attributes", settings.attributes(), all -> builder.attributes(all.toArray(String[]::new)));
        mistakes.set(at + "enforce-timeouts", given(settings.enforceTimeouts()), on -> builder.enforceTimeouts());
        mistakes.set(
                at + "cut-in-flight-on-kill", given(settings.cutInFlightOnKill()), on -> builder.cutInFlightOnKill());
        mistakes.set(at + "latency-histogram", given(settings.latencyHistogram()), on -> builder.latencyHistogram());
        mistakes.set(
                at + "start-without-stable", given(settings.startWithoutStable()), on -> builder.startWithoutStable());
        mistakes.set(
                at + "breaker",
                settings.breaker(),
                breaker -> builder.breaker(LimitSettings.breaker(at + "breaker.", breaker)));
        mistakes.set(
                at + "rate-limit",
                settings.rateLimit(),
                limit -> builder.rateLimit(LimitSettings.rateLimit(at + "rate-limit.", limit)));
        List<ModelGateProperties.Budget> budgets = settings.budgets();
        for (int i = 0; i < budgets.size(); i++) {
            String property = at + "budgets[" + i + "]";
            mistakes.set(
                    property, budgets.get(i), budget -> builder.budget(BudgetSettings.budget(property + ".", budget)));
        }
        List<ModelGateProperties.Runaway> runaways = settings.runaways();
        for (int i = 0; i < runaways.size(); i++) {
            String property = at + "runaways[" + i + "]";
            mistakes.set(
                    property,
                    runaways.get(i),
                    limit -> builder.runaway(RunawaySettings.runaway(property + ".", limit)));
        }
    }

    private static @Nullable Boolean given(boolean on) {
        return on ? Boolean.TRUE : null; // a gate's switches have no way back
    }

    /** Whether a property says which version of a gate is stable. */
    boolean nameStable(String gate) {
        String key = key(gate);
        ModelGateProperties.Gate settings = key == null ? null : gates.get(key);
        return settings != null && settings.stable() != null;
    }

    /** Refuses settings that no gate of this process took. */
    void requireKnown(Collection<String> known, PropertyMistakes mistakes) {
        for (String key : new TreeSet<>(gates.keySet())) {
            List<String> takers = PropertyNames.alike(key, known);
            if (takers.isEmpty()) {
                mistakes.add(
                        property(key),
                        "no gate of this application is named \"" + key + "\"; its gates are " + new TreeSet<>(known));
            } else if (takers.size() > 1 && !gates.keySet().containsAll(takers)) {
                mistakes.add(
                        property(key), "it may be meant for any of " + takers + "; give each of them its settings");
            } else if (!known.contains(key)) {
                takers.forEach(gate -> requireSame(key, key(gate), mistakes));
            }
        }
    }

    /** Two ways to write one gate are no mistake as long as they say the same: Spring Boot gives both what either was set to. */
    private void requireSame(String key, @Nullable String taken, PropertyMistakes mistakes) {
        if (taken != null && !Objects.equals(gates.get(key), gates.get(taken))) {
            mistakes.add(
                    property(key), "it is ignored, as there is " + property(taken) + " too; write all of it there");
        }
    }

    private static String property(String key) {
        String property = PropertyNames.gate(key);
        return property.substring(0, property.length() - 1);
    }

    /**
     * The key of a gate's settings: its name, or else one that is the same where only letters and digits count, as in an environment variable
     * ({@code MODELGATE_GATES_CREDITRISK_DEADLINE}).
     *
     * @throws PropertyMistakes.Refusal if there are several and they differ
     */
    private @Nullable String key(String gate) {
        if (gates.containsKey(gate)) {
            return gate;
        }
        List<String> alike = PropertyNames.alike(gate, gates.keySet());
        for (String each : alike) {
            if (!Objects.equals(gates.get(each), gates.get(alike.get(0)))) {
                throw PropertyMistakes.refusal(
                        property(each),
                        property(alike.get(0)) + " may be meant for the gate \"" + gate + "\" too; write one, as "
                                + property(gate),
                        null);
            }
        }
        return alike.isEmpty() ? null : alike.get(0);
    }
}
