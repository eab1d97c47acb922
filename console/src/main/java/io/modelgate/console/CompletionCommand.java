package io.modelgate.console;

import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;

/** {@code modelgate completion}: the script by which a shell completes the words of this command. */
@CommandLine.Command(
        name = "completion",
        customSynopsis = "modelgate completion [bash | zsh] [--json]",
        description = "Prints the script for a shell's completion: source <(modelgate completion bash)")
final class CompletionCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh; default: bash.")
    private @Nullable String shell;

    CompletionCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        String name = shell == null ? "bash" : shell;
        if (!name.equals("bash") && !name.equals("zsh")) {
            throw new UsageException("completion is for " + Wording.quote(name) + ": expected bash or zsh");
        }
        // One script for both: it lets zsh read bash's completions.
        String script = AutoComplete.bash("modelgate", commandLine().getParent());
        screen.raw(script);
        screen.object(() -> CommandJson.object("shell", name, "script", script));
        return Command.DONE;
    }
}
