package io.modelgate.spring.test;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budgets;
import io.modelgate.control.ControlLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is decided and spent that no revive undoes, at one time. Immutable. */
record Traces(long seq, List<GateDescription> gates, Map<String, List<Balance>> spent, Set<String> killedSessions) {

    /** Kills are revived, and a gate that declares itself again says nothing new. */
    private static final Set<String> UNDONE = Set.of("kill", "revive", "declare");

    /** More accounts than this one test hardly spends from. */
    private static final int ACCOUNTS = 10_000;

    static Traces of(Gates gates) {
        Map<String, List<Balance>> spent = new TreeMap<>();
        Budgets budgets = gates.budgets();
        budgets.names().forEach(name -> spent.put(name, budgets.top(name, ACCOUNTS)));
        return new Traces(gates.log().head().seq(), gates.describe(), spent, Set.copyOf(budgets.killedSessions()));
    }

    /** Whether no more than these are there: neither spent nor decided, but for kills that a revive takes back wholly. */
    boolean areAllIn(Gates later) {
        Traces now = of(later);
        return gates.equals(now.gates)
                && spent.equals(now.spent)
                && killedSessions.equals(now.killedSessions)
                && (seq == now.seq || isUndone(later.log()));
    }

    /** A kill of a candidate takes its callers away, and a revive does not give them back. */
    private boolean isUndone(ControlLog log) {
        return gates.stream().allMatch(gate -> gate.candidate().isEmpty())
                && log.read(seq, Integer.MAX_VALUE).stream()
                        .allMatch(entry -> UNDONE.contains(entry.decision().type()));
    }
}
