package io.modelgate.console;

import io.modelgate.control.Archived;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log archive}: makes a log on Redis smaller, and loses nothing. */
@CommandLine.Command(
        name = "archive",
        customSynopsis = "modelgate log archive FILE [--keep N] --redis URI [--name NAME] [--json]",
        description = "Moves entries of a log on Redis into a file.")
final class LogArchiveCommand extends Subcommand {

    /** Enough to look at without the archive. */
    private static final long DEFAULT_KEEP = 1_000;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "FILE", description = "The archive; it must not exist yet.")
    private @Nullable String file;

    @CommandLine.Option(
            names = "--keep",
            paramLabel = "N",
            description = "How many of the last entries stay as they are; default: 1000.")
    private @Nullable String kept;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    LogArchiveCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (file == null) {
            throw new UsageException("archive to which FILE? it must not exist yet");
        }
        long keep = number("--keep", kept, DEFAULT_KEEP, 0, Long.MAX_VALUE);
        if (!(logs.place(options) instanceof LogPlace.InStore in)) {
            throw new UsageException("only a log on Redis is archived; a file is its own archive: see `log verify`");
        }
        Path target = Path.of(file).toAbsolutePath().normalize();
        Archived done = in.provider().archive(in.uri(), in.settings(), target, keep);
        screen.object(() -> CommandJson.object(
                "entries", done.entries(),
                "from", done.from(),
                "through", done.through(),
                "file", done.entries() == 0 ? null : target.toString(),
                "bytes", done.bytes(),
                "sha256", done.entries() == 0 ? null : done.sha256()));
        if (done.entries() == 0) {
            screen.line("nothing to archive in " + in + ": all but the last " + keep + " entries are in archives");
            return Command.DONE;
        }
        screen.line("archived entries " + done.from() + " to " + done.through() + " of " + in);
        screen.line("  file    " + target + ", " + Wording.count(done.bytes(), "byte"));
        screen.line("  sha256  " + done.sha256() + ", as the log's entry log-archived says");
        screen.line("  keep it: with the archives before it and what `modelgate log` shows it is the whole record");
        return Command.DONE;
    }
}
