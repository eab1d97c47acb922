package io.modelgate.console;

import com.sun.net.httpserver.Headers;
import io.modelgate.Actor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the console: holders of tokens, and whoever a reverse proxy names. Immutable.
 *
 * @param tokens by the hash of the token
 * @param header the header in which a reverse proxy says who asks; null if there is none
 * @param named whom it may name, with their roles
 */
record Access(Map<String, Operator> tokens, @Nullable String header, Map<String, Role> named) {

    /** How the control log says that somebody was authenticated by a token. */
    static final String BY_TOKEN = "console-token";

    /** How the control log says that a reverse proxy named somebody. */
    static final String BY_PROXY = "console-proxy";

    /**
     * Somebody who was authenticated.
     *
     * @param actor as the control log names them
     * @param role what they may do
     */
    record Operator(Actor actor, Role role) {}

    Access {
        tokens = Map.copyOf(tokens);
        named = Map.copyOf(named);
    }

    /** Who sent these headers; empty if they prove nobody. Two of a kind prove nobody, as one of them may be somebody else's. */
    Optional<Operator> operator(Headers headers) {
        List<String> authorization = headers.getOrDefault("Authorization", List.of());
        if (!authorization.isEmpty()) {
            return authorization.size() == 1 ? byToken(authorization.get(0)) : Optional.empty();
        }
        List<String> names = header == null ? List.of() : headers.getOrDefault(header, List.of());
        return names.size() == 1 ? byProxy(names.get(0)) : Optional.empty();
    }

    private Optional<Operator> byToken(String authorization) {
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        String text = authorization.substring(7).strip();
        if (!Token.isToken(text)) {
            return Optional.empty();
        }
        byte[] hash = Token.hash(text).getBytes(StandardCharsets.US_ASCII);
        Operator found = null;
        for (Map.Entry<String, Operator> each : tokens.entrySet()) { // all of them, in the same time whichever it is
            if (MessageDigest.isEqual(each.getKey().getBytes(StandardCharsets.US_ASCII), hash)) {
                found = each.getValue();
            }
        }
        return Optional.ofNullable(found);
    }

    private Optional<Operator> byProxy(String name) {
        Role role = named.get(name);
        return role == null ? Optional.empty() : Optional.of(new Operator(new Actor(name, BY_PROXY), role));
    }
}
