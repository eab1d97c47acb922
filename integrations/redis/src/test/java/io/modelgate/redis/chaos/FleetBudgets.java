package io.modelgate.redis.chaos;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.budget.Budget;
import io.modelgate.budget.FleetLedger;
import io.modelgate.budget.Per;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.redis.RedisFleetLedger;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The ceilings that the processes share: one of which they lease slices, and a strict one. */
final class FleetBudgets {

    static final String LEASED = "leased";
    static final String STRICT = "strict";

    /** Longer than any fault, so that who is lost was killed. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final long CEILING = 4_000;
    private static final long SLICE = 100;
    private static final int INPUT = 5;
    private static final int MOST_OUTPUT = 5;

    private FleetBudgets() {}

    /**
     * What may be spent in all.
     *
     * @param lost how many processes were killed
     */
    static List<Checker.Bound> bounds(int lost) {
        return List.of(
                new Checker.Bound(LEASED, CEILING + leased().overshoot(lost)),
                new Checker.Bound(STRICT, CEILING + Sharing.strict().overshoot(lost)));
    }

    static FleetLedger ledger(String uri, String instance) {
        return RedisFleetLedger.open(
                r -> r.uri(uri).name(FleetLogs.NAME).instance(instance).lease(LEASE));
    }

    static ModelGate<Integer, Usage> gate(Gates gates, String name) {
        Sharing sharing = name.equals(LEASED) ? leased() : Sharing.strict();
        return gates.gate(
                name,
                g -> g.stable("v1", output -> Usage.of(INPUT, output))
                        .tokens(t ->
                                t.input(output -> INPUT).maxOutput(MOST_OUTPUT).usage(usage -> usage))
                        .budget(Budget.tokens(name, CEILING, Per.gate()).shared(sharing)));
    }

    /** Makes one call and writes what it used. */
    static void spend(ModelGate<Integer, Usage> gate, Random random, Journal journal) {
        int output = 1 + random.nextInt(MOST_OUTPUT);
        Outcome<Usage> outcome = gate.decide(output, Caller.of("caller"));
        if (outcome.answer().isPresent()) {
            journal.write("spend " + gate.name() + " " + (INPUT + output));
        }
    }

    private static Sharing leased() {
        return Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE);
    }
}
