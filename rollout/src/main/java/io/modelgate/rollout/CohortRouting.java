package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Identities;
import io.modelgate.Router;
import io.modelgate.control.Entry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One gate's cohort, folded from the control log. Immutable but for what {@link Listed} remembers.
 *
 * <p>The fold is total: an entry that makes no sense where it stands changes nothing. A second rollout does not displace the one that
 * runs.
 */
final class CohortRouting implements Router.Routing {

    private final String gate;
    private final Identities identities;

    /** Un-narrowed kills of the gate's versions that no revive has released: kill id to version. */
    private final Map<String, String> kills;

    private final @Nullable RolloutStart running;
    private final @Nullable CohortRules rules;
    private final long salt;

    /** Callers with a bucket below this one are in the cohort; 0 while there is no rollout or a kill has halted it. */
    private final int weight;

    private final boolean halted;

    private CohortRouting(
            String gate,
            Identities identities,
            Map<String, String> kills,
            @Nullable RolloutStart running,
            @Nullable CohortRules rules,
            int weight,
            boolean halted) {
        this.gate = gate;
        this.identities = identities;
        this.kills = kills;
        this.running = running;
        this.rules = rules;
        this.salt = running == null ? 0 : running.salt();
        this.weight = weight;
        this.halted = halted;
    }

    static CohortRouting initial(String gate, Identities identities) {
        return new CohortRouting(gate, identities, Map.of(), null, null, 0, false);
    }

    @Override
    public @Nullable String candidate() {
        return running == null ? null : running.version();
    }

    @Override
    public boolean toCandidate(Caller caller) {
        if (rules != null) {
            if (halted) {
                return false;
            }
            CohortRules.Verdict verdict = rules.of(caller);
            if (verdict != CohortRules.Verdict.BY_WEIGHT) {
                return verdict == CohortRules.Verdict.CANDIDATE;
            }
        }
        return weight > 0 && caller.hasKey() && Bucketing.bucket(caller.keyHash(), salt) < weight;
    }

    @Override
    public CohortRouting apply(Entry entry) {
        if (!entry.gate().equals(gate)) {
            return this;
        }
        return switch (entry.type()) {
            case EntryTypes.ROLLOUT -> started(entry);
            case EntryTypes.ROLLOUT_WEIGHT ->
                runs(entry.text(EntryTypes.ID)) ? reweighted(entry.number(EntryTypes.WEIGHT, -1)) : this;
            case EntryTypes.ROLLOUT_END -> runs(entry.text(EntryTypes.ID)) ? ended() : this;
            case EntryTypes.KILL -> killed(entry);
            case EntryTypes.REVIVE -> revived(entry);
            // Stable is another version now: if it is the candidate, the rollout is complete; if not, it has lost its
            // control arm.
            case EntryTypes.PROMOTE -> entry.text("version") == null ? this : ended();
            case EntryTypes.ROLLBACK -> entry.text("to") == null ? this : ended();
            default -> this;
        };
    }

    private CohortRouting started(Entry entry) {
        RolloutStart start = RolloutStart.of(entry);
        if (running != null || start == null) {
            return this;
        }
        boolean killed = kills.containsValue(start.version());
        return new CohortRouting(
                gate, identities, kills, start, CohortRules.of(start, identities), killed ? 0 : start.weight(), killed);
    }

    private CohortRouting reweighted(long to) {
        if (!Weight.inRange(to) || (halted && (to == 0 || kills.containsValue(candidate())))) {
            return this; // whoever wrote the weight had not seen the kill
        }
        return new CohortRouting(gate, identities, kills, running, rules, (int) to, false);
    }

    private CohortRouting killed(Entry entry) {
        String version = entry.text("version");
        if (version == null || entry.text("attribute") != null) {
            return this;
        }
        Map<String, String> more = new HashMap<>(kills);
        more.put(entry.decision().id(), version);
        boolean halts = version.equals(candidate());
        return new CohortRouting(
                gate, identities, Map.copyOf(more), running, rules, halts ? 0 : weight, halts || halted);
    }

    private CohortRouting revived(Entry entry) {
        Map<String, String> left = new HashMap<>(kills);
        return left.keySet().removeAll(entry.texts("kills"))
                ? new CohortRouting(gate, identities, Map.copyOf(left), running, rules, weight, halted)
                : this;
    }

    private CohortRouting ended() {
        return running == null ? this : new CohortRouting(gate, identities, kills, null, null, 0, false);
    }

    boolean runs(@Nullable String rollout) {
        return running != null && running.id().equals(rollout);
    }

    @Nullable
    RolloutStart running() {
        return running;
    }

    Weight weight() {
        return new Weight(weight);
    }

    boolean halted() {
        return halted;
    }
}
