package io.modelgate.redis.chaos;

import io.modelgate.control.ControlLog;
import io.modelgate.redis.RedisControlLog;
import java.nio.file.Path;

/** The control log of the fleet. */
final class FleetLogs {

    static final String NAME = "chaos";

    private FleetLogs() {}

    static ControlLog open(String uri, Path directory, String instance) {
        return RedisControlLog.open(
                r -> r.uri(uri).name(NAME).directory(directory).instance(instance));
    }
}
