package io.modelgate.examples.credit;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;

/**
 * The service that decides on credit: its gate on a file log, from the start of the service to its stop.
 *
 * @param gates the gates of this process
 * @param credit the one that it has
 */
record Service(Gates gates, ModelGate<Applicant, Decision> credit) implements AutoCloseable {

    static Service start(Path log, Models models, Backend a, Backend b) {
        Gates gates = Gates.open(g -> g.controlLog(() -> FileControlLog.open(log)));
        return new Service(gates, CreditGate.open(gates, models, a, b));
    }

    @Override
    public void close() {
        gates.close();
    }
}
