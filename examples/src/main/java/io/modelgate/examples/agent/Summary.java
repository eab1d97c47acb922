package io.modelgate.examples.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The figures of a demo. Immutable.
 *
 * @param ceilingMicros what a session may spend
 * @param billMicros what the session that looped spent, by its models' own books and the price file
 * @param ledgerMicros what it spent by the ledger
 * @param raceBillMicros what the session of eight threads spent, by its models' own books and the price file
 * @param raceLedgerMicros what it spent by the ledger
 * @param tenantCeilingMicros what a tenant may spend in a day
 * @param tenantBillMicros what the tenant spent before and after the restart, by the models' own books and the price file
 * @param tenantLedgerMicros what it spent by the ledger
 * @param tenantAtStopMicros what it had spent by the ledger when the first process stopped
 * @param tenantAtStartMicros what it had spent by the ledger when the second process began
 * @param calls that agents made
 * @param answered calls that the version routed to answered
 * @param refused calls that the gate refused, so that no model was asked
 * @param invocations of models
 * @param clamped invocations for which the budgets left less output than the agent allowed
 * @param cut invocations that a kill ended
 * @param observed times that a limit on runaways reported a session and let it go on
 * @param killedSessions sessions that a limit on runaways killed
 * @param overruns settlements above their reservations
 */
record Summary(
        long ceilingMicros,
        long billMicros,
        long ledgerMicros,
        long raceBillMicros,
        long raceLedgerMicros,
        long tenantCeilingMicros,
        long tenantBillMicros,
        long tenantLedgerMicros,
        long tenantAtStopMicros,
        long tenantAtStartMicros,
        long calls,
        long answered,
        long refused,
        long invocations,
        long clamped,
        long cut,
        long observed,
        long killedSessions,
        long overruns) {

    /** All figures by name, in their order. */
    Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("ceilingMicros", ceilingMicros);
        figures.put("billMicros", billMicros);
        figures.put("ledgerMicros", ledgerMicros);
        figures.put("raceBillMicros", raceBillMicros);
        figures.put("raceLedgerMicros", raceLedgerMicros);
        figures.put("tenantCeilingMicros", tenantCeilingMicros);
        figures.put("tenantBillMicros", tenantBillMicros);
        figures.put("tenantLedgerMicros", tenantLedgerMicros);
        figures.put("tenantAtStopMicros", tenantAtStopMicros);
        figures.put("tenantAtStartMicros", tenantAtStartMicros);
        figures.put("calls", calls);
        figures.put("answered", answered);
        figures.put("refused", refused);
        figures.put("invocations", invocations);
        figures.put("clamped", clamped);
        figures.put("cut", cut);
        figures.put("observed", observed);
        figures.put("killedSessions", killedSessions);
        figures.put("overruns", overruns);
        return figures;
    }

    /** This summary as JSON. */
    String json() {
        StringJoiner json = new StringJoiner(",\n  ", "{\n  ", "\n}\n");
        figures().forEach((name, figure) -> json.add("\"" + name + "\": " + figure));
        return json.toString();
    }
}
