package io.modelgate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the snapshot of one gate from the fold of the control log, this process's own kills and the versions registered here.
 * The rules of which version answers are here and nowhere else.
 */
final class GateCompiler<I, O> {

    private final GateConfig<I, O> config;
    private final OutcomeCounts outcomes;
    private final Warnings warnings;

    /** The routing that was asked last for its watch, and the watch it gave. */
    private Router.@Nullable Routing watched;

    private @Nullable Watch watch;

    /** The routing that was asked last what hears of labels, and what does. */
    private Router.@Nullable Routing asked;

    private @Nullable Watch labels;

    /** What this process lacks of what the log names, or null when it lacks nothing. */
    private @Nullable String lack;

    GateCompiler(GateConfig<I, O> config, OutcomeCounts outcomes, Warnings warnings) {
        this.config = config;
        this.warnings = warnings;
        this.outcomes = outcomes;
    }

    /**
     * Compiles the snapshot.
     *
     * @param bar whether a routing sends nobody to its candidate in this process, whatever the log says by now
     * @param heard whether anybody listens to the gate's calls, given its candidate, null without one
     */
    GateState<I, O> compile(
            GateFold fold,
            List<Kill> kills,
            Predicate<Router.Routing> bar,
            Collection<RegisteredVersion<I, O>> registered,
            Predicate<@Nullable String> heard) {
        lack = null;
        Map<String, Served<I, O>> versions = new HashMap<>();
        for (RegisteredVersion<I, O> version : registered) {
            Switch any =
                    Switch.of(select(kills, scope -> scope.version() == null || version.id.equals(scope.version())));
            Switch own = Switch.of(select(kills, scope -> version.id.equals(scope.version())));
            versions.put(version.id, new Served<>(version, any, own));
        }
        Router.Routing routing = fold.routing();
        String candidateId = routing == null ? null : candidate(routing);
        String stableId = fold.stable() == null ? config.stable() : fold.stable();
        String elsewhere = routing != null && holdsBack(routing) ? null : candidateId;
        List<Served<I, O>> previous = previous(fold, versions, stableId, elsewhere);
        Served<I, O> stable = versions.get(stableId);
        if (stable == null) {
            stable = previous.isEmpty() ? null : previous.remove(0);
            lack = "stable version \"" + stableId + "\" is not registered in this process; "
                    + (stable == null
                            ? "only the ladder answers"
                            : "version \"" + stable.version().id + "\" serves instead");
        }
        for (RegisteredVersion<I, O> version : registered) {
            GateFold.Declared declared = fold.versions.get(version.id);
            if (declared != null && !declared.sameArtefact(version.digest)) {
                lack = "version \"" + version.id + "\" has the digest " + version.digest + " here and "
                        + declared.digest() + " in the control log: two artefacts run under one id";
            }
        }
        Served<I, O> candidate = candidateId == null ? null : versions.get(candidateId);
        if (candidateId != null && candidate == null) {
            lack = "candidate \"" + candidateId + "\" is not registered in this process; everyone gets stable";
        }
        // A killed candidate has no cohort: its callers are routed to stable.
        if (candidate != null
                && (candidate.killSwitch().off() || (stable != null && candidate.version() == stable.version()))) {
            candidate = null;
        }
        if (candidate != null && routing != null && barred(bar, routing)) {
            candidate = null;
        }
        Switch gateSwitch = Switch.of(select(kills, scope -> scope.version() == null));
        Set<String> rolledBack =
                versions.keySet().stream().filter(fold::rolledBack).collect(Collectors.toUnmodifiableSet());
        return new GateState<>(
                gateSwitch,
                stable,
                candidate,
                candidate == null ? null : routing,
                // A version that stands in for stable is not what the candidate is to be compared with.
                candidate == null || !versions.containsKey(stableId) ? null : watch(routing),
                config.labels().isEmpty() || routing == null ? null : labels(routing),
                List.copyOf(previous),
                Map.copyOf(versions),
                rolledBack,
                gateSwitch.on() ? null : killedAnswer(),
                heard.test(candidateId));
    }

    private static List<Kill> select(List<Kill> kills, Predicate<Scope> which) {
        return kills.stream().filter(kill -> which.test(kill.scope())).toList();
    }

    private List<Served<I, O>> previous(
            GateFold fold, Map<String, Served<I, O>> versions, String stable, @Nullable String elsewhere) {
        List<Served<I, O>> previous = new ArrayList<>();
        for (String id : fold.earlierStables()) {
            Served<I, O> served = versions.get(id);
            if (served != null
                    && !id.equals(stable)
                    && !id.equals(elsewhere)
                    && !served.ownSwitch()
                            .off()) { // those that a kill of the gate bars are not asked; a rollback may go there
                previous.add(served);
            }
        }
        return previous;
    }

    // What follows is users' code. Whatever it throws, the kills in this snapshot have to take effect.

    private @Nullable String candidate(Router.Routing routing) {
        try {
            return routing.candidate();
        } catch (Throwable e) {
            warnings.threw("the router of gate \"" + config.name() + "\"", e);
            return null;
        }
    }

    private boolean holdsBack(Router.Routing routing) {
        try {
            return routing.holdsBack();
        } catch (Throwable e) {
            warnings.threw("the router of gate \"" + config.name() + "\"", e);
            return false;
        }
    }

    private boolean barred(Predicate<Router.Routing> bar, Router.Routing routing) {
        try {
            return bar.test(routing);
        } catch (Throwable e) {
            warnings.threw("what bars the candidate of gate \"" + config.name() + "\"", e);
            return true; // whoever set it did not want callers to get the candidate
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same routing: another one has calls of its own to hear of
    private @Nullable Watch watch(Router.@Nullable Routing routing) {
        if (routing == null || routing == watched) {
            return routing == null ? null : watch;
        }
        watched = routing;
        try {
            watch = routing.watch();
        } catch (Throwable e) {
            warnings.threw("the router of gate \"" + config.name() + "\"", e);
            watch = null;
        }
        return watch;
    }

    @SuppressWarnings("ReferenceEquality") // as above
    private @Nullable Watch labels(Router.Routing routing) {
        if (routing == asked) {
            return labels;
        }
        asked = routing;
        try {
            labels = routing.labels();
        } catch (Throwable e) {
            warnings.threw("the router of gate \"" + config.name() + "\"", e);
            labels = null;
        }
        return labels;
    }

    private Optional<Fallback.Rescue<O>> constant(Fallback<I, O> fallback) {
        try {
            return fallback.constant(Cause.KILLED);
        } catch (Throwable e) {
            warnings.threw("the ladder of gate \"" + config.name() + "\"", e);
            return Optional.empty();
        }
    }

    private GateState.@Nullable KilledAnswer<O> killedAnswer() {
        Fallback<I, O> fallback = config.fallback();
        Optional<Fallback.Rescue<O>> constant = fallback == null ? Optional.empty() : constant(fallback);
        return constant.map(rescue -> new GateState.KilledAnswer<O>(
                        new Outcome.FellBack<>(rescue.answer(), rescue.rung(), null, Cause.KILLED, null, null),
                        outcomes.counter(null, rescue.rung(), Cause.KILLED)))
                .orElse(null);
    }

    /** What this process lacked when it last compiled; empty when it lacked nothing. */
    Optional<String> lack() {
        return Optional.ofNullable(lack);
    }
}
