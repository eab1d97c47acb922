package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Confirmation;
import io.modelgate.GateDescription;
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
    private final PlaceOptions options = new PlaceOptions();

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
        ApiClient api = logs.api(options, through);
        if (api != null) {
            api.refuseActor(actor);
            return ApiSwitch.kill(api, scope, reason, wait, screen);
        }
        Actor who = logs.actor(actor);
        LogPlace place = logs.place(options);
        try (Gates gates = logs.open(place)) {
            List<Kill> same = gates.kills().stream()
                    .filter(kill -> kill.scope().equals(scope))
                    .toList();
            AtomicReference<String> problem = new AtomicReference<>("it is still waiting to be written");
            try (ControlLog.Subscription ignored = problems(gates, problem)) {
                KillReceipt receipt = gates.kill(scope, who, reason);
                Optional<Entry> stored = stored(gates, receipt, logs.patience(place));
                if (stored.isEmpty()) {
                    screen.problem("NOT KILLED: " + receipt.id() + " on " + Wording.scope(scope) + " is not stored in "
                            + place + ", so no running process has seen it: " + problem.get());
                    screen.hint(
                            "repair that and try again (a half-written kill may still come into force then), or kill "
                                    + Wording.scope(scope)
                                    + " inside the running processes; `"
                                    + logs.again(place, "status")
                                    + "` shows what is engaged");
                    return Command.FAILED;
                }
                return report(gates, receipt, stored.get(), same, wait, place);
            }
        }
    }

    private int report(Gates gates, KillReceipt receipt, Entry entry, List<Kill> same, Duration wait, LogPlace place) {
        KillReport report = new KillReport(screen, Json.tree(killed(receipt)));
        Scope scope = receipt.kill().scope();
        List<GateDescription> all = gates.describe();
        report.off(
                ": " + Wording.count(all.size(), "gate") + " in this log",
                all.stream()
                        .anyMatch(each -> each.name().equals(scope.gate())
                                && each.stable().equals(Optional.ofNullable(scope.version()))));
        report.before(same);
        report.stored("entry " + entry.seq() + ", " + place.stored());
        @Nullable Confirmation confirmation = null;
        String whyNot = "";
        try {
            confirmation = receipt.confirmed(wait);
        } catch (ControlLogException e) {
            whyNot = String.valueOf(e.getMessage()); // it is stored whatever comes of this
        }
        report.running(confirmation, whyNot);
        report.end(logs.again(place, "revive", receipt.id()));
        return Command.DONE;
    }

    /** This process serves nothing and has seen no callers. */
    private static Map<String, Object> killed(KillReceipt receipt) {
        return CommandJson.object(
                "kill", Views.KillView.of(receipt.kill()), "stored", true, "serving", false, "inFlight", 0);
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
