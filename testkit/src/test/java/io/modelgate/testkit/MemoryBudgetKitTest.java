package io.modelgate.testkit;

import io.modelgate.budget.BudgetsBuilder;

class MemoryBudgetKitTest extends BudgetLedgerKit {

    @Override
    protected void give(BudgetsBuilder process) {}

    @Override
    protected boolean shared() {
        return false;
    }

    @Override
    protected boolean survivesRestart() {
        return false;
    }

    @Override
    protected void leasesRunOut() {}
}
