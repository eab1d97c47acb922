package io.modelgate.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log}: who decided what, and whether the record of it is whole. */
@CommandLine.Command(
        name = "log",
        customSynopsis = {
            "modelgate log [--last N] " + Subcommand.PLACE,
            "       modelgate log tail | verify | export | seal | archive …"
        },
        description = "Who decided what: log, log tail, log verify, log export, log seal, log archive.")
final class LogCommand extends Subcommand {

    @CommandLine.Option(names = "--last", paramLabel = "N", description = "How many entries; default: 20.")
    private @Nullable String last;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    LogCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        return LogTailCommand.tail(last, false, options, through, logs, screen);
    }
}
