package io.modelgate.console;

import com.sun.net.httpserver.Headers;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Under which names the console is reached, and which requests come from a page that is not its own. Immutable.
 *
 * @param hosts its names and literal addresses, in lower case
 * @param any whether it may have other names too
 */
record Site(Set<String> hosts, boolean any) {

    /** Sent with every request that changes something: a page of another site cannot send it unasked, and asking it is refused. */
    static final String OURS = "X-ModelGate";

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    Site {
        hosts = Set.copyOf(hosts);
    }

    /** The site at an address with further names. Without any, one that other machines reach takes whatever name they use. */
    static Site of(InetAddress address, Set<String> named) {
        Set<String> hosts = new TreeSet<>(named);
        boolean loopback = address.isLoopbackAddress();
        if (loopback) {
            hosts.addAll(LOOPBACK);
            hosts.add(literal(address));
        }
        return new Site(hosts, !loopback && named.isEmpty());
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    }

    /**
     * Refuses what was meant for another site: a page there may have given its name our address (DNS rebinding) and then passes for one of ours.
     *
     * @throws Problem 400 or 421
     */
    void requireAddressed(Headers headers) {
        List<String> given = headers.getOrDefault("Host", List.of());
        if (given.size() != 1 || given.get(0).isEmpty()) {
            throw Problem.bad("the header Host: expected one");
        }
        if (!any && !hosts.contains(host(given.get(0)))) {
            throw new Problem(421, "this console is not called what the header Host says; console.host(…) adds a name");
        }
    }

    /**
     * Refuses what a page of another site makes a browser send, and what does not say that it is sent by one of ours.
     *
     * @throws Problem 403
     */
    void requireOwnPage(Headers headers) {
        for (String from : headers.getOrDefault("Sec-Fetch-Site", List.of())) {
            if (!from.equals("same-origin") && !from.equals("none")) {
                throw foreign();
            }
        }
        for (String origin : headers.getOrDefault("Origin", List.of())) {
            if (!isOurs(origin, headers)) {
                throw foreign();
            }
        }
        if (!headers.containsKey(OURS)) {
            throw new Problem(
                    403,
                    "a request that changes something needs the header " + OURS
                            + ", with any value: so no page of another site can make it");
        }
    }

    /** A proxy may pass on another Host than the browser sees: then the name has to be configured. */
    private boolean isOurs(String origin, Headers headers) {
        String text = origin.toLowerCase(Locale.ROOT);
        if (!text.startsWith("http://") && !text.startsWith("https://")) {
            return false;
        }
        String authority = text.substring(text.indexOf("//") + 2);
        String addressed = headers.getFirst("Host");
        boolean same = addressed != null && addressed.toLowerCase(Locale.ROOT).equals(authority);
        return same || (!LOOPBACK.contains(host(authority)) && hosts.contains(host(authority)));
    }

    private static Problem foreign() {
        return new Problem(403, "a page of another site sent this; nothing was done");
    }

    /** The name in an authority, without its port. */
    private static String host(String authority) {
        String text = authority.toLowerCase(Locale.ROOT);
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        return end > 0 ? text.substring(0, end) : text;
    }
}
