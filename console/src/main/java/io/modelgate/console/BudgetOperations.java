package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.Receipt;
import io.modelgate.Scope;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budgets;
import io.modelgate.console.Views.Decided;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What is spent, and letting a session go on that was killed. Thread-safe. */
final class BudgetOperations {

    /** Appended before a session that a limit on runaways killed goes on: the keyed hash of the {@code session}. */
    static final String SESSION_REVIVED = "session-revived";

    private static final int MOST_SESSIONS = 1_000;
    private static final int LONGEST_SESSION = 1_000;

    private final Gates gates;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    /** A session that goes on once that is stored. */
    private record Waiting(Receipt receipt, String session) {}

    BudgetOperations(Gates gates) {
        this.gates = gates;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/budgets", this::budgets),
                Route.post("/api/v1/budgets/sessions/revive", Role.APPROVER, this::revive));
    }

    record AccountView(
            String key,
            String unit,
            long ceiling,
            long spent,
            long reserved,
            long remaining,
            long overrun,
            @Nullable String end,
            @Nullable Long fleetRemaining) {
        static AccountView of(Balance balance) {
            return new AccountView(
                    balance.key(),
                    balance.unit(),
                    balance.ceiling(),
                    balance.spent(),
                    balance.reserved(),
                    balance.remaining(),
                    balance.overrun(),
                    balance.end().map(Object::toString).orElse(null),
                    balance.fleetRemaining().isPresent()
                            ? (Long) balance.fleetRemaining().getAsLong()
                            : null);
        }
    }

    record BudgetView(
            String name,
            long refused,
            long overruns,
            long estimated,
            long expired,
            long evicted,
            List<AccountView> top) {}

    record BudgetsView(List<BudgetView> budgets, int reservations, List<String> killedSessions) {}

    record SessionOrder(@Nullable String session, @Nullable String reason) {}

    private Reply budgets(Request request) {
        int most = (int) request.query("top", 10, 1, 100);
        Budgets budgets = gates.budgets();
        Map<String, Budgets.Totals> totals = budgets.totals();
        List<BudgetView> each = budgets.names().stream()
                .map(name -> view(name, totals.get(name), budgets.top(name, most)))
                .toList();
        return Reply.json(new BudgetsView(
                each,
                budgets.reservations(),
                new TreeSet<>(budgets.killedSessions())
                        .stream().limit(MOST_SESSIONS).toList()));
    }

    private static BudgetView view(String name, Budgets.@Nullable Totals totals, List<Balance> top) {
        Budgets.Totals known = totals == null ? new Budgets.Totals(0, 0, 0, 0, 0) : totals;
        return new BudgetView(
                name,
                known.refused(),
                known.overruns(),
                known.estimated(),
                known.expired(),
                known.evicted(),
                top.stream().map(AccountView::of).toList());
    }

    private Reply revive(Request request) throws IOException {
        SessionOrder order = request.body(SessionOrder.class);
        String session = Decisions.required("session", order.session());
        String reason = Decisions.reason(order.reason());
        if (session.length() > LONGEST_SESSION) {
            throw Problem.bad("session: expected at most " + LONGEST_SESSION + " characters");
        }
        if (!gates.budgets().killedSessions().contains(session)) {
            throw Problem.notFound("no limit on runaways has killed this session in this process");
        }
        Receipt receipt = Decisions.made(
                gates,
                () -> gates.append(gates.decision(
                        UUID.randomUUID().toString(),
                        SESSION_REVIVED,
                        Scope.FLEET,
                        request.actor(),
                        reason,
                        Map.of("session", gates.identities().hash(session)))));
        boolean stored = Decisions.stored(receipt);
        if (stored) {
            gates.budgets().reviveSession(session);
        } else {
            waiting.add(new Waiting(receipt, session));
        }
        return Reply.json(new Decided(receipt.id(), stored));
    }

    /** Lets sessions go on whose revival has been stored since. */
    void attend() {
        waiting.removeIf(each -> {
            boolean stored = each.receipt().stored(Duration.ZERO);
            if (stored) {
                gates.budgets().reviveSession(each.session());
            }
            return stored || each.receipt().failure().isPresent();
        });
    }
}
