package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;

class MemoryControlLogKitTest extends ControlLogKit {

    @Override
    protected ControlLog open() {
        return new MemoryControlLog();
    }
}
