package io.modelgate.examples.agent;

import io.modelgate.GateEvent;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetEvent;
import io.modelgate.budget.Reaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The books of a demo, kept twice: by the ledger, and by the models with the price file. They balance if both say the same and no bill
 * is above its ceiling. For use by one thread, once no calls are under way.
 */
final class Books {

    static final String LOOPING = "s-loop";
    static final String RACING = "s-race";
    static final String TENANT = "acme";

    private final Tariff tariff = new Tariff();
    private final Tally tally = new Tally();
    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private final List<String> problems = new ArrayList<>();
    private long observed;
    private long killedSessions;
    private long overruns;
    private long gateCalls;
    private long loopLedger;
    private long raceLedger;
    private long tenantAtStop;
    private long tenantAtStart;
    private long tenantLedger;

    Tariff tariff() {
        return tariff;
    }

    Tally tally() {
        return tally;
    }

    List<String> problems() {
        return problems;
    }

    /** Where the models write down what they do. */
    Queue<Line> lines() {
        return lines;
    }

    /** What the models did for a session. */
    List<Line> bill(String session) {
        return lines.stream().filter(line -> line.session().equals(session)).toList();
    }

    private List<Line> billOfTenant() {
        return lines.stream().filter(line -> line.tenant().equals(TENANT)).toList();
    }

    /** Takes note of what the budgets report. */
    void event(GateEvent event) {
        if (event instanceof GateEvent.Budgeted budgeted) {
            BudgetEvent report = budgeted.report();
            if (report instanceof BudgetEvent.Tripped tripped && tripped.reaction() == Reaction.OBSERVE) {
                observed++;
            } else if (report instanceof BudgetEvent.SessionKilled) {
                killedSessions++;
            } else if (report instanceof BudgetEvent.Overrun) {
                overruns++;
            }
        }
    }

    /** Holds a session's bill against the ledger and the ceilings; returns what is left of its money, in micro-units. */
    long check(Service service, String session) {
        List<Line> bill = bill(session);
        long micros = tariff.micros(bill);
        long ledger = service.spent(AgentGate.SESSION, session);
        long tokens = bill.stream().mapToLong(Line::tokens).sum();
        same("the ledger of " + session, ledger, "its bill", micros);
        same("tokens of " + session + ", ledger", service.spent(AgentGate.SESSION_TOKENS, session), "bill", tokens);
        atMost("the bill of " + session, micros, AgentGate.SESSION);
        atMost("tokens of " + session, tokens, AgentGate.SESSION_TOKENS);
        same("open reservations", service.gates().budgets().reservations(), "expected", 0);
        if (session.equals(LOOPING)) {
            loopLedger = ledger;
        } else if (session.equals(RACING)) {
            raceLedger = ledger;
        }
        return AgentGate.SESSION.ceiling() - ledger;
    }

    /** Whether the ledger has what a session's calls used: a call that was cut is settled by its model's thread, when that ends. */
    boolean settled(Service service, String session) {
        return service.gates().budgets().reservations() == 0
                && service.spent(AgentGate.SESSION_TOKENS, session)
                        == bill(session).stream().mapToLong(Line::tokens).sum();
    }

    /** Takes over what the ledger and the gate say when the first process stops. */
    void stop(Service service) {
        tenantAtStop = service.spent(AgentGate.TENANT_DAY, TENANT);
        same("the ledger of the tenant", tenantAtStop, "its bill", tariff.micros(billOfTenant()));
        gateCalls += service.chat().stats().calls();
    }

    /** Takes over what the ledger says when the second process has begun. */
    void begin(long spentOfTenant) {
        tenantAtStart = spentOfTenant;
        same("spent of the tenant's day after the restart", tenantAtStart, "before", tenantAtStop);
    }

    /** Takes over what the ledger and the gate say at the end, and holds the rest against each other. */
    Summary end(Service service) {
        tenantLedger = service.spent(AgentGate.TENANT_DAY, TENANT);
        gateCalls += service.chat().stats().calls();
        Summary summary = summary();
        same("the ledger of the tenant", tenantLedger, "its bill", summary.tenantBillMicros());
        atMost("the bill of the tenant", summary.tenantBillMicros(), AgentGate.TENANT_DAY);
        same("calls that the gate counted", gateCalls, "calls that agents made", summary.calls());
        same("sessions killed as runaways", killedSessions, "expected", 1);
        same("times a runaway was observed first", observed, "expected", 1);
        same("overruns", overruns, "expected", 0);
        return summary;
    }

    private Summary summary() {
        return new Summary(
                AgentGate.SESSION.ceiling(),
                tariff.micros(bill(LOOPING)),
                loopLedger,
                tariff.micros(bill(RACING)),
                raceLedger,
                AgentGate.TENANT_DAY.ceiling(),
                tariff.micros(billOfTenant()),
                tenantLedger,
                tenantAtStop,
                tenantAtStart,
                tally.calls(),
                tally.answered(),
                tally.refused(),
                lines.size(),
                lines.stream().filter(Line::clamped).count(),
                lines.stream().filter(line -> line.end() == Line.End.CUT).count(),
                observed,
                killedSessions,
                overruns);
    }

    void same(String what, long is, String as, long expected) {
        if (is != expected) {
            problems.add(what + ": " + is + "; " + as + ": " + expected);
        }
    }

    void expect(boolean held, String otherwise) {
        if (!held) {
            problems.add(otherwise);
        }
    }

    private void atMost(String what, long is, Budget ceiling) {
        expect(
                is <= ceiling.ceiling(),
                what + ": " + is + "; the ceiling of " + ceiling.name() + ": " + ceiling.ceiling());
    }
}
