package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.GateDescription;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import io.modelgate.control.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What several operations say, under the names that the document of the API gives it. All immutable; an absent component is left out. */
final class Views {

    private Views() {}

    record ScopeView(
            String gate,
            @Nullable String version,
            @Nullable String attribute,
            @Nullable String value) {
        static ScopeView of(Scope scope) {
            return new ScopeView(scope.gate(), scope.version(), scope.attribute(), scope.value());
        }
    }

    record KillView(
            String id, ScopeView scope, String on, String actor, String authentication, String reason, String at) {
        static KillView of(Kill kill) {
            Actor actor = kill.actor();
            return new KillView(
                    kill.id(),
                    ScopeView.of(kill.scope()),
                    kill.scope().toString(),
                    actor.name(),
                    actor.authentication(),
                    kill.reason(),
                    kill.at().toString());
        }

        /** The latest first; of those of one instant, the last that was engaged. */
        static List<KillView> of(List<Kill> engaged) {
            List<Kill> latestFirst = new ArrayList<>(engaged);
            Collections.reverse(latestFirst);
            latestFirst.sort(Comparator.comparing(Kill::at).reversed());
            return latestFirst.stream().map(KillView::of).toList();
        }
    }

    record RecentView(int matching, int lacking, int sampled) {
        static RecentView of(KillReceipt.Recent recent) {
            return new RecentView(recent.matching(), recent.lacking(), recent.sampled());
        }
    }

    record InstanceView(String name, long applied, long silentForMillis, boolean live, boolean self) {
        static List<InstanceView> of(List<Instance> instances, String self) {
            return instances.stream()
                    .map(each -> new InstanceView(
                            each.name(),
                            each.applied().seq(),
                            each.silentFor().toMillis(),
                            each.live(),
                            each.name().equals(self)))
                    .toList();
        }
    }

    record EntryView(
            long seq,
            String at,
            String type,
            String gate,
            String actor,
            String authentication,
            String reason,
            String id,
            Map<String, Object> data,
            String hash) {
        static EntryView of(Entry entry) {
            var decision = entry.decision();
            return new EntryView(
                    entry.seq(),
                    decision.at().toString(),
                    decision.type(),
                    decision.gate(),
                    decision.actor(),
                    decision.authentication(),
                    decision.reason(),
                    decision.id(),
                    decision.data(),
                    entry.hash());
        }
    }

    /** What a decision without more to tell came to. */
    record Decided(String id, boolean stored) {}

    /** The end of the control log, and how far it is verified. */
    record LogView(
            long applied,
            long seq,
            String hash,
            boolean known,
            long stalenessMillis,
            long verifiedSeq,
            @Nullable String problem) {}

    record StateView(
            String asOf,
            boolean standalone,
            String process,
            int gates,
            int killed,
            int partlyKilled,
            int kills,
            long unstoredKills,
            int rollouts,
            LogView log,
            boolean closed) {}

    record TrafficView(double seconds, long calls, double callsPerSecond, double errorRate, double fallbackRate) {}

    record RolloutSummary(
            String gate,
            String id,
            String candidate,
            String baseline,
            String stage,
            double weight,
            boolean paused,
            boolean waiting,
            boolean running) {}

    /** Whether a gate answers by its models. */
    enum GateState {
        LIVE,
        PARTLY_KILLED,
        KILLED;

        static GateState of(GateDescription gate) {
            return valueOf(gate.state().name());
        }
    }

    record GateSummary(
            String name,
            GateState state,
            boolean here,
            @Nullable String stable,
            @Nullable String serves,
            @Nullable String candidate,
            @Nullable Double weight,
            @Nullable TrafficView traffic,
            @Nullable RolloutSummary rollout) {}
}
