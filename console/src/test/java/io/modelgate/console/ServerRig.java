package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server with routes of its own on gates of its own, and somebody of each role. */
final class ServerRig implements AutoCloseable {

    final Gates gates;
    final ConsoleServer server;
    final List<Actor> acted = new CopyOnWriteArrayList<>();
    private final Map<Role, Token> tokens = new EnumMap<>(Role.class);

    record Because(String reason) {}

    ServerRig(Gates gates, Consumer<ConsoleBuilder> configure, Route... more) throws IOException {
        this.gates = gates;
        ConsoleBuilder config = new ConsoleBuilder().port(0);
        for (Role role : Role.values()) {
            Token token = Token.generate();
            tokens.put(role, token);
            config.token(role.name().toLowerCase(Locale.ROOT), role, token.hash());
        }
        configure.accept(config);
        List<Route> routes = new ArrayList<>(List.of(
                Route.get("/api/v1/look", request -> Reply.json(Map.of("looked", true))),
                Route.get("/api/v1/gates/{gate}", request -> Reply.json(Map.of("gate", request.path("gate")))),
                Route.post("/api/v1/act", Role.OPERATOR, this::act),
                Route.post("/api/v1/admin", Role.ADMIN, this::act)));
        routes.addAll(List.of(more));
        server = ConsoleServer.start(gates, config.listenOn(), config, routes);
    }

    private Reply act(Request request) throws IOException {
        Because because = request.body(Because.class);
        acted.add(request.actor());
        gates.kill(Scope.fleet(), request.actor(), String.valueOf(because.reason()));
        return Reply.json(201, Map.of("acted", true));
    }

    URI uri() {
        return server.uri();
    }

    String token(Role role) {
        return tokens.get(role).text();
    }

    /** The headers that each request needs: of somebody of a role, or, with {@code null}, of nobody. */
    String headers(@Nullable Role role) {
        return "Host: " + uri().getAuthority() + "\r\n"
                + (role == null ? "" : "Authorization: Bearer " + token(role) + "\r\n");
    }

    /** Sends one request without a body and reads what comes. */
    Optional<Wire.Response> send(String method, String target, String headers) throws IOException {
        try (Wire wire = new Wire(uri())) {
            return wire.send(method + " " + target + " HTTP/1.1\r\n" + headers + "\r\n")
                    .read(method.equals("HEAD"));
        }
    }

    Optional<Wire.Response> get(String target, @Nullable Role role) throws IOException {
        return send("GET", target, headers(role));
    }

    Optional<Wire.Response> post(String target, String headers, String body) throws IOException {
        try (Wire wire = new Wire(uri())) {
            return wire.send("POST " + target + " HTTP/1.1\r\n" + headers + "Content-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .read();
        }
    }

    /** The entries about refusals, which are appended on another thread: waits until there are so many. */
    List<Decision> refused(int count) {
        Await.until(() -> refused().size() >= count);
        return refused();
    }

    List<Decision> refused() {
        return gates.log().read(0, 10_000).stream()
                .map(Entry::decision)
                .filter(entry -> entry.type().equals(Refusals.TYPE))
                .toList();
    }

    @Override
    public void close() {
        server.close();
        gates.close();
    }
}
