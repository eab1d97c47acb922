package io.modelgate.console;

import picocli.CommandLine;

/** {@code modelgate rollout}: sees and steers rollouts. */
@CommandLine.Command(
        name = "rollout",
        customSynopsis = {
            "modelgate rollout status [GATE] …",
            "       modelgate rollout pause | resume | approve | promote | abort GATE --reason TEXT …"
        },
        description = "Rollouts: rollout status, rollout pause, resume, approve, promote and abort.")
final class RolloutCommand extends Subcommand {

    RolloutCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    /** With the commands in it. */
    static CommandLine line(LogAccess logs, Screen screen) {
        CommandLine line = new CommandLine(new RolloutCommand(logs, screen))
                .addSubcommand("status", new RolloutStatusCommand(logs, screen));
        for (RolloutSteerCommand.Action action : RolloutSteerCommand.Action.values()) {
            CommandLine steer = new CommandLine(new RolloutSteerCommand(action, logs, screen));
            steer.getCommandSpec()
                    .usageMessage()
                    .description(action.description())
                    .customSynopsis(
                            "modelgate rollout " + action.word() + " GATE --reason TEXT [--actor NAME] " + PLACE);
            line.addSubcommand(action.word(), steer);
        }
        return line;
    }

    @Override
    int run() throws UsageException {
        throw new UsageException("what about rollouts? expected one of "
                + commandLine().getSubcommands().keySet());
    }
}
