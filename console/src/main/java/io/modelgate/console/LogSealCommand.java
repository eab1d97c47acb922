package io.modelgate.console;

import io.modelgate.control.FileControlLog;
import io.modelgate.control.Head;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log seal}: accepts a log as it is. */
@CommandLine.Command(
        name = "seal",
        customSynopsis = "modelgate log seal FILE [--json]",
        description = "Accepts a log in a file as it is, missing entries included.")
final class LogSealCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "FILE", description = "The log.")
    private @Nullable String file;

    LogSealCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (file == null) {
            throw new UsageException("which log? sealing accepts a log as it is, so its FILE has to be named");
        }
        if (!(logs.place(file, null) instanceof LogPlace.InFile in)) {
            throw new UsageException(
                    "only a file can be sealed; a log on Redis is repaired by the processes that hold copies of it");
        }
        Path path = in.path();
        Head head = FileControlLog.seal(path);
        screen.line("sealed " + path);
        screen.line("head: entry " + head.seq() + ", hash " + head.hash());
        screen.object(() -> CommandJson.object("sealed", path.toString(), "seq", head.seq(), "hash", head.hash()));
        return Command.DONE;
    }
}
