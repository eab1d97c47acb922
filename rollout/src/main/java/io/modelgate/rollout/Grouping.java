package io.modelgate.rollout;

import io.modelgate.Caller;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One attribute by which a policy's guardrails look at groups: all groups that any of them names, and what there is to count of each.
 * Immutable.
 *
 * @param attribute the attribute
 * @param groups its values, in the order in which the guardrails name them
 * @param firstCalls whether any of them counts callers' first calls
 * @param firstOf the metrics and labels of which any of them counts callers' first
 * @param latencies whether any of them is about latency
 */
record Grouping(
        String attribute,
        List<String> groups,
        boolean firstCalls,
        Set<String> firstOf,
        boolean latencies,
        Map<String, Integer> numbers) {

    /** The most attributes of one policy: their groups' numbers share one long with the caller's place. */
    static final int MOST = 4;

    Grouping {
        groups = List.copyOf(groups);
        firstOf = Set.copyOf(firstOf);
        numbers = Map.copyOf(numbers);
    }

    /** The groupings of a policy's guardrails, in their order. */
    static List<Grouping> of(List<Guardrail> guardrails) {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (Guardrail guardrail : guardrails) {
            Groups by = guardrail.by();
            if (by != null) {
                groups.computeIfAbsent(by.attribute(), attribute -> new LinkedHashSet<>())
                        .addAll(by.groups());
            }
        }
        return groups.entrySet().stream()
                .map(each -> of(
                        each.getKey(),
                        List.copyOf(each.getValue()),
                        guardrails.stream()
                                .filter(guardrail -> by(guardrail, each.getKey()))
                                .toList()))
                .toList();
    }

    private static boolean by(Guardrail guardrail, String attribute) {
        Groups by = guardrail.by();
        return by != null && by.attribute().equals(attribute);
    }

    private static Grouping of(String attribute, List<String> groups, List<Guardrail> guardrails) {
        Map<String, Integer> numbers = new HashMap<>();
        groups.forEach(group -> numbers.put(group, numbers.size() + 1));
        return new Grouping(
                attribute,
                groups,
                guardrails.stream().anyMatch(Wanted::countsFirstCalls),
                guardrails.stream()
                        .filter(Wanted::countsFirstCalls)
                        .flatMap(each -> Stream.ofNullable(each.metric()))
                        .collect(Collectors.toSet()),
                guardrails.stream().anyMatch(each -> each.kind() == Guardrail.Kind.LATENCY),
                numbers);
    }

    /** The number, from 1, of the caller's group; 0 if it is in none. On the hot path. */
    int number(Caller caller) {
        @Nullable String value = caller.attributeOrNull(attribute);
        Integer number = value == null ? null : numbers.get(value);
        return number == null ? 0 : number;
    }

    Group group(int number) {
        return new Group(attribute, groups.get(number - 1));
    }
}
