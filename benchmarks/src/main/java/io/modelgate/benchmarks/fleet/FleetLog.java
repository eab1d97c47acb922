package io.modelgate.benchmarks.fleet;

import io.modelgate.control.ControlLog;
import io.modelgate.redis.RedisControlLog;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The control log of the fleet, as one process opens it, with everything at its default. */
final class FleetLog {

    /** Where no logging is set up, the client would tell the screen of each connection that an outage ends. */
    private static final Logger CLIENT = Logger.getLogger("io.lettuce");

    static {
        CLIENT.setLevel(Level.SEVERE);
    }

    private FleetLog() {}

    /** Opens the log of this name on Redis, with a copy and an outbox of the process's own in a directory. */
    static ControlLog open(String uri, String log, Path directory, String instance) {
        return RedisControlLog.open(
                r -> r.uri(uri).name(log).directory(directory).instance(instance));
    }
}
