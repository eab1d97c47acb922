package io.modelgate.console;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The configuration file of a console: where it listens and who may use it. Every mistake in it has its line and a fix. Not thread-safe. */
final class ConsoleFile {

    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern LISTEN = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+):([0-9]{1,5})");
    private static final String ROLES = Arrays.stream(Role.values())
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .toList()
            .toString();

    private record Mistake(int line, String text) {}

    private final Path file;
    private final List<Mistake> mistakes = new ArrayList<>();

    private ConsoleFile(Path file) {
        this.file = file;
    }

    /**
     * Puts into a configuration what a file says.
     *
     * @throws IllegalArgumentException if the file cannot be read, if others may write to it, or for what is wrong in it, all of it in one
     *     message
     */
    static void read(Path file, ConsoleBuilder into) {
        ConsoleFile reading = new ConsoleFile(file.toAbsolutePath().normalize());
        reading.requireOurs();
        reading.top(reading.compose(), into);
        reading.refuse();
    }

    /** Whoever can write to it can let themselves in. */
    private void requireOurs() {
        try {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(
                        file + " is no file that this user can see; give the console's configuration");
            }
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                return;
            }
            Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
            if (allowed.contains(PosixFilePermission.GROUP_WRITE)
                    || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IllegalArgumentException(
                        file + " may be written by others, who could let themselves in: chmod go-w " + file);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
    }

    private Node compose() {
        String text = text();
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setMaxAliasesForCollections(0)
                .build();
        try {
            return new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new IllegalArgumentException(file
                            + ":1: is empty: expected at least `tokens:` with a line that `modelgate token` printed"));
        } catch (MarkedYamlEngineException e) {
            throw new IllegalArgumentException(
                    file + ":" + line(e.getProblemMark()) + ": is no YAML: " + e.getProblem()
                            + "; check the indentation, and put a value with a special character in quotes",
                    e);
        } catch (YamlEngineException e) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IllegalArgumentException(file + ":1: is no YAML: " + first, e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(file + ":1: is nested too deeply: a configuration has three levels", e);
        }
    }

    private String text() {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(
                        file + " is larger than " + MOST_BYTES + " bytes: is it the right file?");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8: save it as UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(at -> at.getLine() + 1).orElse(1);
    }

    private static int line(Node node) {
        return line(node.getStartMark());
    }

    private void mistake(Node at, String text) {
        mistakes.add(new Mistake(line(at), text));
    }

    private void refuse() {
        if (mistakes.isEmpty()) {
            return;
        }
        List<String> lines = mistakes.stream()
                .sorted(Comparator.comparingInt(Mistake::line))
                .map(each -> file + ":" + each.line() + ": " + each.text())
                .toList();
        throw new IllegalArgumentException(String.join("\n", lines));
    }

    private void top(Node root, ConsoleBuilder into) {
        Map<String, Node> top = map(root, "the file", Set.of("listen", "host", "behindProxy", "tokens", "proxy"));
        Node listen = top.get("listen");
        if (listen != null) {
            listen(listen, into);
        }
        Node host = top.get("host");
        if (host instanceof SequenceNode several) {
            several.getValue().forEach(each -> host(each, into));
        } else if (host != null) {
            host(host, into);
        }
        Node behind = top.get("behindProxy");
        if (behind != null) {
            behindProxy(behind, into);
        }
        Node tokens = top.get("tokens");
        if (tokens instanceof SequenceNode list) {
            list.getValue().forEach(each -> token(each, into));
        } else if (tokens != null) {
            mistake(
                    tokens,
                    "tokens is " + kind(tokens) + ": expected a list, a line that `modelgate token` printed for each");
        }
        Node proxy = top.get("proxy");
        if (proxy != null) {
            proxy(proxy, into);
        }
        if (mistakes.isEmpty() && tokens == null && proxy == null) {
            mistake(
                    root,
                    "nobody may use the console: say tokens or proxy; `modelgate token` makes a token and its line");
        }
    }

    private void listen(Node node, ConsoleBuilder into) {
        String text = scalar(node, "listen");
        if (text == null) {
            return;
        }
        Matcher parts = LISTEN.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
            mistake(
                    node,
                    "listen is " + Wording.quote(text) + ": expected an address and a port, such as 127.0.0.1:7710");
            return;
        }
        try {
            into.address(
                    new InetSocketAddress(InetAddress.getByName(parts.group(1)), Integer.parseInt(parts.group(2))));
        } catch (UnknownHostException e) {
            mistake(
                    node,
                    "listen is " + Wording.quote(text) + ": there is no such host; give an address of this machine");
        }
    }

    private void host(Node node, ConsoleBuilder into) {
        String name = scalar(node, "host");
        if (name != null) {
            try {
                into.host(name);
            } catch (IllegalArgumentException e) {
                mistake(node, String.valueOf(e.getMessage()));
            }
        }
    }

    private void behindProxy(Node node, ConsoleBuilder into) {
        String text = scalar(node, "behindProxy");
        if ("true".equals(text)) {
            into.behindProxy();
        } else if (text != null && !text.equals("false")) {
            mistake(
                    node,
                    "behindProxy is " + Wording.quote(text) + ": expected true, if only an encrypting proxy reaches the"
                            + " address, or false");
        }
    }

    private void token(Node node, ConsoleBuilder into) {
        Map<String, Node> token = map(node, "a token", Set.of("actor", "role", "sha256"));
        String actor = required(node, token, "actor", "a token");
        Role role = role(node, token.get("role"), "a token");
        String hash = required(node, token, "sha256", "a token");
        if (actor != null && role != null && hash != null) {
            try {
                into.token(actor, role, hash);
            } catch (IllegalArgumentException e) {
                mistake(node, String.valueOf(e.getMessage()));
            }
        }
    }

    private void proxy(Node node, ConsoleBuilder into) {
        Map<String, Node> proxy = map(node, "proxy", Set.of("header", "users"));
        String header = required(node, proxy, "header", "proxy");
        Node given = proxy.get("users");
        Map<String, Role> users = new LinkedHashMap<>();
        if (given instanceof MappingNode) {
            map(given, "users", null).forEach((user, at) -> {
                Role role = role(at, at, "the user " + Wording.quote(user));
                if (role != null) {
                    users.put(user, role);
                }
            });
        } else if (given != null || header != null) {
            mistake(
                    given == null ? node : given,
                    "users of proxy is " + (given == null ? "missing" : kind(given))
                            + ": expected a map of names and roles, such as {bob: approver}");
        }
        if (header != null && !users.isEmpty()) {
            try {
                into.proxyHeader(header, users);
            } catch (IllegalArgumentException e) {
                mistake(node, String.valueOf(e.getMessage()));
            }
        }
    }

    private @Nullable Role role(Node owner, @Nullable Node node, String what) {
        if (node == null) {
            mistake(owner, "role of " + what + " is missing: expected one of " + ROLES);
            return null;
        }
        String text = scalar(node, "role of " + what);
        if (text == null) {
            return null;
        }
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                return role;
            }
        }
        mistake(node, "role of " + what + " is " + Wording.quote(text) + ": expected one of " + ROLES);
        return null;
    }

    private @Nullable String required(Node owner, Map<String, Node> map, String key, String what) {
        Node node = map.get(key);
        if (node == null) {
            if (owner instanceof MappingNode) {
                mistake(owner, key + " of " + what + " is missing: say `" + key + ": …`");
            }
            return null;
        }
        return scalar(node, key + " of " + what);
    }

    private @Nullable String scalar(Node node, String what) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return scalar.getValue();
        }
        mistake(node, what + " is " + kind(node) + ": expected one value");
        return null;
    }

    /** @param known the keys that it may have; null for any */
    private Map<String, Node> map(Node node, String what, @Nullable Set<String> known) {
        Map<String, Node> values = new LinkedHashMap<>();
        if (!(node instanceof MappingNode map)) {
            mistake(node, what + " is " + kind(node) + ": expected keys with values");
            return values;
        }
        for (NodeTuple tuple : map.getValue()) {
            Node key = tuple.getKeyNode();
            String name = key instanceof ScalarNode scalar ? scalar.getValue() : kind(key);
            if (known != null && !known.contains(name)) {
                mistake(
                        key,
                        "key " + Wording.quote(name) + " of " + what + " is unknown: expected one of "
                                + known.stream().sorted().toList());
            } else if (values.put(name, tuple.getValueNode()) != null) {
                mistake(key, "key " + Wording.quote(name) + " of " + what + " stands twice: remove one of them");
            }
        }
        return values;
    }

    private static String kind(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().isEmpty() ? "empty" : Wording.quote(scalar.getValue());
        }
        return node instanceof MappingNode ? "a map" : "a list";
    }
}
