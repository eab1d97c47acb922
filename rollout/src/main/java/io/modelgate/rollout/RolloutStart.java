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
 * @param bucketing the order in which callers come to the candidate
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
        Bucketing bucketing) {

    private static final Pattern SALT = Pattern.compile("[0-9a-f]{16}");

    /** In ModelGate's own order. */
    RolloutStart(
            String id,
            String version,
            int weight,
            long salt,
            List<String> allow,
            List<String> deny,
            Map<String, List<String>> only,
            Map<String, List<String>> force) {
        this(id, version, weight, salt, allow, deny, only, force, Bucketing.modelgate());
    }

    /**
     * For an entry. With a bucketing that is not ModelGate's own, the salt stands within it and nowhere else: a process that is older than
     * bucketings finds no salt and sends nobody, where it would send the wrong callers.
     */
    Map<String, Object> data() {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, id);
        data.put(EntryTypes.VERSION, version);
        data.put(EntryTypes.WEIGHT, (long) weight);
        String salted = HexFormat.of().toHexDigits(salt);
        if (bucketing.own()) {
            data.put(EntryTypes.SALT, salted);
        } else {
            Map<String, Object> how = bucketing.data();
            how.put(EntryTypes.SALT_WITHIN, salted);
            data.put(EntryTypes.BUCKETING, how);
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
        boolean own = !data.containsKey(EntryTypes.BUCKETING);
        Map<?, ?> how = data.get(EntryTypes.BUCKETING) instanceof Map<?, ?> map ? map : Map.of();
        Object salt = own ? data.get(EntryTypes.SALT) : how.get(EntryTypes.SALT_WITHIN);
        Bucketing bucketing = own ? Bucketing.modelgate() : Bucketing.of(how);
        List<String> allow = texts(data.get(EntryTypes.ALLOW));
        List<String> deny = texts(data.get(EntryTypes.DENY));
        Map<String, List<String>> only = rules(data.get(EntryTypes.ONLY));
        Map<String, List<String>> force = rules(data.get(EntryTypes.FORCE));
        if (id == null
                || version == null
                || !Weight.inRange(weight)
                || !(salt instanceof String digits)
                || !SALT.matcher(digits).matches()) {
            return null;
        }
        if (allow == null || deny == null || only == null || force == null || bucketing == null) {
            return null;
        }
        long salted = HexFormat.fromHexDigitsToLong(digits);
        return new RolloutStart(id, version, (int) weight, salted, allow, deny, only, force, bucketing);
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
