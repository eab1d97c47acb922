package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has changed which version a gate's callers get. Immutable.
 *
 * @param latest the latest such decision, null if there was none
 * @param promotions by version, the latest entry that made it stable by a promotion
 */
record ServingChanges(@Nullable ServingChange latest, Map<String, Entry> promotions) {

    static final ServingChanges NONE = new ServingChanges(null, Map.of());

    /** With a decision more; to promote what is stable already changes nothing of since when it is. */
    ServingChanges after(ServingChange change, @Nullable String stable) {
        Map<String, Entry> more = new HashMap<>(promotions);
        if (change.kind() == ServingChange.Kind.PROMOTED && !change.version().equals(stable)) {
            more.put(change.version(), change.entry());
        }
        return new ServingChanges(change, Map.copyOf(more));
    }
}
