package io.modelgate;

import io.modelgate.control.Entry;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code modelgate revive}: releases one kill, and says what stays engaged. */
final class ReviveCommand {

    static final String USAGE = "revive KILL-ID [--reason TEXT] [--actor NAME] " + LogAccess.USAGE;
    static final Set<String> OPTIONS = Set.of("reason", "actor", "log", "redis", "name");

    private ReviveCommand() {}

    static int run(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        String id = arguments.operand(0);
        String reason = arguments.option("reason");
        Actor actor = logs.actor(arguments.option("actor"));
        LogPlace path = logs.place(arguments);
        if (id == null) {
            return which(path, logs, screen);
        }
        try (Gates gates = logs.open(path)) {
            ReviveReceipt receipt = gates.revive(id, actor, reason == null ? "" : reason);
            Scope scope = receipt.released().get(0).scope();
            Optional<Entry> stored = receipt.entry(logs.patience(path));
            if (stored.isEmpty()) {
                screen.problem("NOT REVIVED: " + id + " stays engaged on " + Wording.scope(scope)
                        + ", because its revive is not stored in " + path + ": "
                        + receipt.failure().map(Throwable::getMessage).orElse("it is still waiting to be written"));
                return Command.FAILED;
            }
            screen.line("REVIVED " + Wording.scope(scope) + " at "
                    + stored.get().decision().at());
            screen.line("  released  " + id);
            screen.line("  stored    entry " + stored.get().seq() + ", " + path.stored());
            List<Kill> left = receipt.stillEngaged();
            if (left.isEmpty()) {
                screen.line("  engaged   nothing else on this scope");
            } else {
                screen.line(
                        "  engaged   " + Wording.count(left.size(), "kill") + " still on this scope or a part of it:");
                left.forEach(kill -> screen.line("            " + Wording.kill(kill, gates.now())));
            }
            return Command.DONE;
        }
    }

    private static int which(LogPlace path, LogAccess logs, Screen screen) throws UsageException {
        try (Gates gates = logs.view(path)) {
            List<Kill> engaged = gates.kills();
            screen.problem(
                    engaged.isEmpty()
                            ? "no kill is engaged in " + path + ", so there is nothing to revive"
                            : "which kill? engaged are:");
            engaged.forEach(kill -> screen.hint("  " + Wording.kill(kill, gates.now())));
            screen.hint("usage: modelgate " + USAGE);
            return Command.USAGE;
        }
    }
}
