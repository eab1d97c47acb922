package io.modelgate.examples.fleet;

import io.modelgate.control.ControlLog;
import io.modelgate.redis.RedisControlLog;
import java.nio.file.Path;

/** The control log of the fleet, as one process opens it: this is the part to copy. */
final class FleetLog {

    private FleetLog() {}

    /** Opens the log of this name on Redis, with a copy and an outbox of the process's own in a directory. */
    static ControlLog open(String uri, String log, Path directory, String instance) {
        return RedisControlLog.open(
                r -> r.uri(uri).name(log).directory(directory).instance(instance));
    }
}
