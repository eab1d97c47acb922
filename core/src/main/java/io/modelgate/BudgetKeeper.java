package io.modelgate;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.budget.BudgetEvent;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.Budgets;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the budgets of a process: opens them, expires reservations every second, publishes their counters and passes on what they
 * report. Thread-safe.
 */
final class BudgetKeeper {

    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Gates gates;
    private final GatesBuilder config;
    private final BudgetLedger budgets;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Set<String> bound = ConcurrentHashMap.newKeySet();
    private final Map<Trip, LongAdder> trips = new ConcurrentHashMap<>();
    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** A limit on runaways and what was done when it was met: a small closed set for each gate. */
    private record Trip(String gate, String limit, String reaction) {}

    BudgetKeeper(Gates gates, GatesBuilder config, Identities identities) {
        this.gates = gates;
        this.config = config;
        budgets =
                BudgetLedger.open(config.budgets, config.ticker::read, config.instants, identities::hash, this::report);
        budgets.background(gates::executeLadder);
    }

    /** Refuses a ledger whose hashes nobody could compute again after a restart. */
    BudgetKeeper on(ControlLog log) {
        if (budgets.durable() && log instanceof MemoryControlLog) {
            budgets.close();
            throw new IllegalArgumentException(
                    "budgets have a durable ledger and the control log is in memory: the ledger holds sessions and"
                            + " callers as hashes under the log's secret, which is gone after a restart; give a control log that stays");
        }
        // Of a log that refused or of which nothing is known yet the gates are killed, and the secret is none.
        if (!(log instanceof RefusedLog) && log.known()) {
            try {
                own();
            } catch (RuntimeException e) {
                budgets.close();
                throw e;
            }
        }
        return this;
    }

    /** Makes sure that the ledgers are written under the log's secret. */
    void own() {
        budgets.own();
    }

    BudgetLedger budgets() {
        return budgets;
    }

    /** A gate has budgets: from now on they are looked after, and have meters. */
    void lookAfter() {
        if (started.compareAndSet(false, true)) {
            next(new WeakReference<>(this), config.scheduler);
        }
        MeterRegistry registry = config.meters;
        if (registry != null) {
            try {
                budgets.names().stream().filter(bound::add).forEach(name -> bind(registry, name));
            } catch (Exception e) {
                gates.warnings().threw("the meter registry", e);
            }
        }
    }

    /** Goes on after the gates are closed, because calls do, and ends when nobody holds them any more. */
    private static void round(WeakReference<BudgetKeeper> reference, Scheduler scheduler) {
        BudgetKeeper keeper = reference.get();
        if (keeper != null) {
            keeper.expire();
            keeper.next(reference, scheduler);
        }
    }

    private void next(WeakReference<BudgetKeeper> reference, Scheduler scheduler) {
        try {
            scheduler.schedule(() -> round(reference, scheduler), ROUND);
        } catch (Throwable e) {
            started.set(false); // the next gate tries again
            gates.warnings().threw("the scheduler", e);
        }
    }

    private void expire() {
        try {
            budgets.expire(config.ticker.read());
            if (budgets.durable() && !closed) {
                gates.executeLadder(this::sync); // waits for the disk
            }
            if (budgets.shared() && !closed) {
                gates.executeLadder(this::share); // waits for the network
            }
        } catch (Throwable e) {
            gates.warnings().threw("the care for budgets", e);
        }
    }

    private void sync() {
        try {
            budgets.sync();
        } catch (RuntimeException e) {
            gates.warnings().warn("the ledger of budgets", "the ledger of budgets is not written: " + e.getMessage());
        }
    }

    private void share() {
        try {
            budgets.share();
        } catch (RuntimeException e) {
            gates.warnings().threw("the ledger of the fleet", e);
        }
    }

    private void report(BudgetEvent event) {
        if (event instanceof BudgetEvent.Tripped tripped) {
            trips.computeIfAbsent(
                            new Trip(
                                    tripped.gate(),
                                    tripped.kind().name(),
                                    tripped.reaction().name()),
                            this::counted)
                    .increment();
        } else {
            gates.warnings()
                    .warn(
                            event.getClass().getSimpleName() + event.gate(),
                            "budget event, further ones within a minute are not logged: " + event);
        }
        gates.events().publish(new GateEvent.Budgeted(event));
    }

    private LongAdder counted(Trip trip) {
        LongAdder count = new LongAdder();
        MeterRegistry registry = config.meters;
        if (registry != null) {
            try {
                meters.add(FunctionCounter.builder("modelgate.runaway", count, LongAdder::sum)
                        .description("calls that met a limit on runaways, by what was done")
                        .tags("gate", trip.gate(), "limit", tag(trip.limit()), "reaction", tag(trip.reaction()))
                        .register(registry));
            } catch (Exception e) {
                gates.warnings().threw("the meter registry", e);
            }
        }
        return count;
    }

    private static String tag(String name) {
        return name.toLowerCase(java.util.Locale.ROOT);
    }

    private void bind(MeterRegistry registry, String name) {
        count(registry, name, "refused", "calls that the budget did not cover", Budgets.Totals::refused);
        count(
                registry,
                name,
                "estimated",
                "settlements of a usage that was not known in full",
                Budgets.Totals::estimated);
        count(registry, name, "overruns", "settlements above their reservations", Budgets.Totals::overruns);
        count(registry, name, "expired", "reservations that were never settled", Budgets.Totals::expired);
        count(registry, name, "evicted", "accounts that were forgotten", Budgets.Totals::evicted);
        if (bound.add("")) {
            meters.add(Gauge.builder("modelgate.budget.reservations", budgets, BudgetLedger::reservations)
                    .description("reservations that are open")
                    .register(registry));
        }
    }

    private void count(
            MeterRegistry registry,
            String budget,
            String what,
            String description,
            ToDoubleFunction<Budgets.Totals> counter) {
        meters.add(FunctionCounter.builder("modelgate.budget." + what, budgets, all -> read(all, budget, counter))
                .description(description)
                .tags("budget", budget)
                .register(registry));
    }

    private static double read(BudgetLedger all, String budget, ToDoubleFunction<Budgets.Totals> counter) {
        Budgets.@Nullable Totals totals = all.totals().get(budget);
        return totals == null ? 0 : counter.applyAsDouble(totals);
    }

    void close() {
        closed = true;
        MeterRegistry registry = config.meters;
        if (registry != null) {
            meters.forEach(registry::remove);
        }
        try {
            budgets.close();
        } catch (RuntimeException e) {
            gates.warnings().warn("the ledger of budgets", "the ledger of budgets was not closed: " + e.getMessage());
        }
    }
}
