package io.modelgate.testkit;

import io.modelgate.budget.BudgetsBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The file of a process that is closed before the next one opens it; each budget of a test has its own. */
class FileBudgetKitTest extends BudgetLedgerKit {

    @TempDir
    Path folder;

    private int opened;

    @Override
    protected void give(BudgetsBuilder process) {
        // Only the restart opens one twice; two processes at once have a file each.
        process.ledger(folder.resolve(restarts ? "ledger" : "ledger-" + opened++));
    }

    private boolean restarts;

    @BeforeEach
    void see(TestInfo test) {
        restarts = test.getDisplayName().startsWith("whatWasSpentIsKnown");
    }

    @Override
    protected boolean shared() {
        return false;
    }

    @Override
    protected boolean survivesRestart() {
        return true;
    }

    @Override
    protected void leasesRunOut() {}
}
