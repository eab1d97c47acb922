package io.modelgate.testkit;

import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.budget.MemoryFleet;
import java.time.Duration;

class MemoryFleetKitTest extends BudgetLedgerKit {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final MemoryFleet fleet = new MemoryFleet(time::read, LEASE);

    @Override
    protected void give(BudgetsBuilder process) {
        process.fleet(fleet.process());
    }

    @Override
    protected boolean shared() {
        return true;
    }

    @Override
    protected boolean survivesRestart() {
        return true;
    }

    @Override
    protected void leasesRunOut() {
        time.advance(LEASE);
    }
}
