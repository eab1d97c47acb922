package io.modelgate.console;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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

/** The configuration file of a console: where it listens, with which keys, and who may use it. Every mistake in it has its line and a fix. Not thread-safe. */
final class ConsoleFile {

    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern LISTEN = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+):([0-9]{1,5})");

    private record Mistake(int line, String text) {}

    /** What the file may say. */
    static final Set<String> KEYS =
            Set.of("listen", "hosts", "behind-proxy", "tls", "requests-per-second", "tokens", "proxy");

    private final Path file;
    private final Function<String, @Nullable String> env;
    private final List<Mistake> mistakes = new ArrayList<>();
    private boolean listens;

    private ConsoleFile(Path file, Function<String, @Nullable String> env) {
        this.file = file;
        this.env = env;
    }

    /**
     * Puts into a configuration what a file says.
     *
     * @throws IllegalArgumentException if the file cannot be read, if others may write to it, or for what is wrong in it, all of it in one
     *     message
     */
    static void read(Path file, ConsoleBuilder into) {
        of(file, into, System::getenv);
    }

    /**
     * As {@link #read}, where the file alone says how a console is served: what is missing in it is a mistake too.
     *
     * @param env what the environment says under a name; null for nothing
     * @param port one that was asked for beside it, which {@code listen} would contradict
     */
    static void readAlone(
            Path file, ConsoleBuilder into, Function<String, @Nullable String> env, @Nullable String port) {
        ConsoleFile read = of(file, into, env);
        if (port != null && read.listens) {
            throw new IllegalArgumentException(
                    "--port is " + port + ", and " + read.file + " says where to listen: leave out one of them");
        }
        if (into.isOpen()) {
            throw new IllegalArgumentException(read.file
                    + ": other machines reach the address under listen, and tokens would go there unencrypted: say tls, or"
                    + " behind-proxy: true if only an encrypting proxy reaches it");
        }
    }

    private static ConsoleFile of(Path file, ConsoleBuilder into, Function<String, @Nullable String> env) {
        ConsoleFile reading = new ConsoleFile(file.toAbsolutePath().normalize(), env);
        reading.requireOurs();
        reading.top(reading.compose(), into);
        reading.refuse();
        return reading;
    }

    /** Whoever can write to it can let themselves in. */
    private void requireOurs() {
        try {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(
                        file + " is no file that this user can see; give the console's configuration");
            }
            if (OwnFile.othersWrite(file)) {
                throw new IllegalArgumentException(
                        file + " may be written by others, who could let themselves in: chmod go-w "
                                + Wording.shell(file.toString()));
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
            return Utf8.text(Files.readAllBytes(file));
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
        Map<String, Node> top = map(root, "the file", KEYS);
        Node listen = top.get("listen");
        if (listen != null) {
            listens = true;
            listen(listen, into);
        }
        Node hosts = top.get("hosts");
        if (hosts instanceof SequenceNode several) {
            several.getValue().forEach(each -> host(each, into));
        } else if (hosts != null) {
            mistake(hosts, "hosts is " + kind(hosts) + ": expected a list of names, such as [ops.example.com]");
        }
        Node behind = top.get("behind-proxy");
        if (behind != null) {
            behindProxy(behind, into);
        }
        Node tls = top.get("tls");
        if (tls != null) {
            tls(tls, into);
        }
        Node requests = top.get("requests-per-second");
        if (requests != null) {
            requestsPerSecond(requests, into);
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
        String name = scalar(node, "a host");
        if (name != null) {
            try {
                into.host(name);
            } catch (IllegalArgumentException e) {
                mistake(node, String.valueOf(e.getMessage()));
            }
        }
    }

    private void behindProxy(Node node, ConsoleBuilder into) {
        String text = scalar(node, "behind-proxy");
        if ("true".equals(text)) {
            into.behindProxy();
        } else if (text != null && !text.equals("false")) {
            mistake(
                    node,
                    "behind-proxy is " + Wording.quote(text)
                            + ": expected true, if only an encrypting proxy reaches the" + " address, or false");
        }
    }

    private void requestsPerSecond(Node node, ConsoleBuilder into) {
        String text = scalar(node, "requests-per-second");
        if (text == null) {
            return;
        }
        if (!text.matches("[1-9][0-9]{0,5}") || Integer.parseInt(text) > ConsoleBuilder.MOST_REQUESTS) {
            mistake(
                    node,
                    "requests-per-second is " + Wording.quote(text) + ": expected 1 to " + ConsoleBuilder.MOST_REQUESTS
                            + ", for each operator");
            return;
        }
        into.requestsPerSecond(Integer.parseInt(text));
    }

    private void tls(Node node, ConsoleBuilder into) {
        Map<String, Node> tls = map(node, "tls", Set.of("keystore", "type", "password-file", "password-env"));
        String keystore = required(node, tls, "keystore", "tls");
        String type = tls.get("type") == null ? "PKCS12" : scalar(tls.get("type"), "type of tls");
        Node passwordFile = tls.get("password-file");
        Node passwordEnv = tls.get("password-env");
        if (node instanceof MappingNode && (passwordFile == null) == (passwordEnv == null)) {
            mistake(
                    node,
                    "tls needs one of password-file, a file with the keystore's password, and password-env, the name of a"
                            + " variable of the environment that has it");
            return;
        }
        try {
            char[] password = password(passwordFile, passwordEnv);
            if (keystore != null && type != null && password != null) {
                into.tls(Keystore.open(beside(keystore), type, password));
            }
        } catch (IllegalArgumentException e) {
            mistake(node, "tls: " + e.getMessage());
        }
    }

    private char @Nullable [] password(@Nullable Node inFile, @Nullable Node inEnv) {
        if (inEnv != null) {
            String name = scalar(inEnv, "password-env of tls");
            String value = name == null ? null : env.apply(name);
            if (name != null && (value == null || value.isEmpty())) {
                mistake(
                        inEnv,
                        "password-env of tls is " + Wording.quote(name) + ": the environment has no such variable");
            }
            return value == null || value.isEmpty() ? null : value.toCharArray();
        }
        String name = inFile == null ? null : scalar(inFile, "password-file of tls");
        return name == null ? null : Keystore.password(beside(name)).toCharArray();
    }

    /** A path is one from where the file is, wherever the console is started. */
    private Path beside(String path) {
        return file.resolveSibling(path).normalize();
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
            mistake(owner, "role of " + what + " is missing: expected one of " + Role.words());
            return null;
        }
        String text = scalar(node, "role of " + what);
        if (text == null) {
            return null;
        }
        Optional<Role> role = Role.parse(text);
        if (role.isPresent()) {
            return role.get();
        }
        mistake(node, "role of " + what + " is " + Wording.quote(text) + ": expected one of " + Role.words());
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
