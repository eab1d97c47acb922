package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a rollout starts, as the control log holds it. Immutable.
 *
 * @param id its id
 * @param version the candidate
 * @param weight its first weight, 0 to 100,000
 * @param salt what sets its cohorts apart from those of other rollouts
 * @param allow keyed hashes of the keys that always go to the candidate
 * @param deny keyed hashes of the keys that never do
 * @param only the values, by attribute, of which a caller must have one
 * @param force the values, by attribute, with any of which a caller goes to the candidate
 * @param dependencies what it has to do with others
 */
record RolloutStart(
        String id,
        String version,
        int weight,
        long salt,
        List<String> allow,
        List<String> deny,
        Map<String, List<String>> only,
        Map<String, List<String>> force,
        Dependencies dependencies) {

    private static final Pattern SALT = Pattern.compile("[0-9a-f]{16}");

    RolloutStart with(Dependencies others) {
        return new RolloutStart(id, version, weight, salt, allow, deny, only, force, others);
    }

    Map<String, Object> data() {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, id);
        data.put(EntryTypes.VERSION, version);
        data.put(EntryTypes.WEIGHT, (long) weight);
        if (dependencies.none()) {
            data.put(EntryTypes.SALT, HexFormat.of().toHexDigits(salt));
        } else {
            data.put(EntryTypes.DEPENDENCIES, dependencies.data(salt));
        }
        data.put(EntryTypes.ALLOW, allow);
        data.put(EntryTypes.DENY, deny);
        data.put(EntryTypes.ONLY, only);
        data.put(EntryTypes.FORCE, force);
        return data;
    }

    /**
     * Reads an entry; null if any part of it is missing or malformed. All or nothing: a rollout without the rule that narrowed it would
     * reach callers whom nobody meant.
     */
    static @Nullable RolloutStart of(Entry entry) {
        Map<String, Object> data = entry.decision().data();
        String id = entry.text(EntryTypes.ID);
        String version = entry.text(EntryTypes.VERSION);
        long weight = entry.number(EntryTypes.WEIGHT, -1);
        Object depends = data.get(EntryTypes.DEPENDENCIES);
        String salt = depends instanceof Map<?, ?> map
                ? map.get(EntryTypes.SALT) instanceof String text ? text : null
                : entry.text(EntryTypes.SALT);
        Dependencies dependencies = dependencies(depends);
        List<String> allow = texts(data.get(EntryTypes.ALLOW));
        List<String> deny = texts(data.get(EntryTypes.DENY));
        Map<String, List<String>> only = rules(data.get(EntryTypes.ONLY));
        Map<String, List<String>> force = rules(data.get(EntryTypes.FORCE));
        if (id == null
                || version == null
                || !Weight.inRange(weight)
                || salt == null
                || !SALT.matcher(salt).matches()) {
            return null;
        }
        if (allow == null || deny == null || only == null || force == null || dependencies == null) {
            return null;
        }
        long salted = HexFormat.fromHexDigitsToLong(salt);
        RolloutStart start =
                new RolloutStart(id, version, (int) weight, salted, allow, deny, only, force, dependencies);
        return start.staysInRange() ? start : null;
    }

    private static @Nullable Dependencies dependencies(@Nullable Object data) {
        if (data instanceof Map<?, ?> map) {
            return Dependencies.of(map);
        }
        return data == null ? Dependencies.NONE : null;
    }

    /** In a group nobody outside the range gets the candidate, by a list or a segment neither: others have it. */
    private boolean staysInRange() {
        return dependencies.range() == null || (allow.isEmpty() && force.isEmpty() && weight <= dependencies.share());
    }

    private static @Nullable List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object text : list) {
                if (!(text instanceof String string)) {
                    return null;
                }
                texts.add(string);
            }
            return List.copyOf(texts);
        }
        return value == null ? List.of() : null;
    }

    private static @Nullable Map<String, List<String>> rules(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value == null ? Map.of() : null;
        }
        Map<String, List<String>> rules = new TreeMap<>();
        for (Map.Entry<?, ?> rule : map.entrySet()) {
            List<String> values = texts(rule.getValue());
            if (!(rule.getKey() instanceof String attribute) || values == null) {
                return null;
            }
            rules.put(attribute, values);
        }
        return rules;
    }
}
