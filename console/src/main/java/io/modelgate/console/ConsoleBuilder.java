package io.modelgate.console;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.Actor;
import io.modelgate.rollout.Rollouts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How a {@link Console} is served and who may use it. Not thread-safe. */
public final class ConsoleBuilder {

    /** The port unless another is said. */
    public static final int DEFAULT_PORT = 7710;

    /** So many requests a second may be allowed at most. */
    static final int MOST_REQUESTS = 100_000;

    private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,99}");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}]");

    private final Map<String, Access.Operator> tokens = new LinkedHashMap<>();
    private final Map<String, Role> named = new LinkedHashMap<>();
    private @Nullable String header;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT);
    private boolean behindProxy;
    private final Set<String> hosts = new LinkedHashSet<>();

    @Nullable
    SSLContext tls;

    @Nullable
    Rollouts rollouts;

    @Nullable
    MeterRegistry meters;

    int requestsPerSecond = 300;

    ConsoleBuilder() {}

    /**
     * Listens on a port of the loopback address.
     *
     * @param port 1 to 65,535, or 0 for any that is free
     */
    public ConsoleBuilder port(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ": expected 0 to 65535");
        }
        return address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Listens on an address. On one that other machines reach, {@link #tls} or {@link #behindProxy} has to be said too: tokens go over the
     * network.
     *
     * @throws IllegalArgumentException if its host is not known
     */
    public ConsoleBuilder address(InetSocketAddress listenOn) {
        if (listenOn.isUnresolved()) {
            throw new IllegalArgumentException("address is " + listenOn + ": expected a host of this machine");
        }
        address = listenOn;
        return this;
    }

    /** Serves HTTPS with these keys. */
    public ConsoleBuilder tls(SSLContext context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /** Serves HTTP on an address that other machines reach: only a reverse proxy does, which encrypts. */
    public ConsoleBuilder behindProxy() {
        behindProxy = true;
        return this;
    }

    /**
     * Lets the holder of a token in.
     *
     * @param actor who that is, as the control log is to name them
     * @param hash of the token, as {@link Token#generate} or {@code modelgate token} gives it
     * @throws IllegalArgumentException for a hash that is none, or that somebody else has
     */
    public ConsoleBuilder token(String actor, Role role, String hash) {
        if (!Token.isHash(hash)) {
            throw new IllegalArgumentException(
                    "the hash of " + actor
                            + "'s token: expected the 64 hexadecimal digits, in lower case, that `modelgate token` prints beside it");
        }
        Access.Operator operator = new Access.Operator(new Actor(actor, Access.BY_TOKEN), role);
        Access.Operator other = tokens.putIfAbsent(hash, operator);
        if (other != null) {
            throw new IllegalArgumentException("the tokens of " + other.actor().name() + " and " + actor
                    + " have the same hash; make one for each with `modelgate token`");
        }
        return this;
    }

    /**
     * Believes a reverse proxy that says who asks in a header. The proxy must remove that header from what comes from outside, and nobody else
     * may reach this address.
     *
     * @param name of the header, for instance {@code X-Forwarded-User}
     * @param users whom it may name, with their roles; others are refused
     * @throws IllegalArgumentException for a name that is none, or one of HTTP's own
     */
    public ConsoleBuilder proxyHeader(String name, Map<String, Role> users) {
        if (!HEADER.matcher(name).matches() || name.equalsIgnoreCase("Authorization")) {
            throw new IllegalArgumentException(
                    "the proxy's header is \"" + name + "\": expected a name such as X-Forwarded-User");
        }
        users.forEach((user, role) -> new Actor(user, Access.BY_PROXY)); // throws for what no actor can be called
        header = name;
        named.clear();
        named.putAll(users);
        return this;
    }

    /**
     * Answers to a name besides those of the loopback address: that of a reverse proxy which passes it on, for instance. Requests for any other
     * name are refused, since a page elsewhere may have given its own name the address of this machine. On an address that other machines reach,
     * every name is answered to as long as none is said here.
     *
     * @param name of a host, without a port
     * @throws IllegalArgumentException for what is no such name
     */
    public ConsoleBuilder host(String name) {
        if (!HOST.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the host is \"" + name + "\": expected a name such as ops.example.com, without scheme and port");
        }
        hosts.add(name.toLowerCase(Locale.ROOT));
        return this;
    }

    /** Publishes how many requests were refused: {@code modelgate.console.refused}, by status. */
    public ConsoleBuilder meters(MeterRegistry registry) {
        meters = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /**
     * Reads where to listen and who may use the console from a file in YAML; {@code docs/command.md} describes it.
     *
     * @throws IllegalArgumentException if it cannot be read, if others may write to it, or for what is wrong in it, all of it in one message
     */
    public ConsoleBuilder file(Path configuration) {
        ConsoleFile.read(configuration, this);
        return this;
    }

    /** Shows and steers the rollouts that these look after. Without, they can only be seen. */
    public ConsoleBuilder rollouts(Rollouts lookedAfter) {
        rollouts = Objects.requireNonNull(lookedAfter, "lookedAfter");
        return this;
    }

    /**
     * How many requests each operator may make in a second; more are refused with 429.
     *
     * @param requests 1 to 100,000; by default 300
     */
    public ConsoleBuilder requestsPerSecond(int requests) {
        if (requests < 1 || requests > MOST_REQUESTS) {
            throw new IllegalArgumentException("requestsPerSecond is " + requests + ": expected 1 to 100000");
        }
        requestsPerSecond = requests;
        return this;
    }

    /** Whether tokens would go over a network unencrypted. */
    boolean isOpen() {
        return !address.getAddress().isLoopbackAddress() && tls == null && !behindProxy;
    }

    /** The address, if what was said goes together. */
    InetSocketAddress listenOn() {
        if (tokens.isEmpty() && named.isEmpty()) {
            throw new IllegalArgumentException("nobody may use the console: say token(…) or proxyHeader(…);"
                    + " `modelgate token` makes a token and its hash");
        }
        if (isOpen()) {
            throw new IllegalArgumentException("other machines reach " + address
                    + ", and tokens would go there unencrypted: say tls(…), or behindProxy() if only an encrypting proxy"
                    + " reaches it");
        }
        return address;
    }

    Site site() {
        return Site.of(address.getAddress(), hosts);
    }

    Access access() {
        return new Access(tokens, header, named);
    }
}
