package io.modelgate.rollout;

import io.modelgate.rollout.FileMistakes.Place;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.SpecVersion;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The YAML of policy files: one document without anchors, aliases and tags, of bounded size and depth. */
final class Yaml {

    static final int MOST_CHARACTERS = 1 << 18;
    static final int DEEPEST = 10;

    private Yaml() {}

    /** Reads a text; refuses it as a whole where it is no such YAML. */
    static Node compose(String text, FileMistakes mistakes) {
        if (text.length() > MOST_CHARACTERS) {
            throw mistakes.refusal(
                    Place.START, "is larger than " + MOST_CHARACTERS + " characters: is it the right file?");
        }
        printable(text, mistakes);
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setCodePointLimit(MOST_CHARACTERS)
                // A %YAML line of another version is no reason to read it otherwise.
                .setVersionFunction(version -> new SpecVersion(1, 2))
                .build();
        try {
            shape(new Parse(settings).parseString(text), mistakes);
            Optional<Node> root = new Compose(settings).composeString(text);
            return root.orElseThrow(() -> mistakes.refusal(Place.START, "is empty: write at least \"name: …\""));
        } catch (MarkedYamlEngineException e) {
            throw mistakes.refusal(Place.of(e.getProblemMark()), problem(e, text));
        } catch (YamlEngineException e) {
            throw mistakes.refusal(Place.START, "is no YAML: " + e.getMessage());
        }
    }

    /** Looks for what would make the composer work hard, before it begins. */
    private static void shape(Iterable<Event> events, FileMistakes mistakes) {
        int depth = 0;
        int documents = 0;
        for (Event event : events) {
            Place place = Place.of(event.getStartMark());
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                throw mistakes.refusal(place, "begins a second document: a file is one policy; remove the \"---\"");
            }
            boolean anchored =
                    event instanceof NodeEvent node && node.getAnchor().isPresent();
            if (event instanceof AliasEvent || anchored) {
                throw mistakes.refusal(
                        place,
                        "has an anchor or an alias (& or *): write the value out, or put it in quotes if it is a text");
            }
            boolean tagged =
                    (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
                            || (event instanceof CollectionStartEvent start
                                    && start.getTag().isPresent());
            if (tagged) {
                throw mistakes.refusal(place, "has a tag (!): remove it, or put the value in quotes if it is a text");
            }
            if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                throw mistakes.refusal(place, "is nested deeper than " + DEEPEST + " levels: no policy is");
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
    }

    private static void printable(String text, FileMistakes mistakes) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            if (c == '\n') {
                line++;
                lineStart = i + 1;
            } else if (!StreamReader.isPrintable(c)) {
                throw mistakes.refusal(
                        new Place(line, text.codePointCount(lineStart, i) + 1),
                        String.format("is the character U+%04X, which YAML does not allow: remove it", c));
            }
        }
    }

    private static String problem(MarkedYamlEngineException e, String text) {
        String line = text.lines()
                .skip(Place.of(e.getProblemMark()).line() - 1)
                .findFirst()
                .orElse("");
        String fix = line.indexOf('\t') >= 0
                ? "a tab cannot indent: use blanks"
                : "check the indentation, and put a value with \": \", \" #\" or a special character in front in quotes";
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return "is no YAML: " + context + e.getProblem() + "; " + fix;
    }

    /** What a node is, for a message. */
    static String kind(Node node) {
        if (node instanceof ScalarNode scalar) {
            return PolicyText.quote(scalar.getValue());
        }
        return node instanceof MappingNode ? "a map of keys" : "a list";
    }

    /** Suggests the known word nearest to one that is not, or all of them. */
    static String meant(String word, List<String> known) {
        String plain = plain(word);
        String nearest = "";
        int least = Math.max(2, plain.length() / 3) + 1;
        for (String each : known) {
            int distance = distance(plain, plain(each));
            if (distance < least) {
                least = distance;
                nearest = each;
            }
        }
        return nearest.isEmpty() ? "expected one of " + String.join(", ", known) : "did you mean \"" + nearest + "\"?";
    }

    /** Without what people spell differently; a long one cannot be near. */
    private static String plain(String word) {
        return word.substring(0, Math.min(word.length(), 40))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[-_ ]", "");
    }

    /** How many letters to change, add or take away (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
