package io.modelgate.spring;

import io.modelgate.control.ControlLogException;
import io.modelgate.spring.PropertyMistakes.Mistake;
import io.modelgate.spring.PropertyMistakes.Refusal;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.env.Environment;

/**
 * Says in a few lines why an application does not start where gates are the reason: the property, its value, where it was set and what to do;
 * mistakes of guarded interfaces whole. Before Spring Boot's own analyzers, which would show a password in a misspelt property.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ModelGateFailureAnalyzer implements FailureAnalyzer {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(ModelGateProperties.PREFIX);
    private static final Pattern GATE = Pattern.compile("gate \"([^\"]+)\": ([^\n]*)");
    private static final Pattern WORD = Pattern.compile("[a-z][A-Za-z]+");

    private final Origins origins;

    ModelGateFailureAnalyzer(Environment environment) {
        origins = new Origins(environment);
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        Set<Throwable> all = all(failure);
        FailureAnalysis analysis = unbound(failure, all);
        if (analysis == null) {
            analysis = notBound(failure, all);
        }
        return analysis == null ? refused(failure, all) : analysis;
    }

    /** The failure and everything behind it, the reasons before what they led to. */
    private static Set<Throwable> all(Throwable failure) {
        Set<Throwable> all = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> found = new ArrayList<>();
        collect(failure, all, found);
        return new LinkedHashSet<>(found);
    }

    private static void collect(@Nullable Throwable each, Set<Throwable> seen, List<Throwable> found) {
        if (each != null && seen.add(each)) {
            found.add(each);
            collect(each.getCause(), seen, found);
            Arrays.stream(each.getSuppressed()).forEach(other -> collect(other, seen, found));
        }
    }

    private static <T> @Nullable T first(Set<Throwable> all, Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
    }

    private static @Nullable FailureAnalysis unbound(Throwable failure, Set<Throwable> all) {
        UnboundConfigurationPropertiesException unbound = first(all, UnboundConfigurationPropertiesException.class);
        if (unbound == null) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        for (ConfigurationProperty property : unbound.getUnboundProperties()) {
            if (PREFIX.isAncestorOf(property.getName())) {
                text.append("\n  ")
                        .append(Origins.describe(property, true))
                        .append("\n    ")
                        .append(KnownKeys.explain(property.getName()));
            }
        }
        return text.isEmpty()
                ? null
                : new FailureAnalysis(
                        "Properties that ModelGate does not know:" + text,
                        "Correct or remove them: a setting that is ignored is one that somebody relies on.",
                        failure);
    }

    private @Nullable FailureAnalysis notBound(Throwable failure, Set<Throwable> all) {
        // The innermost one names the value itself.
        BindException bind = all.stream()
                .filter(BindException.class::isInstance)
                .map(BindException.class::cast)
                .reduce((outer, inner) -> inner)
                .orElse(null);
        if (bind == null || !(PREFIX.equals(bind.getName()) || PREFIX.isAncestorOf(bind.getName()))) {
            return null;
        }
        Refusal refusal = first(all, Refusal.class);
        if (refusal != null) {
            return null;
        }
        ConfigurationProperty property = bind.getProperty();
        TypeDescriptor wanted = wanted(all);
        String what = property == null ? origins.describe(bind.getName().toString()) : Origins.describe(property, true);
        return new FailureAnalysis(
                "A property cannot be read:\n  " + what,
                "Write "
                        + (wanted == null
                                ? "a value of the type " + bind.getTarget().getType()
                                : expected(wanted.getType()))
                        + ".",
                failure);
    }

    private static @Nullable TypeDescriptor wanted(Set<Throwable> all) {
        TypeDescriptor wanted = null;
        for (Throwable each : all) {
            if (each instanceof ConversionFailedException failed) {
                wanted = failed.getTargetType();
            } else if (each instanceof ConverterNotFoundException none) {
                wanted = none.getTargetType();
            }
        }
        return wanted;
    }

    private static String expected(Class<?> type) {
        if (type == Duration.class) {
            return "a duration with its unit, for instance 250ms, 5s, 10m or 2h";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        if (type == Float.class) {
            return "a number";
        }
        if (type == InetAddress.class) {
            return "a name or number of this machine, for instance 127.0.0.1 or 0.0.0.0";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(each -> each.toString().toLowerCase(Locale.ROOT))
                            .toList();
        }
        return "a value of the type " + type.getSimpleName();
    }

    private @Nullable FailureAnalysis refused(Throwable failure, Set<Throwable> all) {
        StartException start = first(all, StartException.class);
        Refusal refusal = first(all, Refusal.class);
        if (start != null) {
            return new FailureAnalysis(start.getMessage() + places(start.getMessage(), all), start.fix(), failure);
        }
        if (refusal != null) {
            StringBuilder text = new StringBuilder("ModelGate refuses properties:");
            for (Mistake mistake : refusal.mistakes()) {
                text.append("\n  ")
                        .append(origins.describe(mistake.property()))
                        .append("\n    ")
                        .append(mistake.text());
            }
            return new FailureAnalysis(text.toString(), "Correct them as each line says.", failure);
        }
        ControlLogException log = first(all, ControlLogException.class);
        if (log != null) {
            return new FailureAnalysis(
                    String.valueOf(log.getMessage()),
                    "docs/control-log.md says what may be done. To start all the same, with every gate killed until the log"
                            + " opens at a later start, set modelgate.start-killed-if-log-refuses=true.",
                    failure);
        }
        IllegalArgumentException gate = first(all, IllegalArgumentException.class);
        String places = gate == null ? "" : places(String.valueOf(gate.getMessage()), all);
        return gate == null || places.isEmpty()
                ? null
                : new FailureAnalysis(gate.getMessage() + places, "Correct it as it says.", failure);
    }

    /** Where the settings that mistakes are about were set. */
    private String places(@Nullable String message, Set<Throwable> all) {
        Set<String> lines = new LinkedHashSet<>();
        for (Throwable each : all) {
            if (each instanceof Refusal refusal) {
                refusal.mistakes().forEach(mistake -> lines.add(origins.describe(mistake.property())));
            }
        }
        Matcher gates = GATE.matcher(String.valueOf(message));
        while (gates.find()) {
            Matcher words = WORD.matcher(gates.group(2));
            while (words.find()) {
                String property = PropertyNames.gate(gates.group(1)) + PropertyNames.kebab(words.group());
                if (origins.find(property) != null) {
                    lines.add(origins.describe(property));
                }
            }
        }
        return lines.isEmpty() ? "" : "\nThe properties:\n  " + String.join("\n  ", lines);
    }
}
