package io.modelgate.console;

import io.modelgate.control.ControlLogException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The command for the person on call: what is off, turn it off, turn it on again, take the new version back, who did what; on a log
 * that running processes share, in a file or in a store, or through a console. {@code docs/command.md} is its page.
 */
@CommandLine.Command(
        name = "modelgate",
        customSynopsis = {"modelgate COMMAND …", "       modelgate COMMAND --help"},
        description = {"", "What is off, turn it off, turn it on again, and who did what."},
        commandListHeading = "%ncommands:%n",
        footer = {
            "",
            "GATE '*' is every gate. status, kill, revive, rollback, rollout and log work",
            "  on a control log in a file: --log FILE or $MODELGATE_LOG, else modelgate.log in this directory. None is created here.",
            "  on a control log on Redis: --redis URI, --log URI or $MODELGATE_LOG, and --name or $MODELGATE_LOG_NAME if it is not",
            "    called modelgate. $MODELGATE_REDIS_USER and $MODELGATE_REDIS_PASSWORD log in, where no list of processes shows them;",
            "    $MODELGATE_REDIS_SENTINEL_PASSWORD is that of the sentinels, $MODELGATE_REDIS_TRUST a file of certificates to trust.",
            "  through a console: --api URL or $MODELGATE_API, with the token in $MODELGATE_TOKEN or in --token-file FILE.",
            "budget works through a console alone: what is spent is in no log. log seal is for a file, log archive for Redis.",
            "console serves a control log, in a file or on Redis, with the tokens that token makes; `modelgate console --help` has its file.",
            "--actor defaults to the user of the operating system; a console knows its actor by the token.",
            "--json prints one JSON object instead, and a problem object (RFC 9457) where the exit code is not 0.",
            "",
            "exit code: 0 done; 1 failed: the log or the console refuses, or the decision is not stored;",
            "           2 not understood, an unknown name or nothing to undo: nothing was done; 3 the log is not verified;",
            "           4 the console refuses this token, or its role may not do that: nothing was done"
        })
final class Command implements Callable<Integer> {

    /** It is done. */
    static final int DONE = 0;

    /** It failed: the log refuses, or the decision is not stored. */
    static final int FAILED = 1;

    /** It was not understood, names something unknown, or there is nothing to undo; nothing was done. */
    static final int USAGE = 2;

    /** The log is not as it was acknowledged. */
    static final int NOT_VERIFIED = 3;

    /** The console knows nobody by the token, or who it is may not do that; nothing was done. */
    static final int REFUSED = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int WIDTH = 120;
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explains the command.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private Command() {}

    /** Runs the command of the arguments and ends the process with its exit code. */
    public static void main(String[] args) {
        if (System.getProperty(LOG_LEVEL) == null) {
            // A command says itself what goes wrong; a console goes on, and nobody reads along.
            System.setProperty(LOG_LEVEL, List.of(args).contains("console") ? "warn" : "off");
        }
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
        Screen screen = new Screen(out, err, CommandWords.wantsJson(args));
        int code;
        try {
            List<String> words = CommandWords.behindTheCommand(args);
            CommandLine line = line(new LogAccess(env, screen, patience), screen, words)
                    .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                    .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
            CommandLine asked = CommandWords.asked(line, words);
            try {
                CommandWords.requireValues(asked, words);
                code = line.execute(words.toArray(String[]::new));
            } catch (UsageException e) {
                code = misunderstood(e, asked, screen);
            }
        } catch (UsageException e) {
            screen.problem(String.valueOf(e.getMessage()));
            code = USAGE;
        } catch (RuntimeException | Error e) {
            code = failed(e, screen);
        }
        screen.end(code);
        return code;
    }

    /** The commands by name, each made when it is asked for: reading what its options are takes longer than most of them run. */
    private static CommandLine line(LogAccess logs, Screen screen, List<String> words) {
        CommandLine line = new CommandLine(new Command());
        Map<String, Supplier<CommandLine>> commands = commands(logs, screen);
        String first = words.isEmpty() ? "" : words.get(0);
        if (commands.containsKey(first) && !first.equals("completion")) {
            line.addSubcommand(first, commands.get(first).get());
        } else {
            commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
            line.addSubcommand(new CommandLine.HelpCommand());
        }
        settings(line);
        return line.setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(
                        (e, args) -> misunderstood(CommandWords.inOurWords(e), e.getCommandLine(), screen))
                .setExecutionExceptionHandler((e, asked, parsed) -> failed(e, asked, screen));
    }

    private static Map<String, Supplier<CommandLine>> commands(LogAccess logs, Screen screen) {
        Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
        commands.put("status", () -> new CommandLine(new StatusCommand(logs, screen)));
        commands.put("kill", () -> new CommandLine(new KillCommand(logs, screen)));
        commands.put("revive", () -> new CommandLine(new ReviveCommand(logs, screen)));
        commands.put("rollback", () -> new CommandLine(new RollbackCommand(logs, screen)));
        commands.put("rollout", () -> RolloutCommand.line(logs, screen));
        commands.put("budget", () -> new CommandLine(new BudgetCommand(logs, screen)));
        commands.put(
                "log",
                () -> new CommandLine(new LogCommand(logs, screen))
                        .addSubcommand("tail", new LogTailCommand(logs, screen))
                        .addSubcommand("verify", new LogVerifyCommand(logs, screen))
                        .addSubcommand("export", new LogExportCommand(logs, screen))
                        .addSubcommand("seal", new LogSealCommand(logs, screen))
                        .addSubcommand("archive", new LogArchiveCommand(logs, screen)));
        commands.put("exposures", () -> new CommandLine(new ExposuresCommand(logs, screen)));
        commands.put("token", () -> new CommandLine(new TokenCommand(logs, screen)));
        commands.put("console", () -> new CommandLine(new ConsoleCommand(logs, screen)));
        commands.put("completion", () -> new CommandLine(new CompletionCommand(logs, screen)));
        return commands;
    }

    /** What an annotation could say, and would have to say of each command. */
    private static void settings(CommandLine line) {
        line.getCommandSpec()
                .usageMessage()
                .synopsisHeading("usage: ")
                .width(WIDTH)
                .sortOptions(false)
                .abbreviateSynopsis(false);
        line.getSubcommands().values().forEach(Command::settings);
    }

    private static int misunderstood(UsageException e, CommandLine asked, Screen screen) {
        screen.problem(String.valueOf(e.getMessage()));
        if (asked.getParent() == null) {
            usage(asked, screen);
        } else {
            hintUsage(asked, screen);
        }
        return USAGE;
    }

    /** Says in a line or two what the words of a command are. */
    static void hintUsage(CommandLine asked, Screen screen) {
        CommandLine.Help help = asked.getHelp();
        (help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()))
                .lines()
                .forEach(screen::hint);
    }

    private static void usage(CommandLine root, Screen screen) {
        root.getUsageMessage().lines().forEach(screen::hint);
    }

    private static int failed(Exception e, CommandLine asked, Screen screen) {
        return e instanceof UsageException misunderstood
                ? misunderstood(misunderstood, asked, screen)
                : failed(e, screen);
    }

    private static int failed(Throwable e, Screen screen) {
        if (e instanceof ApiProblem problem) {
            screen.problem(problem);
            return problem.code();
        }
        if (e instanceof InvalidPathException) {
            screen.problem("not a path: " + e.getMessage());
            return USAGE;
        }
        if (e instanceof IllegalArgumentException) {
            screen.problem(message(e));
            return USAGE;
        }
        if (e instanceof ControlLogException || e instanceof UncheckedIOException) {
            screen.problem(message(e));
            return FAILED;
        }
        // The last line of defence: a person at 3 a.m. gets a sentence, never a stack trace.
        screen.problem("failed: " + e);
        return FAILED;
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Without a command. */
    @Override
    public Integer call() throws UsageException {
        throw new UsageException("which command?");
    }
}
