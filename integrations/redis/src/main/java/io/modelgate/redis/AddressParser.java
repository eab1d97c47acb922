package io.modelgate.redis;

import io.modelgate.redis.RedisAddress.Kind;
import io.modelgate.redis.RedisAddress.Login;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the URI of a Redis. Errors quote nothing that stands in it: wherever the mistake is, what looks like a host may be
 * part of a password.
 */
final class AddressParser {

    private static final String EXAMPLES =
            "expected redis://HOST:6379, redis-sentinel://HOST:26379,HOST:26379#MASTER or"
                    + " redis-cluster://HOST:6379,HOST:6379 (rediss… with TLS), with USER:PASSWORD@ before the first host";
    private static final String ENCODE =
            "write it percent-encoded: % as %25, / as %2F, : as %3A, @ as %40, # as %23, ? as"
                    + " %3F, [ as %5B, ] as %5D, a space as %20";

    private AddressParser() {}

    record Host(String name, int port) {}

    record Parts(
            Kind kind,
            boolean tls,
            Login login,
            List<Host> hosts,
            int database,
            @Nullable String master) {

        /** Without the login. */
        @Override
        public String toString() {
            return "Parts[" + hosts + "]";
        }
    }

    static boolean accepts(String uri) {
        String lower = uri.toLowerCase(Locale.ROOT);
        return lower.startsWith("redis:")
                || lower.startsWith("rediss:")
                || lower.startsWith("redis-")
                || lower.startsWith("rediss-");
    }

    static Parts parse(String uri) {
        int slashes = uri.indexOf("://");
        String scheme = slashes < 0 ? "" : uri.substring(0, slashes).toLowerCase(Locale.ROOT);
        boolean tls = scheme.startsWith("rediss");
        Kind kind = null;
        for (Kind each : Kind.values()) {
            if (scheme.equals(RedisAddress.scheme(each, tls))) {
                kind = each;
            }
        }
        if (kind == null) {
            throw mistake("it begins with none of the schemes");
        }
        String rest = uri.substring(slashes + 3);
        // The last one: what stands before it may be a password that somebody forgot to encode.
        int at = rest.lastIndexOf('@');
        Login login = at < 0 ? Login.NONE : login(rest.substring(0, at));
        return place(kind, tls, login, rest.substring(at + 1));
    }

    private static Parts place(Kind kind, boolean tls, Login login, String text) {
        String rest = text;
        if (rest.indexOf('?') >= 0) {
            throw mistake("it has options after a '?', and none are known here: certificates, timeouts and a sentinel"
                    + " password are set in the builder; a '?' in a password is written %3F");
        }
        @Nullable String master = null;
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            master = decode(rest.substring(hash + 1), "the name of the master");
            rest = rest.substring(0, hash);
        }
        if (kind == Kind.SENTINEL && (master == null || master.isEmpty())) {
            throw mistake("it does not say which master the sentinels should be asked for: put its name after a '#'");
        }
        if (kind != Kind.SENTINEL && master != null) {
            throw mistake("it has a '#', which is for the master's name in a redis-sentinel:// URI; in a password it is"
                    + " written %23");
        }
        int database = 0;
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            String number = rest.substring(slash + 1);
            database = number.isEmpty() ? 0 : number(number, 0, 9999, "the database after the '/'");
            rest = rest.substring(0, slash);
        }
        if (kind == Kind.CLUSTER && database != 0) {
            throw mistake("it names a database, and a cluster has only number 0: take it away");
        }
        List<Host> hosts = hosts(kind, rest);
        if (kind == Kind.STANDALONE && hosts.size() > 1) {
            throw mistake("it names several hosts: that is for redis-sentinel:// or redis-cluster://");
        }
        return new Parts(kind, tls, login, hosts, database, master);
    }

    private static List<Host> hosts(Kind kind, String text) {
        List<Host> hosts = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            String which = "host number " + (hosts.size() + 1);
            // A literal IPv6 address stands in brackets, for its colons.
            int end = each.startsWith("[") ? each.indexOf(']') : each.indexOf(':') - 1;
            String name = each;
            int port = RedisAddress.port(kind);
            if (end >= 0 && end + 1 < each.length()) {
                if (each.charAt(end + 1) != ':') {
                    throw mistake(which + " goes on after its ']' with something that is no port");
                }
                name = each.substring(0, end + 1);
                port = number(each.substring(end + 2), 1, 65_535, "the port of " + which);
            } else if (each.startsWith(":")) {
                name = "";
            }
            if (name.startsWith("[") && name.endsWith("]")) {
                name = name.substring(1, name.length() - 1);
                if (!name.matches("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9]+)?")) {
                    throw mistake(which + " is no IPv6 address, although it stands in brackets");
                }
            } else if (!name.matches("[A-Za-z0-9._-]+")) {
                throw mistake(
                        name.isEmpty()
                                ? which + " is missing"
                                : which
                                        + " has a character that no host name has; a password stands before an '@', and if it"
                                        + " has such characters, " + ENCODE);
            }
            hosts.add(new Host(name, port));
        }
        return List.copyOf(hosts);
    }

    private static Login login(String text) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? "" : text.substring(0, colon);
        String password = text.substring(colon + 1);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f || "/?#[]@".indexOf(c) >= 0 || (c == ':' && i != colon)) {
                throw mistake("the user or the password has a character that means something else in a URI; " + ENCODE);
            }
        }
        if (password.isEmpty()) {
            throw mistake(
                    "there is an '@' and no password before it: write USER:PASSWORD@ or :PASSWORD@, or take the '@' away");
        }
        return new Login(user.isEmpty() ? null : decode(user, "the user"), decode(password, "the password"));
    }

    private static String decode(String text, String what) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.put(bytes[i]);
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw mistake(what + " has a '%' without two hexadecimal digits after it; " + ENCODE);
            }
            out.put((byte) (high * 16 + low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
        } catch (CharacterCodingException e) {
            // Without the cause: it may quote what it could not read.
            throw mistake(what + " is no UTF-8 once its '%' are decoded; " + ENCODE);
        }
    }

    private static int number(String text, int from, int to, String what) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        if (number < from || number > to) {
            throw mistake(
                    what + " is no number of " + from + " to " + to
                            + "; if it is part of a password, the '@' before the host is missing or the password is not percent-encoded");
        }
        return number;
    }

    private static IllegalArgumentException mistake(String what) {
        return new IllegalArgumentException(
                "the URI of the Redis is not understood (it is not shown: it may hold a password): " + what + "; "
                        + EXAMPLES);
    }
}
