package io.modelgate.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Made-up traffic of the groups of one attribute, counted as a watch counts it, and a book to look at all of it. */
final class GroupRig {

    static final String ATTRIBUTE = "region";

    final EvidenceBook book;
    final List<EvidenceRig> groups;

    /** Of callers who are in none of the groups. */
    final EvidenceRig others;

    GroupRig(long seed, EvidenceBook book, int groups) {
        this.book = book;
        EvidenceBook nobodys = EvidenceRig.book(0.05, Guardrail.sampleRatio());
        this.groups = IntStream.range(0, groups)
                .mapToObj(i -> new EvidenceRig(seed * 1_000 + i, nobodys))
                .toList();
        others = new EvidenceRig(seed * 1_000 + groups, nobodys);
    }

    static String[] names(int groups) {
        return IntStream.range(0, groups).mapToObj(i -> "g" + i).toArray(String[]::new);
    }

    GroupRig begin(double share) {
        groups.forEach(EvidenceRig::clear);
        others.clear();
        book.begin(share, share > 0 && share < 1);
        return this;
    }

    StepCounts counts() {
        Map<Group, StepCounts> counts = new HashMap<>();
        StepCounts all = others.counts();
        for (int i = 0; i < groups.size(); i++) {
            StepCounts each = groups.get(i).counts();
            counts.put(new Group(ATTRIBUTE, "g" + i), each);
            all = CountSums.plus(all, each);
        }
        return new StepCounts(all.stable(), all.candidate(), all.byRule(), 0, counts);
    }

    GroupRig look() {
        book.look(counts());
        return this;
    }

    Evidence evidence(String name) {
        return book.evidence().stream()
                .filter(each -> each.guardrail().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
