package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    private final Api api;
    private final ConsoleServer server;
    private final @Nullable Gates standIns;

    private Console(Api api, ConsoleServer server, @Nullable Gates standIns) {
        this.api = api;
        this.server = server;
        this.standIns = standIns;
    }

    /**
     * Starts it.
     *
     * @throws IllegalArgumentException if nobody may use it, or if tokens would go over a network unencrypted
     * @throws UncheckedIOException if it cannot listen there
     */
    public static Console start(Gates gates, Consumer<ConsoleBuilder> configure) {
        return start(gates, configured(configure), null, EventStreams.Rhythm.USUAL);
    }

    /**
     * Starts one for a whole fleet, in a process that serves no model: it shows and decides what the control log holds, and what the processes
     * that share it confirm. What only those know, their traffic and their budgets, it leaves out.
     *
     * <pre>{@code
     * try (Console console = Console.standalone(
     *         () -> FileControlLog.open(Path.of("modelgate.log")), c -> c.token("alice", Role.OPERATOR, hash))) {
     *     System.out.println(console.address());
     * }
     * }</pre>
     *
     * @param log opened once, and closed with the console
     * @throws IllegalArgumentException if nobody may use it, if tokens would go over a network unencrypted, or for
     *     {@link ConsoleBuilder#rollouts}, which are of gates that serve
     * @throws UncheckedIOException if it cannot listen there
     * @throws io.modelgate.control.ControlLogException if the log refuses to open
     */
    public static Console standalone(Supplier<? extends ControlLog> log, Consumer<ConsoleBuilder> configure) {
        ConsoleBuilder config = configured(configure);
        if (config.rollouts != null) {
            throw new IllegalArgumentException("rollouts is set, and a standalone console has no gates that serve");
        }
        Gates gates = Gates.open(g -> g.controlLog(log).standIn());
        try {
            return start(gates, config, gates, EventStreams.Rhythm.USUAL);
        } catch (RuntimeException e) {
            gates.close();
            throw e;
        }
    }

    private static ConsoleBuilder configured(Consumer<ConsoleBuilder> configure) {
        ConsoleBuilder config = new ConsoleBuilder();
        configure.accept(config);
        config.listenOn();
        return config;
    }

    /** Starts it; {@code standIns} are the gates if they are its own and stand in for others. */
    static Console start(Gates gates, ConsoleBuilder config, @Nullable Gates standIns, EventStreams.Rhythm rhythm) {
        InetSocketAddress address = config.listenOn();
        Api api = Api.open(gates, config.rollouts, standIns != null, rhythm);
        try {
            return new Console(api, ConsoleServer.start(gates, address, config, api.routes()), standIns);
        } catch (IOException e) {
            api.close();
            throw new UncheckedIOException("the console cannot listen on " + address + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            api.close();
            throw e;
        }
    }

    /** Where it is served: scheme, host and port. */
    public URI address() {
        return server.uri();
    }

    /** What it serves. */
    List<Route> routes() {
        return server.routes();
    }

    /** Stops listening, and ends what is being answered. Idempotent. */
    @Override
    public void close() {
        api.close(); // first: connections for events end by themselves
        server.close();
        if (standIns != null) {
            standIns.close();
        }
    }
}
