package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code modelgate kill}: turns something off, and says that it is stored or that it is not. */
final class KillCommand {

    static final String USAGE =
            "kill GATE|'*' [--version V] [--where ATTRIBUTE=VALUE] --reason TEXT [--actor NAME] [--confirm SECONDS] "
                    + LogAccess.USAGE;
    static final Set<String> OPTIONS = Set.of("version", "where", "reason", "actor", "confirm", "log", "redis", "name");

    /** The receipt hears of the last try a moment after the gates are closed. */
    private static final Duration LAST_WORD = Duration.ofMillis(500);

    private static final int MOST_SECONDS = 3_600;

    private KillCommand() {}

    static int run(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        Scope scope = scope(arguments);
        String reason = arguments.option("reason");
        if (reason == null || reason.isBlank()) {
            throw new UsageException("--reason TEXT is missing: whoever wakes up next needs it");
        }
        Duration wait = seconds(arguments.option("confirm"));
        Actor actor = logs.actor(arguments.option("actor"));
        LogPlace path = logs.place(arguments);
        try (Gates gates = logs.open(path)) {
            List<Kill> same = gates.kills().stream()
                    .filter(kill -> kill.scope().equals(scope))
                    .toList();
            AtomicReference<String> problem = new AtomicReference<>("it is still waiting to be written");
            try (ControlLog.Subscription ignored = problems(gates, problem)) {
                KillReceipt receipt = gates.kill(scope, actor, reason);
                Optional<Entry> stored = stored(gates, receipt, logs.patience(path));
                if (stored.isEmpty()) {
                    screen.problem("NOT KILLED: " + receipt.id() + " on " + Wording.scope(scope) + " is not stored in "
                            + path + ", so no running process has seen it: " + problem.get());
                    screen.hint(
                            "repair that and try again (a half-written kill may still come into force then), or kill "
                                    + Wording.scope(scope)
                                    + " inside the running processes; `"
                                    + logs.again(path, "status")
                                    + "` shows what is engaged");
                    return Command.FAILED;
                }
                report(screen, gates, receipt.kill(), stored.get(), same);
                screen.line("  stored  entry " + stored.get().seq() + ", " + path.stored());
                Instances.confirmed(screen, receipt, wait);
                screen.line("  revive  " + logs.again(path, "revive", receipt.id()));
                return Command.DONE;
            }
        }
    }

    private static Duration seconds(@Nullable String given) throws UsageException {
        String text = given == null ? "2" : given;
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) > MOST_SECONDS) {
            throw new UsageException("--confirm is " + Names.quote(text) + ": expected 0 to " + MOST_SECONDS
                    + " seconds to wait for the running processes");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private static Scope scope(CommandArguments arguments) throws UsageException {
        String gate = arguments.operand(0);
        if (gate == null) {
            throw new UsageException("which gate? name one, or '*' in quotes for all of them");
        }
        String where = arguments.option("where");
        @Nullable String attribute = null;
        @Nullable String value = null;
        if (where != null) {
            int equals = where.indexOf('=');
            if (equals < 1 || equals == where.length() - 1) {
                throw new UsageException(
                        "--where is " + Names.quote(where) + ": expected ATTRIBUTE=VALUE, as in region=eu");
            }
            attribute = where.substring(0, equals);
            value = where.substring(equals + 1);
        }
        return new Scope(gate, arguments.option("version"), attribute, value);
    }

    private static void report(Screen screen, Gates gates, Kill kill, Entry entry, List<Kill> same) {
        Scope scope = kill.scope();
        screen.line("KILLED " + Wording.scope(scope) + " at " + entry.decision().at());
        screen.line("  id      " + kill.id());
        screen.line("  off     " + off(gates, scope)
                + (scope.narrowed()
                        ? ", for callers with " + Wording.where(scope) + " and those without " + scope.attribute()
                        : ""));
        if (scope.narrowed()) {
            screen.line(
                    "  check   values are compared letter by letter, and no log knows which ones callers carry: eu is not EU");
        }
        if (!same.isEmpty()) {
            screen.line("  note    it was off before, by "
                    + String.join(", ", same.stream().map(Kill::id).toList())
                    + "; it stays off until each of them is revived");
        }
    }

    private static String off(Gates gates, Scope scope) {
        if (scope.isFleet()) {
            return "every gate: " + Wording.count(gates.describe().size(), "gate")
                    + " in this log, and any declared later";
        }
        if (scope.version() == null) {
            return "gate " + scope.gate() + ", with all its versions";
        }
        boolean stable = gates.describe().stream()
                .anyMatch(gate ->
                        gate.name().equals(scope.gate()) && gate.stable().equals(Optional.ofNullable(scope.version())));
        return "version " + scope.version() + " of gate " + scope.gate() + (stable ? ", which is stable" : "");
    }

    /** Remembers why an append failed last. */
    private static ControlLog.Subscription problems(Gates gates, AtomicReference<String> problem) {
        return gates.onEvent(event -> {
            if (event instanceof GateEvent.NotStored failed) {
                problem.set(String.valueOf(failed.error().getMessage()));
            }
        });
    }

    /** The stored entry; empty if it was not stored in time, nor by the last try, which closing these gates makes. */
    private static Optional<Entry> stored(Gates gates, Receipt receipt, Duration patience) {
        Optional<Entry> stored = receipt.entry(patience);
        if (stored.isEmpty()) {
            gates.close();
            stored = receipt.entry(LAST_WORD);
        }
        return stored;
    }
}
