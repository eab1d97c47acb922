package io.modelgate.rollout;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import org.jspecify.annotations.Nullable;

/** What an entry that changed a run is as an event. */
final class RunEvents {

    private RunEvents() {}

    static RolloutEvent.About about(RolloutRun run, Entry entry) {
        Decision decision = entry.decision();
        return new RolloutEvent.About(
                decision.gate(), run.plan().id(), decision.id(), decision.at(), decision.actor(), decision.reason());
    }

    static RolloutEvent started(RolloutRun run, Entry entry) {
        return new RolloutEvent.Started(
                about(run, entry), run.plan().candidate(), run.plan().baseline(), Weight.of(run.weight()));
    }

    /** The event of an entry that made one run of another, or null if it is of no interest to listeners. */
    static @Nullable RolloutEvent of(RolloutRun before, RolloutRun after, Entry entry) {
        RolloutEvent.About about = about(after, entry);
        String candidate = after.plan().candidate();
        if (after.stage() != before.stage()) {
            switch (after.stage()) {
                case ABORTED -> {
                    return new RolloutEvent.Aborted(about, candidate);
                }
                case ROLLED_BACK -> {
                    String to = entry.text(EntryTypes.TO);
                    return new RolloutEvent.RolledBack(about, candidate, to == null ? "" : to);
                }
                case COMPLETE -> {
                    return new RolloutEvent.Completed(about);
                }
                case FULL -> {
                    return new RolloutEvent.Promoted(about, candidate);
                }
                case SOAK -> {
                    return new RolloutEvent.Soaking(about);
                }
                default -> {}
            }
        }
        return switch (entry.type()) {
            case EntryTypes.ROLLOUT_WEIGHT -> new RolloutEvent.Stepped(about, after.step(), Weight.of(after.weight()));
            case EntryTypes.ROLLOUT_WAIT -> new RolloutEvent.Waiting(about, after.step() + 1);
            case EntryTypes.ROLLOUT_APPROVE -> new RolloutEvent.Approved(about, after.step() + 1);
            case EntryTypes.ROLLOUT_PAUSE ->
                new RolloutEvent.Paused(about, after.hold().inconclusive());
            case EntryTypes.ROLLOUT_RESUME -> new RolloutEvent.Resumed(about);
            case EntryTypes.ROLLOUT_WINDOW ->
                new RolloutEvent.Window(about, !after.conditions().shut());
            case EntryTypes.ROLLOUT_ALERT ->
                new RolloutEvent.HeldTooLong(about, after.hold().alerts() == 2);
            default -> null;
        };
    }
}
