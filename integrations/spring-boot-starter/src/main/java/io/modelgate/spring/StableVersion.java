package io.modelgate.spring;

import io.modelgate.spring.VersionBeans.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which of several versions is stable, as far as annotations say it. */
final class StableVersion {

    private StableVersion() {}

    /** The bean of the only version, of the one that is primary, or of the first in order; empty if nothing says it, or several do. */
    static String preferred(List<Candidate> versions) {
        if (versions.size() == 1) {
            return versions.get(0).bean();
        }
        List<Candidate> primary = versions.stream().filter(Candidate::primary).toList();
        if (!primary.isEmpty()) {
            return primary.size() == 1 ? primary.get(0).bean() : "";
        }
        SortedMap<Integer, List<String>> byOrder = new TreeMap<>();
        for (Candidate version : versions) {
            if (version.order() != null) {
                byOrder.computeIfAbsent(version.order(), any -> new ArrayList<>())
                        .add(version.bean());
            }
        }
        List<String> first = byOrder.values().stream().findFirst().orElse(List.of());
        return first.size() == 1 ? first.get(0) : "";
    }
}
