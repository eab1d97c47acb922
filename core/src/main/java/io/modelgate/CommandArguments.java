package io.modelgate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands after the name of a command: options, each with one value ({@code --log FILE} or {@code --log=FILE}), and operands.
 * Strict: whatever is not expected is refused, because a word that is silently ignored may have been the one that mattered.
 */
final class CommandArguments {

    private final Map<String, String> options = new HashMap<>();
    private final List<String> operands = new ArrayList<>();
    private boolean help;

    private CommandArguments() {}

    /** Reads the words after a command that takes the given options, by their names without dashes, and so many operands at most. */
    static CommandArguments parse(List<String> words, Set<String> known, int maxOperands) throws UsageException {
        CommandArguments parsed = new CommandArguments();
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--")) {
                rest.forEachRemaining(parsed.operands::add);
            } else if (word.equals("-h") || word.equals("--help")) {
                parsed.help = true;
            } else if (word.startsWith("--")) {
                parsed.option(word, rest, known);
            } else if (word.startsWith("-") && word.length() > 1) {
                throw new UsageException("unknown option " + Names.quote(word) + "; " + known(known));
            } else {
                parsed.operands.add(word);
            }
        }
        if (!parsed.help && parsed.operands.size() > maxOperands) {
            throw new UsageException("unexpected argument " + Names.quote(parsed.operands.get(maxOperands)) + "; "
                    + known(known) + "; write '*' in quotes, and text with spaces too");
        }
        return parsed;
    }

    private void option(String word, Iterator<String> rest, Set<String> known) throws UsageException {
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        if (!known.contains(name)) {
            throw new UsageException("unknown option " + Names.quote("--" + name) + "; " + known(known));
        }
        String value = equals < 0 ? (rest.hasNext() ? rest.next() : "--") : word.substring(equals + 1);
        if (equals < 0 && value.startsWith("--")) {
            throw new UsageException(
                    "--" + name + " needs a value; one that starts with -- is written --" + name + "=VALUE");
        }
        if (options.put(name, value) != null) {
            throw new UsageException("--" + name + " is given twice");
        }
    }

    private static String known(Set<String> known) {
        return known.isEmpty()
                ? "there are no options"
                : "options are "
                        + known.stream().sorted().map(name -> "--" + name).toList();
    }

    @Nullable
    String option(String name) {
        return options.get(name);
    }

    /** The operand at an index, or null if there are fewer. */
    @Nullable
    String operand(int index) {
        return index < operands.size() ? operands.get(index) : null;
    }

    /** Whether the command is to explain itself instead of doing anything. */
    boolean help() {
        return help;
    }
}
