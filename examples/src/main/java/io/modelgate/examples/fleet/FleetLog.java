package io.modelgate.examples.fleet;

import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;

/** Stand-in. */
final class FleetLog {

    private FleetLog() {}

    static ControlLog open(String uri, String log, Path directory, String instance) {
        return FileControlLog.open(directory.resolveSibling(log + ".log"));
    }
}
