package io.modelgate.rollout;

import java.util.List;

/**
 * Whether a rollout's list of exposures is what the control log says was sealed. Immutable.
 *
 * @param rollout the rollout's id
 * @param intact the files that are as they were sealed
 * @param changed the files that are not
 * @param missing the files that were sealed and are not there
 * @param unsealed the files that are still written to, or whose process died and which are not sealed for it yet
 * @param deleted whether the control log says that the rollout was deleted after its retention
 */
public record ExposureCheck(
        String rollout,
        List<String> intact,
        List<String> changed,
        List<String> missing,
        List<String> unsealed,
        boolean deleted) {

    /** Copies the lists. */
    public ExposureCheck {
        intact = List.copyOf(intact);
        changed = List.copyOf(changed);
        missing = List.copyOf(missing);
        unsealed = List.copyOf(unsealed);
    }

    /** Whether every file that was sealed is there and unchanged, or was deleted after its retention. */
    public boolean sound() {
        return changed.isEmpty() && (deleted || missing.isEmpty());
    }
}
