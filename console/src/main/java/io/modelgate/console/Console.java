package io.modelgate.console;

import io.modelgate.Gates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Consumer;

/**
 * The operators' page and HTTP API of the gates of a process, on a port of its own. Thread-safe.
 *
 * <pre>{@code
 * try (Console console = Console.start(gates, c -> c
 *         .token("alice", Role.OPERATOR, "5e88…")   // the hash that `modelgate token` printed
 *         .rollouts(rollouts))) {
 *     System.out.println(console.address());        // http://127.0.0.1:7710/
 * }
 * }</pre>
 *
 * <p>{@code openapi.yaml} beside this class, which the console serves at {@code /api/v1/openapi.yaml}, says what the API is.
 */
public final class Console implements AutoCloseable {

    private final ConsoleServer server;
    private final URI address;

    private Console(ConsoleServer server, URI address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Starts it.
     *
     * @throws IllegalArgumentException if nobody may use it, or if tokens would go over a network unencrypted
     * @throws UncheckedIOException if it cannot listen there
     */
    public static Console start(Gates gates, Consumer<ConsoleBuilder> configure) {
        ConsoleBuilder config = new ConsoleBuilder();
        configure.accept(config);
        InetSocketAddress address = config.listenOn();
        try {
            ConsoleServer server = ConsoleServer.start(gates, address, config, new Api(gates).routes());
            return new Console(server, server.uri());
        } catch (IOException e) {
            throw new UncheckedIOException("the console cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Where it is served: scheme, host and port. */
    public URI address() {
        return address;
    }

    /** Stops listening, and ends what is being answered. Idempotent. */
    @Override
    public void close() {
        server.close();
    }
}
