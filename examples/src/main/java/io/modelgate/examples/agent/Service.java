package io.modelgate.examples.agent;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budget;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * The service that agents call: its gate on a file log, with a durable ledger beside it, from the start of the service to its stop.
 *
 * @param gates the gates of this process
 * @param chat the one that it has
 */
record Service(Gates gates, ModelGate<Prompt, Answer> chat) implements AutoCloseable {

    static Service start(
            Path directory, InstantSource instants, ChatModel small, ChatModel large, List<Budget> ceilings) {
        Gates gates = Gates.open(g -> g.controlLog(() -> FileControlLog.open(directory.resolve("modelgate.log")))
                .instants(instants)
                .eventExecutor(Runnable::run)
                .budgets(b -> b.prices(Tariff.prices()).ledger(directory.resolve("modelgate.ledger"))));
        return new Service(gates, AgentGate.open(gates, small, large, ceilings));
    }

    /** What an account has spent, as the ledger has it; 0 if there is no such budget or account. */
    long spent(Budget budget, String key) {
        return gates.budgets().names().contains(budget.name())
                ? gates.budgets()
                        .balance(budget.name(), key)
                        .map(Balance::spent)
                        .orElse(0L)
                : 0;
    }

    @Override
    public void close() {
        gates.close();
    }
}
