package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Confirmation;
import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.Receipt;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate kill}: turns something off, and says that it is stored or that it is not. */
@CommandLine.Command(
        name = "kill",
        customSynopsis =
                "modelgate kill GATE|'*' [--version V] [--where ATTRIBUTE=VALUE] --reason TEXT [--actor NAME] [--confirm SECONDS] "
                        + Subcommand.PLACE,
        description = "Turns something off, and says where it is off.")
final class KillCommand extends Subcommand {

    /** The receipt hears of the last try a moment after the gates are closed. */
    private static final Duration LAST_WORD = Duration.ofMillis(500);

    private static final int MOST_SECONDS = 3_600;

    @CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "GATE",
            description = "A gate, or '*' in quotes for every gate.")
    private @Nullable String gate;

    @CommandLine.Option(names = "--version", paramLabel = "V", description = "Only this version of it.")
    private @Nullable String version;

    @CommandLine.Option(
            names = "--where",
            paramLabel = "ATTRIBUTE=VALUE",
            description = "Only for callers with this value, and those without the attribute.")
    private @Nullable String where;

    @CommandLine.Option(names = "--reason", paramLabel = "TEXT", description = "Why; has to be said.")
    private @Nullable String reason;

    @CommandLine.Option(names = "--actor", paramLabel = "NAME", description = "Who decides it.")
    private @Nullable String actor;

    @CommandLine.Option(
            names = "--confirm",
            paramLabel = "SECONDS",
            description = "How long to wait for running processes to confirm it; default: 2.")
    private @Nullable String confirm;

    @CommandLine.Mixin
    private final PlaceOptions place = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    KillCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        Scope scope = scope();
        if (reason == null || reason.isBlank()) {
            throw new UsageException("--reason TEXT is missing: whoever wakes up next needs it");
        }
        Duration wait = seconds(confirm);
        ApiClient api = logs.api(place, through);
        if (api != null) {
            api.refuseActor(actor);
            return ApiSwitch.kill(api, scope, reason, wait, screen);
        }
        Actor who = logs.actor(actor);
        LogPlace path = logs.place(place);
        try (Gates gates = logs.open(path)) {
            List<Kill> same = gates.kills().stream()
                    .filter(kill -> kill.scope().equals(scope))
                    .toList();
            AtomicReference<String> problem = new AtomicReference<>("it is still waiting to be written");
            try (ControlLog.Subscription ignored = problems(gates, problem)) {
                KillReceipt receipt = gates.kill(scope, who, reason);
                Optional<Entry> stored = stored(gates, receipt, logs.patience(path));
                if (stored.isEmpty()) {
                    screen.problem(
                            Command.FAILED,
                            "NOT KILLED: " + receipt.id() + " on " + Wording.scope(scope) + " is not stored in " + path
                                    + ", so no running process has seen it: " + problem.get());
                    screen.hint(
                            "repair that and try again (a half-written kill may still come into force then), or kill "
                                    + Wording.scope(scope)
                                    + " inside the running processes; `"
                                    + logs.again(path, "status")
                                    + "` shows what is engaged");
                    return Command.FAILED;
                }
                report(gates, receipt.kill(), stored.get(), same);
                screen.line("  stored  entry " + stored.get().seq() + ", " + path.stored());
                Confirmation confirmation = confirmed(receipt, wait);
                screen.line("  revive  " + logs.again(path, "revive", receipt.id()));
                screen.object(() -> killed(receipt, confirmation));
                return Command.DONE;
            }
        }
    }

    /** It is stored whatever comes of this. */
    private @Nullable Confirmation confirmed(KillReceipt receipt, Duration wait) {
        try {
            Confirmation confirmation = receipt.confirmed(wait);
            Processes.confirmed(screen, confirmation);
            return confirmation;
        } catch (ControlLogException e) {
            screen.line("  running which processes have it in force cannot be told: " + e.getMessage());
            return null;
        }
    }

    private static Map<String, Object> killed(KillReceipt receipt, @Nullable Confirmation confirmation) {
        return CommandJson.object(
                "kill", Views.KillView.of(receipt.kill()),
                "stored", true,
                "inFlight", receipt.inFlight(),
                "recent", Views.RecentView.of(receipt.recent()),
                "confirmation", confirmation == null ? null : CommandJson.confirmation(confirmation));
    }

    private static Duration seconds(@Nullable String given) throws UsageException {
        String text = given == null ? "2" : given;
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) > MOST_SECONDS) {
            throw new UsageException("--confirm is " + Wording.quote(text) + ": expected 0 to " + MOST_SECONDS
                    + " seconds to wait for the running processes");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private Scope scope() throws UsageException {
        if (gate == null) {
            throw new UsageException("which gate? name one, or '*' in quotes for all of them");
        }
        @Nullable String attribute = null;
        @Nullable String value = null;
        if (where != null) {
            int equals = where.indexOf('=');
            if (equals < 1 || equals == where.length() - 1) {
                throw new UsageException(
                        "--where is " + Wording.quote(where) + ": expected ATTRIBUTE=VALUE, as in region=eu");
            }
            attribute = where.substring(0, equals);
            value = where.substring(equals + 1);
        }
        return new Scope(gate, version, attribute, value);
    }

    private void report(Gates gates, Kill kill, Entry entry, List<Kill> same) {
        Scope scope = kill.scope();
        screen.line("KILLED " + Wording.scope(scope) + " at " + entry.decision().at());
        screen.line("  id      " + kill.id());
        screen.line("  off     " + off(gates, scope) + narrowed(scope));
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

    static String narrowed(Scope scope) {
        return scope.narrowed()
                ? ", for callers with " + Wording.where(scope) + " and those without " + scope.attribute()
                : "";
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
