package io.modelgate;

import io.modelgate.control.ControlLogException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The command for the person on call: what is off, turn it off, turn it on again, take the new version back, who did what; on a log
 * that running processes share, in a file or in a store. {@code docs/runbook.md} is its page.
 */
final class Command {

    /** It is done. */
    static final int DONE = 0;

    /** It failed: the log refuses, or the decision is not stored. */
    static final int FAILED = 1;

    /** It was not understood, names something unknown, or there is nothing to undo; nothing was done. */
    static final int USAGE = 2;

    /** The log is not as it was acknowledged. */
    static final int NOT_VERIFIED = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final List<String> HELP = List.of(
            "usage: modelgate COMMAND",
            "  " + StatusCommand.USAGE,
            "  " + KillCommand.USAGE,
            "  " + ReviveCommand.USAGE,
            "  " + RollbackCommand.USAGE,
            "  " + LogCommand.USAGE,
            "  " + LogCommand.VERIFY_USAGE,
            "  " + LogCommand.ARCHIVE_USAGE,
            "  " + LogCommand.SEAL_USAGE,
            "",
            "GATE '*' is every gate. --log defaults to $MODELGATE_LOG, then to modelgate.log in this directory. A log on Redis is",
            "named by its URI, with --redis, --log or $MODELGATE_LOG, and with --name or $MODELGATE_LOG_NAME if it is not called",
            "modelgate. $MODELGATE_REDIS_USER and $MODELGATE_REDIS_PASSWORD log in, where no list of processes shows them;",
            "$MODELGATE_REDIS_SENTINEL_PASSWORD is that of the sentinels, $MODELGATE_REDIS_TRUST a file of certificates to trust.",
            "A log is never created here. --actor defaults to the user of the operating system.",
            "exit code: 0 done; 1 failed: the log refuses, or the decision is not stored;",
            "           2 not understood, an unknown name or nothing to undo: nothing was done; 3 the log is not verified");

    private static final Set<String> FIRST = Set.of("--log", "--redis", "--name");

    private final LogAccess logs;
    private final Screen screen;

    private Command(LogAccess logs, Screen screen) {
        this.logs = logs;
        this.screen = screen;
    }

    /** Runs the command of the arguments and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false);
        int code = run(List.of(args), System.getenv(), out, System.err);
        out.flush();
        System.exit(code);
    }

    /** Runs the command of the arguments and returns its exit code. */
    static int run(List<String> args, Map<String, String> env, PrintStream out, PrintStream err) {
        return run(args, env, out, err, PATIENCE);
    }

    /** As {@link #run(List, Map, PrintStream, PrintStream)}, waiting so long at most for a decision to be stored. */
    static int run(List<String> args, Map<String, String> env, PrintStream out, PrintStream err, Duration patience) {
        Screen screen = new Screen(out, err);
        try {
            return new Command(new LogAccess(env, screen, patience), screen).run(args);
        } catch (UsageException | IllegalArgumentException e) {
            screen.problem(e instanceof InvalidPathException ? "not a path: " + e.getMessage() : message(e));
            return USAGE;
        } catch (ControlLogException e) {
            screen.problem(message(e));
            return FAILED;
        } catch (RuntimeException | Error e) {
            // The last line of defence: a person at 3 a.m. gets a sentence, never a stack trace.
            screen.problem("failed: " + e);
            return FAILED;
        }
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private int run(List<String> args) throws UsageException {
        if (!args.isEmpty() && FIRST.contains(args.get(0).replaceFirst("=.*", "")) && args.size() > 1) {
            return run(afterTheCommand(args));
        }
        String name = args.isEmpty() ? "" : args.get(0);
        List<String> rest = args.isEmpty() ? args : args.subList(1, args.size());
        String second = rest.isEmpty() ? "" : rest.get(0);
        if (name.equals("log") && (second.equals("verify") || second.equals("seal") || second.equals("archive"))) {
            name += " " + second;
            rest = rest.subList(1, rest.size());
        }
        return switch (name) {
            case "status" ->
                with(StatusCommand.USAGE, rest, LogAccess.OPTIONS, 0, a -> StatusCommand.run(a, logs, screen));
            case "kill" -> with(KillCommand.USAGE, rest, KillCommand.OPTIONS, 1, a -> KillCommand.run(a, logs, screen));
            case "revive" ->
                with(ReviveCommand.USAGE, rest, ReviveCommand.OPTIONS, 1, a -> ReviveCommand.run(a, logs, screen));
            case "rollback" ->
                with(
                        RollbackCommand.USAGE,
                        rest,
                        RollbackCommand.OPTIONS,
                        1,
                        a -> RollbackCommand.run(a, logs, screen));
            case "log" -> with(LogCommand.USAGE, rest, LogCommand.OPTIONS, 0, a -> LogCommand.run(a, logs, screen));
            case "log verify" ->
                with(LogCommand.VERIFY_USAGE, rest, LogAccess.OPTIONS, 1, a -> LogCommand.verify(a, logs, screen));
            case "log archive" ->
                with(
                        LogCommand.ARCHIVE_USAGE,
                        rest,
                        LogCommand.ARCHIVE_OPTIONS,
                        1,
                        a -> LogCommand.archive(a, logs, screen));
            case "log seal" -> with(LogCommand.SEAL_USAGE, rest, Set.of(), 1, a -> LogCommand.seal(a, logs, screen));
            case "help", "--help", "-h" -> {
                HELP.forEach(screen::line);
                yield DONE;
            }
            default -> {
                if (!name.isEmpty()) {
                    screen.problem("unknown command " + Names.quote(name));
                }
                HELP.forEach(screen::hint);
                yield USAGE;
            }
        };
    }

    /** The options that may also stand before the command, put behind it. */
    private static List<String> afterTheCommand(List<String> args) throws UsageException {
        List<String> rest = new ArrayList<>(args);
        List<String> moved = new ArrayList<>();
        while (!rest.isEmpty() && FIRST.contains(rest.get(0).replaceFirst("=.*", ""))) {
            String word = rest.remove(0);
            moved.add(word);
            if (word.indexOf('=') < 0) {
                if (rest.isEmpty()) {
                    throw new UsageException(word + " needs a value");
                }
                moved.add(rest.remove(0));
            }
        }
        if (rest.isEmpty()) {
            throw new UsageException("which command? see `modelgate help`");
        }
        int words = rest.size() > 1 && rest.get(0).equals("log") && !rest.get(1).startsWith("-") ? 2 : 1;
        rest.addAll(words, moved);
        return rest;
    }

    @FunctionalInterface
    private interface Action {
        int run(CommandArguments arguments) throws UsageException;
    }

    private int with(String usage, List<String> words, Set<String> options, int maxOperands, Action action)
            throws UsageException {
        try {
            CommandArguments arguments = CommandArguments.parse(words, options, maxOperands);
            if (arguments.help()) {
                screen.line("usage: modelgate " + usage);
                return DONE;
            }
            return action.run(arguments);
        } catch (UsageException e) {
            screen.problem(String.valueOf(e.getMessage()));
            screen.hint("usage: modelgate " + usage);
            return USAGE;
        }
    }
}
