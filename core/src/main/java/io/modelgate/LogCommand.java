package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.Head;
import io.modelgate.control.Verification;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code modelgate log}: who decided what, and whether the record of it is whole. */
final class LogCommand {

    static final String USAGE = "log [--last N] [--log FILE]";
    static final String VERIFY_USAGE = "log verify [FILE | --log FILE]";
    static final String SEAL_USAGE = "log seal FILE";

    private static final int DEFAULT_LAST = 20;
    private static final int BATCH = 1_000;

    private LogCommand() {}

    static int run(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        int last = last(arguments.option("last"));
        Path path = logs.path(arguments.option("log"));
        try (ControlLog log = FileControlLog.view(path)) {
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

    private static int last(@Nullable String given) throws UsageException {
        if (given == null) {
            return DEFAULT_LAST;
        }
        try {
            int last = Integer.parseInt(given);
            if (last > 0) {
                return last;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is out of range.
        }
        throw new UsageException("--last is " + Names.quote(given) + ": expected 1 to " + Integer.MAX_VALUE);
    }

    static int verify(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        String file = arguments.operand(0);
        String option = arguments.option("log");
        if (file != null && option != null) {
            throw new UsageException("both FILE and --log are given");
        }
        Path path = logs.path(file == null ? option : file);
        Verification found = FileControlLog.verify(path);
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
        Path path = logs.path(file);
        Head head = FileControlLog.seal(path);
        screen.line("sealed " + path);
        screen.line("head: entry " + head.seq() + ", hash " + head.hash());
        return Command.DONE;
    }
}
