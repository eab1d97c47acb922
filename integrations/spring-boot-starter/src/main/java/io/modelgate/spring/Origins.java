package io.modelgate.spring;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Where properties were set and to what, as a person is to read it. */
final class Origins {

    /** What is never shown: the URI may hold a password, and a hash be a password's. */
    private static final List<ConfigurationPropertyName> SECRET = Stream.of(
                    "modelgate.log.redis", "modelgate.budgets.redis", "modelgate.console.tokens")
            .map(ConfigurationPropertyName::of)
            .toList();

    /** Names and texts that may be of something secret, which is how a misspelt property or one in the wrong place is not shown. */
    private static final Pattern DOUBTFUL_NAME =
            Pattern.compile("pas|secret|ur[il]|token|key|credent|redis|sentinel", Pattern.CASE_INSENSITIVE);

    private static final Pattern DOUBTFUL_VALUE = Pattern.compile("://|@");

    private static final Pattern CREDENTIALS =
            Pattern.compile("modelgate(log|budgets)redis(uri|user|password|sentinelpassword|identitysecret)"
                    + "|modelgateconsoletokens[0-9]+sha256");

    private final Environment environment;

    Origins(Environment environment) {
        this.environment = environment;
    }

    /** The property itself, or the first of what is under it; null if nobody set any. */
    @Nullable
    ConfigurationProperty find(String property) {
        if (!ConfigurationPropertyName.isValid(property)) {
            return null;
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found == null && source instanceof IterableConfigurationPropertySource all) {
                found = all.stream()
                        .filter(name::isAncestorOf)
                        .findFirst()
                        .map(all::getConfigurationProperty)
                        .orElse(null);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** {@code property = value, set at …}, as far as it is known and may be shown. */
    String describe(String property) {
        ConfigurationProperty found = find(property);
        return found == null ? property : describe(found, found.getName().equals(nameOf(property)));
    }

    private static @Nullable ConfigurationPropertyName nameOf(String property) {
        return ConfigurationPropertyName.isValid(property) ? ConfigurationPropertyName.of(property) : null;
    }

    static String describe(ConfigurationProperty property, boolean withValue) {
        String name = property.getName().toString();
        String value = withValue && isOpen(property.getName(), property.getValue()) ? " = " + property.getValue() : "";
        Origin origin = property.getOrigin();
        return name + value + (origin == null ? "" : ", set at " + origin);
    }

    /** Whether the value may be shown. */
    static boolean isOpen(ConfigurationPropertyName name, @Nullable Object value) {
        if (SECRET.stream()
                .anyMatch(secret -> secret.equals(name) || secret.isAncestorOf(name) || name.isAncestorOf(secret))) {
            return false;
        }
        return !DOUBTFUL_VALUE.matcher(String.valueOf(value)).find()
                && (KnownKeys.isKnown(name)
                        || !DOUBTFUL_NAME.matcher(name.toString()).find());
    }

    /** Whether a property, written in any way, lets one into Redis, tells who is behind a hash, or is what a token is checked by. */
    static boolean isCredential(String property) {
        return CREDENTIALS.matcher(PropertyNames.uniform(property)).matches();
    }
}
