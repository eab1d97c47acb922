package io.modelgate.rollout;

import io.modelgate.rollout.FileMistakes.Place;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A map of a policy file. What is wrong with it goes to the file's mistakes, and reads as if it were not there. Not thread-safe. */
final class YamlMap {

    private final String path;
    private final Place place;
    private final FileMistakes mistakes;
    private final boolean sound;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /**
     * Checks the keys.
     *
     * @param path what messages call the map, empty for the whole file
     * @param known the keys that it may have
     */
    YamlMap(String path, Node node, FileMistakes mistakes, List<String> known) {
        this.path = path;
        this.mistakes = mistakes;
        place = Place.of(node.getStartMark());
        mistakes.place(path, place);
        sound = node instanceof MappingNode;
        if (!(node instanceof MappingNode map)) {
            mistakes.add(
                    place,
                    path,
                    (path.isEmpty() ? "the file" : path) + " is " + Yaml.kind(node)
                            + ": expected keys with values, such as \"" + known.get(0) + ": …\"");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : map.getValue()) {
            key(tuple, known, seen);
        }
    }

    private void key(NodeTuple tuple, List<String> known, Set<String> seen) {
        Place at = Place.of(tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
            mistakes.add(at, path, "a key is " + Yaml.kind(tuple.getKeyNode()) + ": expected one of " + known);
            return;
        }
        String key = scalar.getValue();
        if (!known.contains(key)) {
            mistakes.add(
                    at, path(key), "key " + PolicyText.quote(path(key)) + " is unknown: " + Yaml.meant(key, known));
        } else if (!seen.add(key)) {
            mistakes.add(at, path(key), "key \"" + path(key) + "\" stands twice: remove one of them");
        } else if (Tag.NULL.equals(tuple.getValueNode().getTag())) {
            mistakes.add(at, path(key), path(key) + " has no value: give it one, or remove the key for its default");
        } else {
            mistakes.place(path(key), Place.of(tuple.getValueNode().getStartMark()));
            values.put(key, tuple.getValueNode());
        }
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable
    Node node(String key) {
        return values.get(key);
    }

    /** The map at a key. */
    YamlMap in(String key, Node node, List<String> known) {
        return new YamlMap(path(key), node, mistakes, known);
    }

    /** Adds a mistake at the value of a key, or at the map where there is none. */
    void mistake(String key, String text) {
        if (!sound) {
            return; // that it is no map is said already
        }
        Node node = values.get(key);
        mistakes.add(node == null ? place : Place.of(node.getStartMark()), path(key), text);
    }

    /** Reads a value; null if it is absent or wrong. */
    <T> @Nullable T read(String key, Function<String, T> parse) {
        Node node = values.get(key);
        if (node == null) {
            return null;
        }
        if (!(node instanceof ScalarNode scalar)) {
            mistake(key, path(key) + " is " + Yaml.kind(node) + ": expected one value");
            return null;
        }
        try {
            return parse.apply(scalar.getValue());
        } catch (IllegalArgumentException e) {
            String what = String.valueOf(e.getMessage());
            mistake(
                    key,
                    what.startsWith("expected")
                            ? path(key) + " is " + PolicyText.quote(scalar.getValue()) + ": " + what
                            : what);
            return null;
        }
    }

    /** Hands a value on, if it is there; what the taker refuses is a mistake too. */
    <T> void set(String key, Function<String, T> parse, Consumer<T> taker) {
        read(key, text -> {
            taker.accept(parse.apply(text));
            return key;
        });
    }

    /** The elements of a list; empty if it is absent or no list. */
    List<Node> list(String key, String example) {
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        mistake(key, path(key) + " is " + Yaml.kind(node) + ": expected a list, such as " + example);
        return List.of();
    }
}
