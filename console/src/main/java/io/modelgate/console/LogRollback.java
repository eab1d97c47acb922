package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the latest change of who serves a gate's callers, as its control entries tell it, and only that: a rollout that runs, or else a
 * promotion. Two people who do it at once undo one change.
 */
final class LogRollback {

    /** What others append meanwhile is looked at; if they never stop, a person should know. */
    private static final int TRIES = 20;

    private final Gates gates;
    private final String gate;
    private final LogPlace place;
    private final LogAccess logs;
    private final Screen screen;

    private LogRollback(Gates gates, String gate, LogPlace place, LogAccess logs, Screen screen) {
        this.gates = gates;
        this.gate = gate;
        this.place = place;
        this.logs = logs;
        this.screen = screen;
    }

    /** What is to be done, and the words for it. */
    private record Plan(String from, String to, Instant since, List<String> served) {}

    static int run(
            String gate,
            @Nullable String wanted,
            @Nullable String reason,
            Actor actor,
            LogPlace place,
            LogAccess logs,
            Screen screen)
            throws UsageException {
        try (Gates gates = logs.open(place)) {
            gates.preview(Scope.gate(gate)); // refuses what is unknown
            return new LogRollback(gates, gate, place, logs, screen)
                    .run(wanted, actor, Objects.requireNonNullElse(reason, ""));
        }
    }

    private int run(@Nullable String wanted, Actor actor, String reason) throws UsageException {
        for (int i = 0; i < TRIES; i++) {
            long seen = gates.applied();
            ServingHistory history = ServingHistory.of(gates.log(), seen).getOrDefault(gate, new ServingHistory());
            Plan plan = wanted == null ? latest(history) : further(history, wanted);
            if (plan == null) {
                return Command.USAGE;
            }
            Decision decision = gates.decision(
                    UUID.randomUUID().toString(),
                    ServingHistory.ROLLBACK,
                    gate,
                    actor,
                    reason,
                    Map.of("from", plan.from(), "to", plan.to()));
            Optional<Entry> stored;
            try {
                stored = append(seen, decision);
            } catch (ControlLogException e) {
                screen.problem("NOT ROLLED BACK: " + gate + " still has " + plan.from()
                        + ", because that is not stored in " + place + ": " + e.getMessage());
                screen.hint(
                        "repair that and try again (a half-written rollback may still come into force then), or roll"
                                + " back inside the running processes; `"
                                + logs.again(place, "status") + "` shows what serves");
                return Command.FAILED;
            }
            if (stored.isPresent()) {
                report(plan, stored.get());
                return Command.DONE;
            }
        }
        screen.problem("NOT ROLLED BACK: others write to " + place + " all the time; try again, or kill " + gate);
        return Command.FAILED;
    }

    /** Stores a decision on another thread: a lock that somebody holds must not keep a person waiting without a word. */
    private Optional<Entry> append(long seen, Decision decision) {
        CompletableFuture<Optional<Entry>> appended = new CompletableFuture<>();
        Thread writer = new Thread(
                () -> {
                    try {
                        appended.complete(gates.appendIf(seen, decision));
                    } catch (Throwable e) {
                        appended.completeExceptionally(e);
                    }
                },
                "modelgate-rollback");
        writer.setDaemon(true);
        writer.start();
        try {
            return appended.get(logs.patience(place).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ControlLogException("it is still waiting to be written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlLogException("this command was interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof ControlLogException refused
                    ? refused
                    : new ControlLogException(String.valueOf(cause), cause);
        }
    }

    /** Undoes the latest change; null if there is none to undo, which it says. */
    private @Nullable Plan latest(ServingHistory history) {
        ServingHistory.Running running = history.running();
        String stable = history.stable();
        ServingHistory.Change last = history.last();
        boolean promotion = last != null && !last.back();
        if (running != null && stable != null && !(running.draft() && promotion)) {
            return takeBack(running, stable);
        }
        if (last == null) {
            screen.problem("NOTHING TO UNDO on " + gate + ": "
                    + (stable == null ? "no version was ever stable" : stable + " is stable since it was declared"));
            screen.hint("to turn it off: `" + logs.again("kill", gate, "--reason", "…") + "`");
            return null;
        }
        if (last.back()) {
            screen.problem("NOTHING TO UNDO on " + gate + ": " + last.version() + " was taken back already, "
                    + by(last.entry()) + ": "
                    + Wording.reason(last.entry().decision().reason()) + " [entry "
                    + last.entry().seq() + ", " + last.entry().type() + "]; " + stable + " is stable");
            hintFurther(history);
            return null;
        }
        List<String> previous = previous(history);
        if (stable == null || previous.isEmpty()) {
            screen.problem("NO VERSION TO GO BACK TO on " + gate + ": none was stable before " + stable
                    + " that is not killed and was not rolled back");
            screen.hint("to turn it off: `" + logs.again("kill", gate, "--reason", "…") + "`");
            return null;
        }
        return new Plan(stable, previous.get(0), last.entry().decision().at(), promoted(last));
    }

    private Plan takeBack(ServingHistory.Running running, String stable) {
        return new Plan(
                running.version(),
                stable,
                running.start().decision().at(),
                List.of(running.version() + " had "
                        + (running.halted()
                                ? "no callers, because a kill halted its rollout"
                                : percent(running.weight()))
                        + ", under rollout since " + by(running.start())));
    }

    private List<String> promoted(ServingHistory.Change last) {
        List<String> served = new ArrayList<>();
        served.add(last.version() + " was stable since " + by(last.entry()));
        Entry rollout = last.rollout();
        if (rollout != null) {
            served.add("and under rollout before, since " + by(rollout));
        }
        return served;
    }

    /** Goes back to a named version, whatever came last. */
    private @Nullable Plan further(ServingHistory history, String wanted) throws UsageException {
        gates.preview(Scope.version(gate, wanted)); // refuses what is unknown
        ServingHistory.Running running = history.running();
        String stable = history.stable();
        if (stable != null && stable.equals(wanted)) {
            if (running != null) {
                return takeBack(running, stable);
            }
            screen.problem("NOTHING TO UNDO on " + gate + ": " + wanted + " is stable");
            return null;
        }
        List<String> earlier = history.everStable();
        if (stable == null || !earlier.contains(wanted)) {
            throw new UsageException("--to is " + Wording.quote(wanted) + ", which was never stable on gate " + gate
                    + "; earlier stable versions are "
                    + earlier.stream().filter(id -> !id.equals(stable)).toList());
        }
        if (killed(wanted)) {
            throw new UsageException("--to is " + Wording.quote(wanted) + ", which is killed; `" + logs.again("revive")
                    + "` shows by what");
        }
        List<String> served = new ArrayList<>();
        ServingHistory.Change last = history.last();
        if (last != null && !last.back()) {
            served.addAll(promoted(last));
        }
        if (running != null) {
            served.add("the rollout of " + running.version() + " ends with it");
        }
        Instant since = last == null || last.back()
                ? gates.now()
                : last.entry().decision().at();
        return new Plan(stable, wanted, since, served);
    }

    private void report(Plan plan, Entry entry) {
        screen.line("ROLLED BACK " + gate + " from " + plan.from() + " to " + plan.to() + " at "
                + entry.decision().at());
        screen.line("  serves  " + plan.to() + ", to everyone");
        plan.served().forEach(line -> screen.line("  before  " + line));
        for (Kill kill : gates.preview(Scope.version(gate, plan.to())).engaged()) {
            screen.line(
                    "  killed  " + Wording.kill(kill, gates.now()) + "; callers get the ladder until it is revived");
        }
        screen.line("  stored  entry " + entry.seq() + ", " + place.stored());
        screen.object(() -> CommandJson.object(
                "restored", plan.to(),
                "bad", plan.from(),
                "since", plan.since().toString(),
                "remedies", List.of()));
    }

    private void hintFurther(ServingHistory history) {
        List<String> previous = previous(history);
        screen.hint(
                previous.isEmpty()
                        ? "no earlier version is left; to turn it off: `" + logs.again("kill", gate, "--reason", "…")
                                + "`"
                        : "to go further back: `" + logs.again(place, "rollback", gate, "--to", previous.get(0)) + "`");
    }

    /** Earlier stable versions that may serve, latest first. */
    private List<String> previous(ServingHistory history) {
        Set<String> known = gates.describe().stream()
                .filter(each -> each.name().equals(gate))
                .findFirst()
                .map(GateDescription::versions)
                .orElse(Set.of());
        return history.earlierStables().stream()
                .filter(id -> known.contains(id) && !id.equals(history.stable()) && !killed(id))
                .toList();
    }

    private boolean killed(String version) {
        return gates.kills().stream()
                .anyMatch(kill -> kill.scope().gate().equals(gate)
                        && version.equals(kill.scope().version())
                        && !kill.scope().narrowed());
    }

    private String by(Entry entry) {
        Instant now = gates.now();
        Decision decision = entry.decision();
        return Wording.time(decision.at(), now) + " " + Wording.actor(decision.actor(), decision.authentication());
    }

    private static String percent(long weight) {
        return Wording.percent(weight) + " of the callers";
    }
}
