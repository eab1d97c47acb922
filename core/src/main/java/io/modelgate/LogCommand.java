package io.modelgate;

import io.modelgate.control.Archived;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.Head;
import io.modelgate.control.Verification;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code modelgate log}: who decided what, and whether the record of it is whole. */
final class LogCommand {

    static final String USAGE = "log [--last N] " + LogAccess.USAGE;
    static final String VERIFY_USAGE = "log verify [FILE | --log FILE | --redis URI [--name NAME]]";
    static final String ARCHIVE_USAGE = "log archive FILE [--keep N] --redis URI [--name NAME]";
    static final String SEAL_USAGE = "log seal FILE";

    static final Set<String> OPTIONS = Set.of("last", "log", "redis", "name");
    static final Set<String> ARCHIVE_OPTIONS = Set.of("keep", "log", "redis", "name");

    /** Enough to look at without the archive. */
    private static final long DEFAULT_KEEP = 1_000;

    private static final int DEFAULT_LAST = 20;
    private static final int BATCH = 1_000;

    private LogCommand() {}

    static int run(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        int last = (int) number("last", arguments.option("last"), DEFAULT_LAST, 1, Integer.MAX_VALUE);
        LogPlace path = logs.place(arguments);
        try (ControlLog log = LogAccess.log(path)) {
            long end = log.head().seq();
            long after = Math.max(0, end - last);
            while (after < end) {
                List<Entry> batch = log.read(after, (int) Math.min(BATCH, end - after));
                batch.forEach(entry -> screen.line(Wording.entry(entry)));
                after += batch.size();
            }
            if (end == 0) {
                screen.line("no entries in " + path);
            }
        }
        return Command.DONE;
    }

    private static long number(String name, @Nullable String given, long otherwise, long from, long to)
            throws UsageException {
        if (given == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(given);
            if (number >= from && number <= to) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is out of range.
        }
        throw new UsageException("--" + name + " is " + Names.quote(given) + ": expected " + from + " to " + to);
    }

    static int verify(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        String file = arguments.operand(0);
        String option = LogAccess.given(arguments);
        if (file != null && option != null) {
            throw new UsageException("both FILE and --log are given");
        }
        LogPlace path = logs.place(file == null ? option : file, arguments.option("name"));
        Verification found = path instanceof LogPlace.InStore in
                ? in.provider().verify(in.uri(), in.settings())
                : FileControlLog.verify(((LogPlace.InFile) path).path());
        screen.line(path + ": " + Wording.count(found.entries(), "entry") + " in an unbroken chain");
        screen.line(
                "head: entry " + found.head().seq() + ", hash " + found.head().hash());
        if (found.tornBytes() > 0) {
            screen.line("after it: " + Wording.count(found.tornBytes(), "byte")
                    + " of an unfinished line, acknowledged to nobody: a write in progress, or one that died");
        }
        if (found.intact()) {
            screen.line("verified");
            return Command.DONE;
        }
        screen.line("NOT VERIFIED" + (found.problemLine() > 0 ? ": line " + found.problemLine() + " is bad" : ""));
        screen.problem(String.valueOf(found.problem()));
        return Command.NOT_VERIFIED;
    }

    static int seal(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        String file = arguments.operand(0);
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
        return Command.DONE;
    }

    static int archive(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        String file = arguments.operand(0);
        if (file == null) {
            throw new UsageException("archive to which FILE? it must not exist yet");
        }
        long keep = number("keep", arguments.option("keep"), DEFAULT_KEEP, 0, Long.MAX_VALUE);
        if (!(logs.place(arguments) instanceof LogPlace.InStore in)) {
            throw new UsageException("only a log on Redis is archived; a file is its own archive: see `log verify`");
        }
        Path target = Path.of(file).toAbsolutePath().normalize();
        Archived done = in.provider().archive(in.uri(), in.settings(), target, keep);
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
