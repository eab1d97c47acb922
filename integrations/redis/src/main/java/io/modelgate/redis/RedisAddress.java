package io.modelgate.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and who asks it. Neither {@link #toString()} nor any error shows the user or a password. Immutable.
 *
 * <pre>
 * redis[s]://[[USER:]PASSWORD@]HOST[:6379][/DATABASE]
 * redis[s]-sentinel://[[USER:]PASSWORD@]HOST[:26379][,HOST[:26379]…][/DATABASE]#MASTER
 * redis[s]-cluster://[[USER:]PASSWORD@]HOST[:6379][,HOST[:6379]…]
 * </pre>
 */
final class RedisAddress {

    /** What answers at the hosts. */
    enum Kind {
        STANDALONE("", 6379),
        SENTINEL("-sentinel", 26379),
        CLUSTER("-cluster", 6379);

        private final String suffix;
        private final int port;

        Kind(String suffix, int port) {
            this.suffix = suffix;
            this.port = port;
        }
    }

    private final AddressParser.Parts parts;
    private final Login login;
    private final Login sentinelLogin;
    private final @Nullable Path trust;

    private RedisAddress(AddressParser.Parts parts, Login login, Login sentinelLogin, @Nullable Path trust) {
        this.parts = parts;
        this.login = login;
        this.sentinelLogin = sentinelLogin;
        this.trust = trust;
    }

    /**
     * The address that a URI means.
     *
     * @throws IllegalArgumentException if it means none; the message names the mistake and the fix and quotes nothing of the URI
     */
    static RedisAddress parse(String uri) {
        AddressParser.Parts parts = AddressParser.parse(uri);
        return new RedisAddress(parts, parts.login(), Login.NONE, null);
    }

    /** Whether a text begins like a URI of any of the kinds. */
    static boolean accepts(String uri) {
        return AddressParser.accepts(uri);
    }

    /** The same with another user (null for the default one) and password, for instance from the environment. */
    RedisAddress login(@Nullable String user, String password) {
        return new RedisAddress(parts, new Login(user, password), sentinelLogin, trust);
    }

    /** The same with a user (null for the default one) and a password for the sentinels themselves. */
    RedisAddress sentinelLogin(@Nullable String user, String password) {
        if (parts.kind() != Kind.SENTINEL) {
            throw new IllegalArgumentException(
                    "a sentinel password is for a redis-sentinel:// URI, and this is " + this);
        }
        return new RedisAddress(parts, login, new Login(user, password), trust);
    }

    /**
     * The same with the certificates of those that may sign the server's, instead of those that the Java runtime trusts.
     *
     * @param pem a file of certificates in PEM
     * @throws IllegalArgumentException if this address does not use TLS, or the file cannot be read
     */
    RedisAddress trust(Path pem) {
        if (!parts.tls()) {
            throw new IllegalArgumentException("certificates to trust are for a rediss:// URI, and this is " + this
                    + ": write rediss, or take the certificates away");
        }
        if (!Files.isReadable(pem)) {
            throw new IllegalArgumentException(
                    "the certificates to trust, " + pem.toAbsolutePath() + ", cannot be read: is the path right?");
        }
        return new RedisAddress(parts, login, sentinelLogin, pem);
    }

    Kind kind() {
        return parts.kind();
    }

    boolean tls() {
        return parts.tls();
    }

    int database() {
        return parts.database();
    }

    String user() {
        return login.user() == null ? "default" : login.user();
    }

    Optional<Path> trust() {
        return Optional.ofNullable(trust);
    }

    /** What must stand in no message. */
    List<String> secrets() {
        return Stream.of(login, sentinelLogin).flatMap(Login::secrets).toList();
    }

    /** The URIs to give to the client: one, or the nodes to ask for a cluster's others. */
    List<RedisURI> uris(Duration timeout) {
        if (kind() != Kind.SENTINEL) {
            return parts.hosts().stream()
                    .map(host -> {
                        RedisURI uri = uri(host, login, timeout);
                        uri.setDatabase(database());
                        return uri;
                    })
                    .toList();
        }
        RedisURI uri = new RedisURI();
        common(uri, login, timeout);
        uri.setSentinelMasterId(parts.master());
        uri.setDatabase(database());
        parts.hosts().forEach(host -> uri.getSentinels().add(uri(host, sentinelLogin, timeout)));
        return List.of(uri);
    }

    private RedisURI uri(AddressParser.Host host, Login as, Duration timeout) {
        RedisURI uri = new RedisURI();
        uri.setHost(host.name());
        uri.setPort(host.port());
        common(uri, as, timeout);
        return uri;
    }

    private void common(RedisURI uri, Login as, Duration timeout) {
        uri.setSsl(tls());
        uri.setVerifyPeer(true);
        uri.setTimeout(timeout);
        // Neither is worth a right that the user would need.
        uri.setLibraryName("");
        uri.setLibraryVersion("");
        if (as.password() != null) {
            // At hand: with those that are asked for, the client may call a connection made that it rejects commands on
            // for a moment.
            uri.setCredentialsProvider(
                    new StaticCredentialsProvider(as.user(), as.password().toCharArray()));
        }
    }

    /** The address without who asks. */
    @Override
    public String toString() {
        List<String> hosts = new ArrayList<>();
        parts.hosts()
                .forEach(host -> hosts.add(
                        (host.name().contains(":") ? "[" + host.name() + "]" : host.name()) + ":" + host.port()));
        return scheme(kind(), tls()) + "://" + String.join(",", hosts) + (database() == 0 ? "" : "/" + database())
                + (parts.master() == null ? "" : "#" + parts.master());
    }

    static String scheme(Kind kind, boolean tls) {
        return (tls ? "rediss" : "redis") + kind.suffix;
    }

    static int port(Kind kind) {
        return kind.port;
    }

    /** Who asks. */
    record Login(@Nullable String user, @Nullable String password) {

        static final Login NONE = new Login(null, null);

        /** The password, and how it stands in a URI. */
        Stream<String> secrets() {
            return password == null ? Stream.of() : Stream.of(password, percent(password));
        }

        private static String percent(String text) {
            StringBuilder out = new StringBuilder();
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                char c = (char) (b & 0xff);
                boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
                out.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
            }
            return out.toString();
        }

        /** Without either of them. */
        @Override
        public String toString() {
            return "Login[]";
        }
    }
}
