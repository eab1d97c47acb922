package io.modelgate.examples.credit;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Rollouts;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The service that decides on credit: its gate on a file log, from the start of the service to its stop.
 *
 * @param gates the gates of this process
 * @param credit the one that it has
 * @param rollouts runs its rollouts
 */
record Service(Gates gates, ModelGate<Applicant, Decision> credit, Rollouts rollouts) implements AutoCloseable {

    static Service start(Path log, Models models, Backend a, Backend b) {
        Gates gates = Gates.open(g -> g.controlLog(() -> FileControlLog.open(log)));
        ModelGate<Applicant, Decision> credit = CreditGate.open(gates, models, a, b);
        return new Service(gates, credit, Rollouts.open(gates, r -> r.every(Duration.ofMillis(100))));
    }

    @Override
    public void close() {
        rollouts.close();
        gates.close();
    }
}
