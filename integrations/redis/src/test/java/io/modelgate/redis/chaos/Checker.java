package io.modelgate.redis.chaos;

import io.modelgate.control.Entry;
import io.modelgate.redis.chaos.Violation.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Holds the journals of all processes of a fleet against the rules. */
final class Checker {

    /** The number of the last report, which is asked for when everything is healed. */
    static final String LAST = "last";

    /**
     * What a shared budget allows.
     *
     * @param most the ceiling, with the overshoot that its configuration states
     */
    record Bound(String account, long most) {}

    private final Chains chains = new Chains();
    private final Map<String, List<Life>> lives = new TreeMap<>();
    private final List<Bound> bounds;
    private final List<Violation> violations = new ArrayList<>();
    private Optional<List<Entry>> stream = Optional.empty();
    private Set<String> ended = Set.of();

    Checker(Map<String, List<String>> journals, List<Bound> bounds) {
        journals.forEach((name, lines) -> lives.put(name, Life.read(name, lines, chains::add)));
        this.bounds = bounds;
    }

    /** What the store of the log holds in the end. */
    void stream(List<Entry> entries) {
        stream = Optional.of(entries);
    }

    List<Violation> check() {
        Chains.Link end = end();
        if (end != null) {
            stream.filter(entries -> !entries.equals(Chains.upTo(end)))
                    .ifPresent(entries -> broken(
                            Rule.CHAIN,
                            "the store holds " + entries.size() + " entries that are not the " + end.seq()
                                    + " of the processes"));
            acknowledged(end);
        }
        for (List<Life> process : lives.values()) {
            new ServingCheck(chains, violations).check(process);
        }
        for (Bound bound : bounds) {
            long spent = spent(bound.account());
            if (spent > bound.most()) {
                broken(Rule.BUDGET, bound.account() + ": spent " + spent + " of at most " + bound.most());
            }
        }
        return violations;
    }

    /** How much there was to judge, so that nobody takes silence for proof. */
    String figures() {
        List<Life> all = lives.values().stream().flatMap(Collection::stream).toList();
        Set<String> acknowledged = new HashSet<>();
        all.forEach(life -> life.acknowledged.forEach(each -> acknowledged.add(each.id())));
        long lost = chains.all().stream()
                .filter(entry -> !ended.contains(entry.hash()))
                .count();
        long reports = chains.all().stream()
                .filter(entry -> entry.type().equals("fork"))
                .count();
        return all.size() + " lives of " + lives.size() + " processes, "
                + all.stream().mapToLong(life -> life.calls.size()).sum() + " calls, "
                + all.stream().mapToLong(life -> life.applied.size()).sum() + " confirmations, "
                + all.stream().mapToLong(life -> life.kills.size()).sum() + " kills, "
                + acknowledged.size() + " acknowledged entries, "
                + lost + " entries on forks that gave way, "
                + reports + " reports of forks, "
                + bounds.stream()
                        .map(bound ->
                                spent(bound.account()) + " of " + bound.most() + " spent under " + bound.account())
                        .collect(Collectors.joining(", "));
    }

    private Chains.Link end() {
        Map<String, Life.Report> last = new TreeMap<>();
        lives.forEach((name, process) -> process.get(process.size() - 1).reports.stream()
                .filter(report -> report.number().equals(LAST))
                .reduce((before, after) -> after)
                .ifPresentOrElse(
                        report -> last.put(name, report), () -> broken(Rule.CHAIN, name + " made no last report")));
        if (last.isEmpty()) {
            return null;
        }
        Map<String, List<String>> heads = new TreeMap<>();
        last.forEach((name, report) -> heads.computeIfAbsent(report.seq() + " " + report.hash(), h -> new ArrayList<>())
                .add(name));
        if (heads.size() > 1) {
            broken(Rule.CHAIN, "the processes end with different chains: " + heads);
        }
        Life.Report first = last.values().iterator().next();
        Chains.Link end = chains.link(first.hash()).orElse(null);
        if (end == null || end.seq() != first.seq()) {
            broken(Rule.CHAIN, "the chain to entry " + first.seq() + " is not whole");
            return null;
        }
        last.forEach((name, report) -> {
            if (!report.settled()) {
                broken(Rule.STATE, name + " has not applied or not stored everything");
            }
            if (!report.state().equals(end.state().report())) {
                broken(
                        Rule.STATE,
                        name + " is in state " + report.state() + ", the log says "
                                + end.state().report());
            }
        });
        return end;
    }

    private void acknowledged(Chains.Link end) {
        Set<String> stored = new HashSet<>();
        Set<String> named = new HashSet<>();
        List<Entry> whole = Chains.upTo(end);
        whole.forEach(entry -> stored.add(entry.decision().id()));
        ended = whole.stream().map(Entry::hash).collect(Collectors.toSet());
        named(stored, named);
        lives.forEach((name, process) -> {
            for (Life life : process) {
                for (Life.Acknowledged each : life.acknowledged) {
                    boolean kill = each.type().equals("kill");
                    if (!stored.contains(each.id()) && (kill || !named.contains(each.id()))) {
                        broken(
                                kill ? Rule.KILL : Rule.ACKNOWLEDGED,
                                each.type() + " " + each.id() + " was acknowledged to " + life.name
                                        + " and is missing");
                    }
                }
                for (Life.Acknowledged each : life.owed) {
                    if (each.type().equals("kill") && !stored.contains(each.id())) {
                        broken(Rule.KILL, "kill " + each.id() + " was durable in " + life.name + " and is missing");
                    }
                }
            }
            Life last = process.get(process.size() - 1);
            for (Life.Kill kill : last.kills) {
                if (!stored.contains(kill.id())) {
                    broken(Rule.KILL, "kill " + kill.id() + " of " + last.name + ", which lives, is missing");
                }
            }
        });
    }

    /** The ids that entries about forks name; such an entry may itself have been lost and named. */
    private void named(Set<String> stored, Set<String> named) {
        Map<String, Set<String>> forks = new HashMap<>();
        for (Entry entry : chains.all()) {
            if (entry.type().equals("fork")) {
                Set<String> words = new HashSet<>();
                words(entry.decision().data(), words);
                forks.put(entry.decision().id(), words);
            }
        }
        List<String> open = new ArrayList<>(stored);
        while (!open.isEmpty()) {
            for (String word : forks.getOrDefault(open.remove(open.size() - 1), Set.of())) {
                if (named.add(word)) {
                    open.add(word);
                }
            }
        }
    }

    private static void words(Object data, Set<String> into) {
        if (data instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                into.add(String.valueOf(key));
                words(value, into);
            });
        } else if (data instanceof Collection<?> list) {
            list.forEach(each -> words(each, into));
        } else {
            into.addAll(List.of(String.valueOf(data).split("[\\s,]+")));
        }
    }

    private long spent(String account) {
        return lives.values().stream()
                .flatMap(Collection::stream)
                .flatMap(life -> life.spends.stream())
                .filter(spend -> spend.account().equals(account))
                .mapToLong(Life.Spend::amount)
                .sum();
    }

    private void broken(Rule rule, String what) {
        violations.add(new Violation(rule, what));
    }
}
