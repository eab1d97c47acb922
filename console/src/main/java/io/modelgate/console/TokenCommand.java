package io.modelgate.console;

import io.modelgate.Actor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate token}: makes a token for a console, and shows it this once. */
@CommandLine.Command(
        name = "token",
        customSynopsis = "modelgate token [--actor NAME] [--role viewer|operator|approver|admin] [--json]",
        description = "Makes a token for a console, and shows it this once.")
final class TokenCommand extends Subcommand {

    @CommandLine.Option(
            names = "--actor",
            paramLabel = "NAME",
            description = "Who gets it, as the control log is to name them; default: the user of the operating system.")
    private @Nullable String actor;

    @CommandLine.Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "What they may do: viewer, operator, approver or admin; default: viewer.")
    private @Nullable String role;

    TokenCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        Actor who = logs.actor(actor);
        String given = role == null ? Role.VIEWER.word() : role.toLowerCase(Locale.ROOT);
        if (Role.parse(given).isEmpty()) {
            throw new UsageException("--role is " + Wording.quote(role) + ": expected one of " + Role.words());
        }
        Token token = Token.generate();
        String line = "- {actor: " + yaml(who.name()) + ", role: " + given + ", sha256: " + token.hash() + "}";
        screen.line("token   " + token.text());
        screen.line("        for " + who.name()
                + " alone; it is shown this once and kept nowhere: in a file that only they");
        screen.line("        read, for --token-file, or in MODELGATE_TOKEN");
        screen.line("sha256  " + token.hash());
        screen.line("        not secret; the line of the console's configuration, under `tokens:`");
        screen.line("  " + line);
        screen.object(() -> CommandJson.object(
                "token", token.text(), "sha256", token.hash(), "actor", who.name(), "role", given, "line", line));
        return Command.DONE;
    }

    /** A name as YAML reads it back, within a map in braces. */
    private static String yaml(String name) {
        return name.matches("[A-Za-z][A-Za-z0-9_.@-]*") && !name.matches("(?i)null|true|false|yes|no|on|off")
                ? name
                : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
