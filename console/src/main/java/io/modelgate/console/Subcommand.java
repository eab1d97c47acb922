package io.modelgate.console;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** One command of {@link Command}. */
abstract class Subcommand implements Callable<Integer> {

    /** How the usage of a command names a log. */
    static final String LOG = "[--log FILE | --redis URI [--name NAME]] [--json]";

    /** How the usage of a command names a log or a console. */
    static final String PLACE = "[--log FILE | --redis URI [--name NAME] | --api URL [--token-file FILE]] [--json]";

    final LogAccess logs;
    final Screen screen;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explains this command.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** Looked for before the words are read, so that what is wrong with them is said in JSON too. */
    @CommandLine.Option(names = "--json", description = "Prints one JSON object.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean json;

    Subcommand(LogAccess logs, Screen screen) {
        this.logs = logs;
        this.screen = screen;
    }

    @Override
    public final Integer call() throws UsageException {
        requireNothingBefore(commandLine());
        return run();
    }

    /** An option of a group that stands before the name of the command in it would be ignored. */
    private static void requireNothingBefore(CommandLine asked) throws UsageException {
        CommandLine group = asked.getParent();
        if (group == null || group.getParent() == null) {
            return;
        }
        for (CommandLine.Model.OptionSpec option : group.getParseResult().matchedOptions()) {
            throw new UsageException(option.longestName() + " stands before " + Wording.quote(asked.getCommandName())
                    + ": options come behind all the words of a command");
        }
    }

    /** Does it, and returns the exit code. */
    abstract int run() throws UsageException;

    /** Says in a line or two what the words of this command are. */
    final void hintUsage() {
        Command.hintUsage(commandLine(), screen);
    }

    final CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("not run as a command");
        }
        return spec.commandLine();
    }

    /**
     * A whole number that an option says.
     *
     * @throws UsageException for anything else, with what is expected
     */
    static long number(String option, @Nullable String given, long otherwise, long from, long to)
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
        throw new UsageException(option + " is " + Wording.quote(given) + ": expected " + from + " to " + to);
    }
}
