package io.modelgate.console;

import io.modelgate.Gates;
import java.util.List;

/** The operations of the API, as {@code openapi.yaml} has them. Thread-safe. */
final class Api {

    private final Gates gates;

    Api(Gates gates) {
        this.gates = gates;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/v1/me", this::me));
    }

    /**
     * Who asks.
     *
     * @param actor as the control log would name them
     */
    record Me(String actor, Role role) {}

    private Reply me(Request request) {
        if (gates.closed()) {
            throw new Problem(503, "these gates are closed");
        }
        return Reply.json(new Me(request.actor().name(), request.role()));
    }
}
