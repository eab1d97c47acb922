package io.modelgate.console;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The words that somebody typed, before picocli reads them, and what picocli says of them in our words. Strict: whatever is not expected is
 * refused, because a word that is silently ignored may have been the one that mattered.
 */
final class CommandWords {

    /** The options that may also stand before the command; those of the second kind have no value. */
    private static final Set<String> FIRST = Set.of("--log", "--redis", "--name", "--api", "--token-file");

    private static final Set<String> FIRST_FLAGS = Set.of("--json", "--insecure");

    private CommandWords() {}

    static boolean wantsJson(List<String> args) {
        int end = args.indexOf("--");
        return (end < 0 ? args : args.subList(0, end)).contains("--json");
    }

    private static boolean isFirst(String word) {
        return FIRST.contains(nameOf(word)) || FIRST_FLAGS.contains(word);
    }

    /** The words with the options that may also stand before the command put behind it. */
    static List<String> behindTheCommand(List<String> args) throws UsageException {
        if (args.isEmpty() || !isFirst(args.get(0)) || args.size() == 1) {
            return args;
        }
        List<String> rest = new ArrayList<>(args);
        List<String> moved = new ArrayList<>();
        while (!rest.isEmpty() && isFirst(rest.get(0))) {
            String word = rest.remove(0);
            moved.add(word);
            if (word.indexOf('=') < 0 && FIRST.contains(word)) {
                if (rest.isEmpty()) {
                    throw new UsageException(word + " needs a value");
                }
                moved.add(rest.remove(0));
            }
        }
        if (rest.isEmpty()) {
            throw new UsageException("which command? see `modelgate help`");
        }
        boolean group = rest.get(0).equals("log") || rest.get(0).equals("rollout");
        int words = rest.size() > 1 && group && !rest.get(1).startsWith("-") ? 2 : 1;
        rest.addAll(words, moved);
        return rest;
    }

    /** The command that the words ask for; the last one that is known, if they go on with another word. */
    static CommandLine asked(CommandLine line, List<String> words) {
        CommandLine asked = line;
        for (String word : words) {
            CommandLine next = asked.getSubcommands().get(word);
            if (next == null) {
                break;
            }
            asked = next;
        }
        return asked;
    }

    /** Refuses an option without its value, before picocli takes the next option for it. */
    static void requireValues(CommandLine asked, List<String> words) throws UsageException {
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--")) {
                return;
            }
            OptionSpec option = asked.getCommandSpec().findOption(word);
            boolean takesValue =
                    option != null && word.startsWith("--") && option.arity().max() > 0;
            if (takesValue && (!rest.hasNext() || rest.next().startsWith("--"))) {
                throw needsValue(word);
            }
        }
    }

    private static UsageException needsValue(String option) {
        return new UsageException(option + " needs a value; one that starts with -- is written " + option + "=VALUE");
    }

    /** What picocli has against the words, with the word, and with what is expected. */
    static UsageException inOurWords(CommandLine.ParameterException e) {
        CommandLine asked = e.getCommandLine();
        ArgSpec about = e.getArgSpec();
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return unmatched(asked, unmatched.getUnmatched().get(0));
        }
        if (e instanceof CommandLine.OverwrittenOptionException twice
                && twice.getOverwritten() instanceof OptionSpec option) {
            return new UsageException(option.longestName() + " is given twice");
        }
        if (e instanceof CommandLine.MissingParameterException && about instanceof OptionSpec option) {
            return needsValue(option.longestName());
        }
        if (about instanceof OptionSpec option && option.arity().max() == 0) {
            return new UsageException(option.longestName() + " takes no value");
        }
        return new UsageException(String.valueOf(e.getMessage()));
    }

    private static UsageException unmatched(CommandLine asked, String word) {
        if (word.startsWith("-") && word.length() > 1) {
            return new UsageException("unknown option " + Wording.quote(nameOf(word)) + "; " + options(asked));
        }
        if (!asked.getSubcommands().isEmpty()) {
            String group = asked.getParent() == null ? "" : asked.getCommandName() + " ";
            return new UsageException("unknown command " + Wording.quote(group + word) + "; there are "
                    + asked.getSubcommands().keySet());
        }
        return new UsageException("unexpected argument " + Wording.quote(word) + "; " + options(asked)
                + "; write '*' in quotes, and text with spaces too");
    }

    private static String options(CommandLine asked) {
        List<String> names = asked.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp())
                .map(OptionSpec::longestName)
                .sorted()
                .toList();
        return names.isEmpty() ? "there are no options" : "options are " + names;
    }

    private static String nameOf(String word) {
        int equals = word.indexOf('=');
        return equals < 0 ? word : word.substring(0, equals);
    }
}
