package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import io.modelgate.rollout.Rollouts;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate rollout pause} and its like: decides something about the rollout of a gate. */
@CommandLine.Command
final class RolloutSteerCommand extends Subcommand {

    /** What can be decided. */
    enum Action {
        PAUSE("Keeps it from stepping up; counting and aborting go on."),
        RESUME("Lets a paused one go on."),
        APPROVE("Approves the next step, where the policy wants a person to."),
        PROMOTE("Promotes the candidate from whatever step it is at; takes the console of a process that serves it."),
        ABORT("Takes the candidate back.");

        private final String description;

        Action(String description) {
            this.description = description;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        String description() {
            return description;
        }
    }

    private final Action action;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "GATE", description = "The gate.")
    private @Nullable String gate;

    @CommandLine.Option(names = "--reason", paramLabel = "TEXT", description = "Why; has to be said.")
    private @Nullable String reason;

    @CommandLine.Option(names = "--actor", paramLabel = "NAME", description = "Who decides it.")
    private @Nullable String actor;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    RolloutSteerCommand(Action action, LogAccess logs, Screen screen) {
        super(logs, screen);
        this.action = action;
    }

    @Override
    int run() throws UsageException {
        if (gate == null || gate.equals(Scope.FLEET)) {
            throw new UsageException("which gate? name one; each has a rollout of its own");
        }
        if (reason == null || reason.isBlank()) {
            throw new UsageException("--reason TEXT is missing: whoever looks at the rollout next needs it");
        }
        ApiClient api = logs.api(options, through);
        if (api != null) {
            api.refuseActor(actor);
            return ApiSwitch.steer(api, gate, action.word(), reason, screen);
        }
        Actor who = logs.actor(actor);
        LogPlace place = logs.place(options);
        try (RolloutsOfLog rollouts = RolloutsOfLog.open(place, logs)) {
            ModelGate<?, ?> standIn = rollouts.gate(gate);
            Receipt receipt;
            try {
                receipt = decide(rollouts.rollouts(), standIn, who, reason);
            } catch (IllegalStateException e) {
                throw new UsageException("NOT DONE: " + e.getMessage());
            }
            return report(gate, receipt, place);
        }
    }

    private Receipt decide(Rollouts rollouts, ModelGate<?, ?> standIn, Actor who, String why) {
        return switch (action) {
            case PAUSE -> rollouts.pause(standIn, who, why);
            case RESUME -> rollouts.resume(standIn, who, why);
            case APPROVE -> rollouts.approve(standIn, who, why);
            case PROMOTE -> rollouts.promote(standIn, who, why);
            case ABORT -> rollouts.abort(standIn, who, why);
        };
    }

    private int report(String name, Receipt receipt, LogPlace place) {
        Optional<Entry> stored = receipt.entry(logs.patience(place));
        if (stored.isEmpty()) {
            screen.problem("NOT DONE: to " + action.word() + " the rollout of " + name + " is not stored in " + place
                    + ": " + receipt.failure().map(Throwable::getMessage).orElse("it is still waiting to be written"));
            return Command.FAILED;
        }
        screen.line("DONE: " + action.word() + " the rollout of " + name + " at "
                + stored.get().decision().at());
        screen.line("  stored  entry " + stored.get().seq() + ", " + place.stored());
        screen.object(() -> new Views.Decided(receipt.id(), true));
        return Command.DONE;
    }
}
