package io.modelgate.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of a {@link YamlFile}. Immutable. */
final class YamlMap {

    private final YamlFile file;
    private final MappingNode node;
    private final String what;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Node> keys = new LinkedHashMap<>();

    YamlMap(YamlFile file, MappingNode node, String what) {
        this.file = file;
        this.node = node;
        this.what = what;
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw file.bad(tuple.getKeyNode(), "a key of " + what + " is not a word");
            }
            if (values.put(key.getValue(), tuple.getValueNode()) != null) {
                throw file.bad(key, "\"" + key.getValue() + "\" is there twice: keep one");
            }
            keys.put(key.getValue(), key);
        }
    }

    /** Refuses every other key, and suggests the nearest of these. */
    YamlMap only(String... known) {
        for (Map.Entry<String, Node> key : keys.entrySet()) {
            if (!List.of(known).contains(key.getKey())) {
                throw file.bad(key.getValue(), Suggestion.unknown("key", key.getKey(), what, List.of(known)));
            }
        }
        return this;
    }

    Set<String> keys() {
        return keys.keySet();
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Refuses keys that exclude each other, or that all are missing. */
    String oneOf(String... options) {
        List<String> present = new ArrayList<>(List.of(options));
        present.retainAll(keys.keySet());
        if (present.size() != 1) {
            throw file.bad(
                    node,
                    what + " has " + (present.isEmpty() ? "none" : present.size()) + " of " + List.of(options)
                            + ": expected exactly one");
        }
        return present.get(0);
    }

    private Node required(String key) {
        Node value = values.get(key);
        if (value == null) {
            throw file.bad(node, what + " has no \"" + key + "\": add it");
        }
        return value;
    }

    YamlMap map(String key) {
        return file.map(required(key), key);
    }

    List<YamlMap> maps(String key) {
        Node value = values.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof SequenceNode list)) {
            throw file.bad(value, key + " is not a list: expected lines that begin with \"- \"");
        }
        return list.getValue().stream()
                .map(each -> file.map(each, "an entry of " + key))
                .toList();
    }

    /** A number, or a list of so many. */
    double[] numbers(String key, int many, double least, double most) {
        Node value = required(key);
        if (!(value instanceof SequenceNode list)) {
            return new double[] {number(value, key, least, most)};
        }
        if (list.getValue().size() != many) {
            throw file.bad(value, key + " has " + list.getValue().size() + " entries: expected " + many);
        }
        return list.getValue().stream()
                .mapToDouble(each -> number(each, key, least, most))
                .toArray();
    }

    boolean isMap(String key) {
        return values.get(key) instanceof MappingNode;
    }

    String text(String key) {
        return text(required(key), key);
    }

    private String text(Node value, String key) {
        if (value instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw file.bad(value, key + " is not a single value: expected one");
    }

    /** One of these words. */
    String word(String key, List<String> words) {
        String text = text(key);
        if (!words.contains(text)) {
            throw bad(key, Suggestion.unknown("value", text, key, words));
        }
        return text;
    }

    double number(String key, double least, double most) {
        return number(required(key), key, least, most);
    }

    private double number(Node value, String key, double least, double most) {
        String text = text(value, key);
        double number = Quantity.number(text);
        if (!(number >= least && number <= most)) {
            throw file.bad(
                    value,
                    key + " is " + Quantity.quote(text) + ": expected a number from " + Quantity.plain(least) + " to "
                            + Quantity.plain(most));
        }
        return number;
    }

    /** A share, as {@code 0.02} or {@code 2 %}. */
    double share(String key) {
        String text = text(key);
        double share = Quantity.share(text);
        if (!(share >= 0 && share <= 1)) {
            throw bad(key, key + " is " + Quantity.quote(text) + ": expected a share, like 0.002 or \"0.2 %\"");
        }
        return share;
    }

    /** A duration in nanoseconds, as {@code 15s}. */
    long nanos(String key) {
        String text = text(key);
        long nanos = Quantity.nanos(text);
        if (nanos < 0) {
            throw bad(
                    key,
                    key + " is " + Quantity.quote(text)
                            + ": expected a duration up to a year, like 250ms, 15s, 1h30m or 7d");
        }
        return nanos;
    }

    /** A complaint about the value of a key, or, if there is none, about the mapping. */
    BadFileException bad(String key, String problem) {
        Node value = values.get(key);
        return file.bad(value == null ? node : value, problem);
    }

    BadFileException bad(String problem) {
        return file.bad(node, problem);
    }

    @Nullable
    String textOrNull(String key) {
        return has(key) ? text(key) : null;
    }
}
