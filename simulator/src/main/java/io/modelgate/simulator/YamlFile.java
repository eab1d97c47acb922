package io.modelgate.simulator;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** A YAML file of which every complaint names the line, the column and the fix. Immutable. */
final class YamlFile {

    private static final int LONGEST = 1 << 20;

    private final String name;

    private YamlFile(String name) {
        this.name = name;
    }

    /**
     * Reads a file whose top is a mapping.
     *
     * @throws BadFileException if it is longer than 1 MB, no UTF-8, no YAML, or its top is something else
     */
    static YamlMap read(String name, byte[] content) {
        YamlFile file = new YamlFile(name);
        if (content.length > LONGEST) {
            throw new BadFileException(name + ": " + content.length + " bytes: expected at most " + LONGEST);
        }
        Node top = file.compose(file.decode(content))
                .orElseThrow(() -> new BadFileException(name + ":1:1: the file is empty: expected keys and values"));
        return file.map(top, "the file");
    }

    private String decode(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadFileException(name + ": not UTF-8: save it as UTF-8");
        }
    }

    private Optional<Node> compose(String text) {
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw e.getProblemMark()
                    .map(mark -> bad(mark, "not YAML: " + e.getProblem()))
                    .orElseGet(() -> new BadFileException(name + ": not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            throw new BadFileException(name + ": not YAML: " + firstLine(e));
        } catch (StackOverflowError e) {
            throw new BadFileException(name + ": nested too deeply: a scenario is at most five levels deep");
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    YamlMap map(Node node, String what) {
        if (node instanceof MappingNode map) {
            return new YamlMap(this, map, what);
        }
        throw bad(node, what + " is not a mapping: expected keys and values, \"key: value\" on each line");
    }

    BadFileException bad(Node node, String problem) {
        return node.getStartMark()
                .map(mark -> bad(mark, problem))
                .orElseGet(() -> new BadFileException(name + ": " + problem));
    }

    private BadFileException bad(Mark mark, String problem) {
        return new BadFileException(name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": " + problem);
    }
}
