package io.modelgate.console;

import io.modelgate.control.FileControlLog;
import io.modelgate.control.Verification;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log verify}: whether the record is whole. */
@CommandLine.Command(
        name = "verify",
        customSynopsis = "modelgate log verify [FILE] " + Subcommand.PLACE,
        description = "Recomputes the chain of the log; changes nothing.")
final class LogVerifyCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "FILE", description = "The log, as --log names it.")
    private @Nullable String file;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    LogVerifyCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        String option = options.given();
        if (file != null && option != null) {
            throw new UsageException("both FILE and --log are given");
        }
        if (file != null) {
            options.log = file;
        }
        ApiClient api = logs.api(options, through);
        if (api != null) {
            return ApiLog.verify(api, screen);
        }
        LogPlace place = logs.place(options);
        return report(
                place instanceof LogPlace.InStore in
                        ? in.provider().verify(in.uri(), in.settings())
                        : FileControlLog.verify(((LogPlace.InFile) place).path()),
                place.toString(),
                screen);
    }

    /** Says what was found. */
    static int report(Verification found, String where, Screen screen) {
        screen.line(where + ": " + Wording.count(found.entries(), "entry") + " in an unbroken chain");
        screen.line(
                "head: entry " + found.head().seq() + ", hash " + found.head().hash());
        if (found.tornBytes() > 0) {
            screen.line("after it: " + Wording.count(found.tornBytes(), "byte")
                    + " of an unfinished line, acknowledged to nobody: a write in progress, or one that died");
        }
        screen.object(() -> CommandJson.object(
                "verified", found.intact(),
                "entries", found.entries(),
                "seq", found.head().seq(),
                "hash", found.head().hash(),
                "tornBytes", found.tornBytes(),
                "problemLine", found.problemLine() > 0 ? found.problemLine() : null,
                "problem", found.problem()));
        if (found.intact()) {
            screen.line("verified");
            return Command.DONE;
        }
        screen.line("NOT VERIFIED" + (found.problemLine() > 0 ? ": line " + found.problemLine() + " is bad" : ""));
        screen.problem(String.valueOf(found.problem()));
        return Command.NOT_VERIFIED;
    }
}
