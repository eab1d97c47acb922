package io.modelgate.redis.chaos;

import io.modelgate.redis.chaos.Violation.Rule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds each call of one process against the states that it can have been served from: the last one that the process had confirmed before
 * the call, and those that it was given since.
 *
 * <p>A kill counts from its confirmation, from the return of {@code kill} in the process that made it, or from the end of the repair that
 * restored it, until the process has been given a revive of it; a restart does not end it, except for one that was not acknowledged yet, and for one of others that the process had no room
 * for on its disk and so has not confirmed to anybody.
 */
final class ServingCheck {

    /** How many confirmations back a state may have been given and still come into force: two threads bring entries. */
    private static final int RECENT = 8;

    private static final int MOST = 20;

    private final Chains chains;
    private final List<Violation> violations;
    private final Map<String, State.Killed> inForce = new HashMap<>();
    private final Set<String> durable = new HashSet<>();

    private Life life;
    private int appliedSoFar;
    private int killsSoFar;
    private Chains.Link confirmed;
    private final Map<Long, Set<Chains.Link>> known = new HashMap<>();

    ServingCheck(Chains chains, List<Violation> violations) {
        this.chains = chains;
        this.violations = violations;
    }

    void check(List<Life> process) {
        for (Life each : process) {
            begin(each);
            for (Life.Call call : each.calls) {
                advance(call.begin());
                judge(call);
            }
            advance(Long.MAX_VALUE);
            each.acknowledged.forEach(one -> durable.add(one.id()));
            each.owed.forEach(one -> durable.add(one.id()));
            if (!each.withoutRoom) {
                each.restored.forEach(one -> durable.add(one.id()));
            }
            inForce.keySet().retainAll(durable);
        }
    }

    private void begin(Life next) {
        life = next;
        appliedSoFar = 0;
        killsSoFar = 0;
        confirmed = null;
        known.clear();
    }

    /** Takes what had happened up to a stamp. */
    private void advance(long stamp) {
        while (true) {
            long applied = appliedSoFar < life.applied.size()
                    ? life.applied.get(appliedSoFar).stamp()
                    : Long.MAX_VALUE;
            long killed = killsSoFar < life.inForce.size()
                    ? life.inForce.get(killsSoFar).stamp()
                    : Long.MAX_VALUE;
            if (Math.min(applied, killed) >= stamp) {
                return;
            }
            if (applied < killed) {
                confirm(life.applied.get(appliedSoFar++));
            } else {
                Life.Arrived kill = life.inForce.get(killsSoFar++);
                if (confirmed == null || !confirmed.state().releases(kill.id())) {
                    inForce.put(kill.id(), kill.scope());
                }
            }
        }
    }

    private void confirm(Life.Applied applied) {
        Chains.Link link = chains.link(applied.hash()).orElse(null);
        if (link == null) {
            broken(Rule.CHAIN, "confirmed entry " + applied.seq() + ", the chain to which is not whole");
            return;
        }
        confirmed = link;
        inForce.keySet().removeIf(link.state()::releases);
        inForce.putAll(link.state().engaged());
        if (!life.withoutRoom) {
            durable.addAll(link.state().engaged().keySet());
        }
    }

    private void judge(Life.Call call) {
        Set<Chains.Link> states = states(call);
        for (String version : call.started()) {
            inForce.forEach((id, scope) -> {
                if (scope.bears(call.gate(), version)
                        && states.stream().noneMatch(s -> s.state().releases(id))) {
                    broken(
                            Rule.STARTED,
                            version + " was started while " + id + " was in force: " + call + " after " + confirmed);
                }
            });
        }
        if (!call.routed().equals("-") && confirmed != null && states.stream().noneMatch(s -> sends(s.state(), call))) {
            broken(Rule.COHORT, "nothing sends this caller to " + call.routed() + ": " + call + " after " + confirmed);
        }
    }

    /** Whether a state sends the caller there; from a candidate that is killed it goes to stable. */
    private boolean sends(State state, Life.Call call) {
        String cohort = state.cohort(call.gate(), call.caller());
        return cohort.equals(call.routed())
                || (call.routed().equals(state.stable(call.gate())) && killed(state, call, cohort));
    }

    private boolean killed(State state, Life.Call call, String version) {
        return state.engaged().values().stream().anyMatch(scope -> scope.bears(call.gate(), version))
                || inForce.values().stream().anyMatch(scope -> scope.bears(call.gate(), version))
                || life.killing.stream()
                        .anyMatch(kill -> kill.begin() < call.end()
                                && life.returned(kill) > call.begin()
                                && kill.scope().bears(call.gate(), version))
                || life.arrived.stream()
                        .anyMatch(kill -> kill.stamp() < call.end()
                                && kill.scope().bears(call.gate(), version)
                                && !confirmed.state().releases(kill.id()));
    }

    /** The states that a call can have been served from. */
    private Set<Chains.Link> states(Life.Call call) {
        int from = given(
                appliedSoFar >= RECENT ? life.applied.get(appliedSoFar - RECENT).stamp() : 0);
        int to = given(call.end());
        return known.computeIfAbsent(((long) appliedSoFar << 40) + ((long) from << 20) + to, key -> {
            Set<Chains.Link> links = new LinkedHashSet<>();
            if (confirmed != null) {
                links.add(confirmed);
            }
            for (Life.Given given : life.given.subList(from, to)) {
                Chains.Link link = chains.link(given.hash()).orElse(null);
                for (int i = 0; link != null && i < given.count(); i++) {
                    if (confirmed != null && confirmed.reaches(link)) {
                        break;
                    }
                    links.add(link);
                    link = link.before().orElse(null);
                }
            }
            return links;
        });
    }

    /** How many batches were given up to a stamp. */
    private int given(long stamp) {
        int low = 0;
        int high = life.given.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (life.given.get(middle).stamp() <= stamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void broken(Rule rule, String what) {
        if (violations.stream().filter(v -> v.rule() == rule).count() < MOST) {
            violations.add(new Violation(rule, life.name + ": " + what));
        }
    }
}
