package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ReviveReceipt;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate revive}: releases one kill, and says what stays engaged. */
@CommandLine.Command(
        name = "revive",
        customSynopsis = "modelgate revive KILL-ID [--reason TEXT] [--actor NAME] " + Subcommand.PLACE,
        description = "Releases one kill, and says what stays killed.")
final class ReviveCommand extends Subcommand {

    @CommandLine.Parameters(
            arity = "0..1",
            paramLabel = "KILL-ID",
            description = "The kill; without, those that are engaged are listed.")
    private @Nullable String id;

    @CommandLine.Option(names = "--reason", paramLabel = "TEXT", description = "Why; a console asks for it.")
    private @Nullable String reason;

    @CommandLine.Option(names = "--actor", paramLabel = "NAME", description = "Who decides it.")
    private @Nullable String actor;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    ReviveCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        ApiClient api = logs.api(options, through);
        if (api != null) {
            api.refuseActor(actor);
            return id == null ? which(api) : ApiSwitch.revive(api, id, reason, screen);
        }
        Actor who = logs.actor(actor);
        LogPlace place = logs.place(options);
        if (id == null) {
            return which(place);
        }
        try (Gates gates = logs.open(place)) {
            ReviveReceipt receipt = gates.revive(id, who, reason == null ? "" : reason);
            Scope scope = receipt.released().get(0).scope();
            Optional<Entry> stored = receipt.entry(logs.patience(place));
            if (stored.isEmpty()) {
                screen.problem("NOT REVIVED: " + id + " stays engaged on " + Wording.scope(scope)
                        + ", because its revive is not stored in " + place + ": "
                        + receipt.failure().map(Throwable::getMessage).orElse("it is still waiting to be written"));
                return Command.FAILED;
            }
            revived(
                    Json.tree(CommandJson.object(
                            "released", Views.KillView.of(receipt.released()),
                            "stored", true,
                            "stillEngaged", Views.KillView.of(receipt.stillEngaged()))),
                    stored.get().decision().at().toString(),
                    "entry " + stored.get().seq() + ", " + place.stored(),
                    gates.now(),
                    screen);
            return Command.DONE;
        }
    }

    /**
     * Says what was released and what is still off of it: as the API has it, of a log too.
     *
     * @param at when; empty if that is not known
     */
    static void revived(JsonNode revived, String at, String stored, Instant now, Screen screen) {
        List<Kill> released = ApiClient.kills(revived.path("released"));
        screen.line("REVIVED "
                + released.stream()
                        .map(kill -> Wording.scope(kill.scope()))
                        .distinct()
                        .collect(Collectors.joining(", "))
                + (at.isEmpty() ? "" : " at " + at));
        released.forEach(kill -> screen.line("  released  " + kill.id()));
        screen.line("  stored    " + stored);
        List<Kill> left = ApiClient.kills(revived.path("stillEngaged"));
        if (left.isEmpty()) {
            screen.line("  engaged   nothing else on this scope");
        } else {
            screen.line("  engaged   " + Wording.count(left.size(), "kill") + " still on this scope or a part of it:");
            left.forEach(kill -> screen.line("            " + Wording.kill(kill, now)));
        }
        screen.object(() -> revived);
    }

    private int which(LogPlace place) throws UsageException {
        try (Gates gates = logs.view(place)) {
            return which(gates.kills(), place.toString(), gates.now());
        }
    }

    private int which(ApiClient api) {
        return which(api.kills("api/v1/kills"), api.toString(), logs.now());
    }

    private int which(List<Kill> engaged, String where, Instant now) {
        screen.problem(
                engaged.isEmpty()
                        ? "no kill is engaged in " + where + ", so there is nothing to revive"
                        : "which kill? engaged are:");
        engaged.forEach(kill -> screen.hint("  " + Wording.kill(kill, now)));
        hintUsage();
        return Command.USAGE;
    }
}
