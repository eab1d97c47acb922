package io.modelgate.console;

import io.modelgate.Scope;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate rollback}: undoes the latest change of who serves a gate's callers. */
@CommandLine.Command(
        name = "rollback",
        customSynopsis = "modelgate rollback GATE [--to VERSION] [--reason TEXT] [--actor NAME] " + Subcommand.PLACE,
        description = "Takes a new version back: undoes the latest change of who serves.")
final class RollbackCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "GATE", description = "The gate.")
    private @Nullable String gate;

    @CommandLine.Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "Goes back to this earlier stable version, whatever came last.")
    private @Nullable String to;

    @CommandLine.Option(names = "--reason", paramLabel = "TEXT", description = "Why; a console asks for it.")
    private @Nullable String reason;

    @CommandLine.Option(names = "--actor", paramLabel = "NAME", description = "Who decides it.")
    private @Nullable String actor;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    RollbackCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (gate == null || gate.equals(Scope.FLEET)) {
            throw new UsageException("which gate? name one; each is rolled back by itself");
        }
        ApiClient api = logs.api(options, through);
        if (api == null) {
            return LogRollback.run(gate, to, reason, logs.actor(actor), logs.place(options), logs, screen);
        }
        api.refuseActor(actor);
        if (to != null) {
            throw new UsageException("--to is for a control log: a console undoes the latest change and no other");
        }
        return ApiSwitch.rollback(api, gate, reason, screen);
    }
}
