package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class FileControlLogKitTest extends ControlLogKit {

    @TempDir
    Path directory;

    @Override
    protected ControlLog open() {
        return FileControlLog.open(directory.resolve("modelgate.log"));
    }

    @Override
    protected Optional<ControlLog> reopen() {
        return Optional.of(open());
    }
}
