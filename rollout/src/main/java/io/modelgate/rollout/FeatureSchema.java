package io.modelgate.rollout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The features that a version takes, or that callers send. Immutable.
 *
 * @param features the type by the feature's name; both are the user's words, of 1 to 200 characters, none of them a control character; at
 *     most 10,000
 */
public record FeatureSchema(Map<String, String> features) {

    /** No features: nothing is declared, and nothing is checked. */
    public static final FeatureSchema NONE = new FeatureSchema(Map.of());

    private static final int MOST = 10_000;
    private static final Pattern WORD = Pattern.compile("[^\\p{Cntrl}]{1,200}");

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException for a name or a type that is none, or too many of them
     */
    public FeatureSchema {
        features = Map.copyOf(features);
        if (features.size() > MOST) {
            throw new IllegalArgumentException("schema has " + features.size() + " features: expected at most " + MOST);
        }
        features.forEach((name, type) -> {
            if (!WORD.matcher(name).matches() || !WORD.matcher(type).matches()) {
                throw new IllegalArgumentException("feature " + PolicyText.quote(name) + " has the type "
                        + PolicyText.quote(type)
                        + ": expected for both 1 to 200 characters, none of them a control character");
            }
        });
    }

    /**
     * What a version with this schema would do wrong with what callers send: a line for each feature that it no longer takes, or takes
     * as another type, by name. A feature that it adds is none: whether it can do without is the model's to say. Empty if either side
     * declares nothing.
     *
     * @param callers what callers send: the schema of the version that they were written for
     */
    public List<String> problemsFor(FeatureSchema callers) {
        List<String> problems = new ArrayList<>();
        if (features.isEmpty()) {
            return problems;
        }
        new TreeMap<>(callers.features).forEach((name, sent) -> {
            String taken = features.get(name);
            if (taken == null) {
                problems.add("feature " + PolicyText.quote(name) + " is dropped: callers send it as " + sent);
            } else if (!taken.equals(sent)) {
                problems.add("feature " + PolicyText.quote(name) + " is retyped: callers send it as " + sent
                        + ", this version takes " + taken);
            }
        });
        return problems;
    }

    /** The schema as an entry of the control log can hold it. */
    Map<String, Object> data() {
        return new HashMap<>(features);
    }

    static FeatureSchema of(Map<?, ?> data) {
        Map<String, String> features = new HashMap<>();
        data.forEach((name, type) -> features.put(Fields.string("feature", name), Fields.string("type", type)));
        return new FeatureSchema(features);
    }
}
