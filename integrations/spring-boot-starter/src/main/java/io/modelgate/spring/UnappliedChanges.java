package io.modelgate.spring;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Warns of properties that change while the application runs, as Spring Cloud lets them: what they say takes effect at the next start, and nobody is to
 * think that it does already. Thread-safe.
 *
 * <p>It compares all there is under {@code modelgate} with what there was at the start, whichever keys the event names: a property may
 * have changed through a placeholder, under another key.
 */
final class UnappliedChanges implements ApplicationListener<ApplicationEvent> {

    /** Spring Cloud's event, by its name: few applications have its class. */
    static final String EVENT = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

    private static final Logger LOG = LoggerFactory.getLogger(UnappliedChanges.class);
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(ModelGateProperties.PREFIX);

    private final Environment environment;
    private final Map<ConfigurationPropertyName, String> inForce;

    /** What was warned of, so that it is once. Guarded by this. */
    private final Map<ConfigurationPropertyName, String> told = new LinkedHashMap<>();

    UnappliedChanges(Environment environment) {
        this.environment = environment;
        inForce = Map.copyOf(current());
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event.getClass().getName().equals(EVENT)) {
            warn();
        }
    }

    private synchronized void warn() {
        Map<ConfigurationPropertyName, String> now = current();
        Set<ConfigurationPropertyName> all = new HashSet<>(inForce.keySet());
        all.addAll(now.keySet());
        Map<String, String> warnings = new TreeMap<>();
        for (ConfigurationPropertyName property : all) {
            String before = inForce.get(property);
            String after = now.get(property);
            if (Objects.equals(before, after)) {
                told.remove(property);
            } else if (!String.valueOf(after).equals(told.put(property, String.valueOf(after)))) {
                warnings.put(property.toString(), warning(property, before, after));
            }
        }
        warnings.values().forEach(LOG::warn);
    }

    private static String warning(ConfigurationPropertyName property, @Nullable String before, @Nullable String after) {
        boolean open = (before == null || Origins.isOpen(property, before))
                && (after == null || Origins.isOpen(property, after));
        String next = after == null || KnownKeys.isKnown(property)
                ? "which takes effect at the next start"
                : "which the next start refuses, as " + KnownKeys.explain(property);
        return open
                ? property + " was " + shown(before) + " at the start, which stays in force, and is " + shown(after)
                        + " now, " + next
                : property + " has changed; what it was at the start stays in force, not what it is now, " + next;
    }

    private static String shown(@Nullable String value) {
        return value == null ? "not set" : value;
    }

    /** What is set, placeholders resolved; of two sources the first counts, as everywhere. */
    private Map<ConfigurationPropertyName, String> current() {
        Map<ConfigurationPropertyName, String> found = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all) {
                all.stream()
                        .filter(PREFIX::isAncestorOf)
                        .map(all::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .forEach(property -> found.putIfAbsent(property.getName(), text(property)));
            }
        }
        return found;
    }

    private String text(ConfigurationProperty property) {
        String text = String.valueOf(property.getValue());
        if (text.contains("${random.")) {
            return text; // another one each time, and no change
        }
        try {
            return environment.resolvePlaceholders(text);
        } catch (IllegalArgumentException e) { // placeholders that go round in a circle: the next start says so
            return text;
        }
    }
}
