package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.rollout.ExposureCheck;
import io.modelgate.rollout.ExposureLedger;
import io.modelgate.rollout.Exposures;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate exposures}: whom the version of a rollout answered. */
@CommandLine.Command(
        name = "exposures",
        customSynopsis = "modelgate exposures FOLDER [--rollout ID] [--csv FILE] [--verify] " + Subcommand.LOG,
        description = "Whom the versions of rollouts answered, from the ledger of exposures; changes nothing.")
final class ExposuresCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "FOLDER", description = "The ledger's folder.")
    private @Nullable String folder;

    @CommandLine.Option(names = "--rollout", paramLabel = "ID", description = "This rollout only.")
    private @Nullable String rollout;

    @CommandLine.Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Writes the callers of the rollout into a file, which must not exist yet.")
    private @Nullable String csv;

    @CommandLine.Option(names = "--verify", description = "Compares the files with their seals in the control log.")
    private boolean verify;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    ExposuresCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (folder == null) {
            throw new UsageException("which FOLDER? the one of the ledger of exposures");
        }
        Path at = Path.of(folder);
        if (!Files.isDirectory(at)) {
            throw new UsageException("folder " + at + " does not exist: give the folder of the ledger of exposures");
        }
        if (csv != null && rollout == null) {
            throw new UsageException("--csv is of one rollout: name it with --rollout ID");
        }
        ExposureLedger ledger = ExposureLedger.in(at);
        List<String> known = ledger.rollouts();
        if (rollout != null && !known.contains(rollout) && (!verify || csv != null)) {
            throw unknown(rollout, at + "; there are " + known);
        }
        List<ExposureCheck> checks = verify ? verified(ledger, at, known) : List.of();
        List<Exposures> shown = new ArrayList<>();
        for (String id : rollout == null ? known : List.of(rollout)) {
            ledger.of(id).ifPresent(shown::add);
        }
        shown.forEach(this::show);
        if (csv != null && rollout != null) {
            export(ledger, rollout, Path.of(csv));
        }
        checks.forEach(this::show);
        screen.object(() -> CommandJson.object(
                "exposures", shown.stream().map(ExposuresCommand::json).toList(),
                "checks", checks.stream().map(ExposuresCommand::json).toList()));
        return checks.stream().allMatch(ExposureCheck::sound) ? Command.DONE : Command.NOT_VERIFIED;
    }

    private void show(Exposures each) {
        screen.line(each.rollout() + ": version " + each.version() + " of " + each.gate() + " answered "
                + Wording.count(each.callers(), "caller") + " in " + Wording.count(each.calls(), "call")
                + (each.withoutKey() == 0 ? "" : ", " + each.withoutKey() + " of them without a key"));
        each.first()
                .ifPresent(first -> screen.line("  first " + first + ", last "
                        + each.last().map(String::valueOf).orElse("?")));
    }

    private void show(ExposureCheck check) {
        boolean none = check.intact().isEmpty()
                && check.missing().isEmpty()
                && check.unsealed().isEmpty();
        String what = !check.sound() ? "NOT AS IT WAS SEALED" : none ? "nothing was sealed" : "as it was sealed";
        screen.line(check.rollout() + ": " + (check.deleted() ? "deleted after its retention" : what));
        list("intact", check.intact());
        list("CHANGED", check.changed());
        list(check.deleted() ? "deleted" : "MISSING", check.missing());
        list("not sealed yet", check.unsealed());
    }

    private void list(String what, List<String> files) {
        files.forEach(file -> screen.line("  " + what + "  " + file));
    }

    private void export(ExposureLedger ledger, String of, Path file) throws UsageException {
        try (BufferedWriter out =
                Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Exposures written = ledger.export(of, out);
            screen.line("  " + Wording.count(written.callers(), "caller") + " in " + file.toAbsolutePath());
        } catch (FileAlreadyExistsException e) {
            throw new UsageException("the file " + file + " exists: nothing is overwritten");
        } catch (IOException e) {
            throw new UncheckedIOException("the list is not whole: " + e, e);
        }
    }

    private static UsageException unknown(String rollout, String where) {
        return new UsageException("rollout " + Wording.quote(rollout) + " has no exposures in " + where);
    }

    /** Of the rollouts in the folder, and of those that should be: a list that is gone leaves nothing there. */
    private List<ExposureCheck> verified(ExposureLedger ledger, Path at, List<String> known) throws UsageException {
        try (ControlLog log = LogAccess.log(logs.place(options))) {
            SealedRollouts of = SealedRollouts.of(log);
            if (rollout != null && !known.contains(rollout) && !of.named().contains(rollout)) {
                throw unknown(rollout, at + ", and the control log knows of none; there are " + known);
            }
            Set<String> ids = new TreeSet<>(rollout == null ? of.sealed() : Set.of(rollout));
            ids.addAll(rollout == null ? known : List.of());
            return ids.stream().map(id -> ledger.verify(id, log)).toList();
        }
    }

    private static Map<String, Object> json(Exposures each) {
        return CommandJson.object(
                "rollout", each.rollout(),
                "gate", each.gate(),
                "version", each.version(),
                "callers", each.callers(),
                "calls", each.calls(),
                "withoutKey", each.withoutKey(),
                "first", each.first().map(Instant::toString).orElse(null),
                "last", each.last().map(Instant::toString).orElse(null));
    }

    private static Map<String, Object> json(ExposureCheck check) {
        return CommandJson.object(
                "rollout", check.rollout(),
                "sound", check.sound(),
                "intact", check.intact(),
                "changed", check.changed(),
                "missing", check.missing(),
                "unsealed", check.unsealed(),
                "deleted", check.deleted());
    }
}
