package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Identities;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What decides about a caller ahead of the bucket: lists and segments. Thread-safe. */
final class CohortRules {

    enum Verdict {
        CANDIDATE,
        STABLE,
        BY_WEIGHT
    }

    private final @Nullable Listed listed;
    private final Segment[] force;
    private final Segment[] only;

    private CohortRules(@Nullable Listed listed, Segment[] force, Segment[] only) {
        this.listed = listed;
        this.force = force;
        this.only = only;
    }

    /** Returns the rules of a rollout, or null if it has none. */
    static @Nullable CohortRules of(RolloutStart start, Identities identities) {
        boolean lists = !start.allow().isEmpty() || !start.deny().isEmpty();
        if (!lists && start.force().isEmpty() && start.only().isEmpty()) {
            return null;
        }
        return new CohortRules(
                lists ? new Listed(start.allow(), start.deny(), identities) : null,
                segments(start.force()),
                segments(start.only()));
    }

    private static Segment[] segments(Map<String, List<String>> rules) {
        List<Segment> segments = new ArrayList<>();
        rules.forEach((attribute, values) -> segments.add(Segment.of(attribute, values)));
        return segments.toArray(Segment[]::new);
    }

    Verdict of(Caller caller) {
        if (listed != null) {
            switch (listed.of(caller)) {
                case DENIED -> {
                    return Verdict.STABLE;
                }
                case ALLOWED -> {
                    return Verdict.CANDIDATE;
                }
                case NEITHER -> {}
            }
        }
        for (Segment segment : force) {
            if (segment.holds(caller)) {
                return Verdict.CANDIDATE;
            }
        }
        for (Segment segment : only) {
            if (!segment.holds(caller)) {
                return Verdict.STABLE;
            }
        }
        return Verdict.BY_WEIGHT;
    }
}
