package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.RolloutsBuilder;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process with gates and a console, an operator of each role, and time that the test drives. */
final class ConsoleRig implements AutoCloseable {

    static final Actor ALICE = Actor.of("alice");

    final ManualTime time = new ManualTime();
    final Gates gates;
    final Rollouts rollouts;
    private final Map<Role, Token> tokens = new EnumMap<>(Role.class);
    private @Nullable Console console;

    ConsoleRig() {
        this(g -> {});
    }

    ConsoleRig(Consumer<GatesBuilder> configure) {
        this(configure, r -> {});
    }

    ConsoleRig(Consumer<GatesBuilder> configure, Consumer<RolloutsBuilder> steering) {
        gates = Gates.open(g -> {
            g.ticker(time).instants(time).scheduler(time);
            configure.accept(g);
        });
        rollouts = Rollouts.open(gates, r -> steering.accept(r.manual()));
        for (Role role : Role.values()) {
            tokens.put(role, Token.generate());
        }
    }

    /** Starts the console, once the gates are as the test wants them. */
    Console console() {
        if (console == null) {
            console = start(gates, c -> c.rollouts(rollouts), EventStreams.Rhythm.USUAL);
        }
        return console;
    }

    Console start(Gates on, Consumer<ConsoleBuilder> more, EventStreams.Rhythm rhythm) {
        ConsoleBuilder config = new ConsoleBuilder();
        people().andThen(more).accept(config);
        return Console.start(on, config, null, rhythm);
    }

    /** An operator of each role, called by it in lower case. */
    Consumer<ConsoleBuilder> people() {
        return c -> {
            c.port(0).requestsPerSecond(100_000);
            tokens.forEach(
                    (role, token) -> c.token(role.name().toLowerCase(java.util.Locale.ROOT), role, token.hash()));
        };
    }

    Token token(Role role) {
        return tokens.get(role);
    }

    Client as(Role role) {
        return new Client(console(), token(role));
    }

    Client viewer() {
        return as(Role.VIEWER);
    }

    static void stored(Rollout rollout) {
        if (!rollout.stored(Duration.ofSeconds(5))) {
            throw new AssertionError("not stored");
        }
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
        rollouts.close();
        gates.close();
    }
}
