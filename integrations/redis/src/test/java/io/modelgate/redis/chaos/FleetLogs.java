package io.modelgate.redis.chaos;

import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;

/** Opens the control log that a process is told to use: a file, or a Redis. */
final class FleetLogs {

    static final String NAME = "chaos";

    private FleetLogs() {}

    static ControlLog open(String where, Path directory, String instance) {
        return FileControlLog.open(Path.of(where));
    }
}
