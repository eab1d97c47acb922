package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log export}: the log as it is stored, for auditors. */
@CommandLine.Command(
        name = "export",
        customSynopsis = "modelgate log export FILE [--from N] [--through N] " + Subcommand.PLACE,
        description = "Copies the log as it is stored into a file, for auditors.")
final class LogExportCommand extends Subcommand {

    private static final int BATCH = 1_000;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "FILE", description = "The copy; it must not exist yet.")
    private @Nullable String file;

    @CommandLine.Option(names = "--from", paramLabel = "N", description = "The first entry; default: 1.")
    private @Nullable String from;

    @CommandLine.Option(names = "--through", paramLabel = "N", description = "The last entry; default: the last.")
    private @Nullable String through;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions api = new ApiOptions();

    LogExportCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (file == null) {
            throw new UsageException("export to which FILE? it must not exist yet");
        }
        long first = number("--from", from, 1, 1, Long.MAX_VALUE);
        long last = number("--through", through, Long.MAX_VALUE, first, Long.MAX_VALUE);
        ApiClient console = logs.api(options, api);
        LogPlace place = console == null ? logs.place(options) : null;
        Path target = Path.of(file).toAbsolutePath().normalize();
        ExportFile export = ExportFile.create(target, first);
        boolean done = false;
        try (export) {
            if (console != null) {
                String query = "?from=" + first + (through == null ? "" : "&through=" + last);
                ApiLog.export(console, query, export);
            } else if (place != null) {
                copy(place, export, first, last);
            }
            done = true;
        } catch (IOException e) {
            throw new UncheckedIOException("the export is not whole: " + e, e);
        } catch (IllegalArgumentException e) {
            screen.problem("the chain breaks, and the export with it: " + e.getMessage());
            return Command.NOT_VERIFIED;
        } finally {
            if (!done) {
                remove(target);
            }
        }
        report(export, first, target);
        return Command.DONE;
    }

    private static void copy(LogPlace place, ExportFile export, long first, long last) throws IOException {
        try (ControlLog log = LogAccess.log(place)) {
            long end = Math.min(last, log.head().seq());
            long after = first - 1;
            while (after < end) {
                List<Entry> batch = log.read(after, (int) Math.min(BATCH, end - after));
                if (batch.isEmpty()) {
                    return;
                }
                for (Entry entry : batch) {
                    export.add(entry);
                }
                after = batch.get(batch.size() - 1).seq();
            }
        }
    }

    /** A part of an export is none. */
    private void remove(Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            screen.hint("what is in " + target + " is a part of the log only, and cannot be removed: " + e);
        }
    }

    private void report(ExportFile export, long first, Path target) {
        String sha256 = export.sha256();
        screen.line("exported " + Wording.count(export.entries(), "entry") + " in an unbroken chain");
        screen.line("  file    " + target);
        screen.line("  sha256  " + sha256);
        screen.line("  head    entry " + export.head().seq() + ", hash "
                + export.head().hash());
        screen.object(() -> CommandJson.object(
                "file", target.toString(),
                "entries", export.entries(),
                "from", export.entries() == 0 ? null : first,
                "through", export.head().seq(),
                "hash", export.head().hash(),
                "sha256", sha256));
    }
}
