package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is in the cohort. */
class CohortsTest {

    private final Log log = new Log();

    private static Map<String, Object> lists(List<String> allow, List<String> deny) {
        return Map.of(
                "allow", allow.stream().map(Log.IDENTITIES::hash).toList(),
                "deny", deny.stream().map(Log.IDENTITIES::hash).toList());
    }

    private List<String> cohort() {
        List<String> cohort = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (log.toCandidate("user-" + i)) {
                cohort.add("user-" + i);
            }
        }
        return cohort;
    }

    @Test
    void withoutARolloutThereIsNoCandidate() {
        assertThat(log.routing().candidate()).isNull();
        assertThat(log.cohort(1_000)).isZero();
    }

    @Test
    void theWeightIsTheShareOfTheCallers() {
        log.start("r", "v2", 10_000);
        assertThat(log.routing().candidate()).isEqualTo("v2");
        assertThat(log.cohort(100_000)).isBetween(9_600, 10_400);
        assertThat(log.weight("r", 0).cohort(10_000)).isZero();
        assertThat(log.weight("r", 100_000).cohort(10_000)).isEqualTo(10_000);
    }

    @Test
    void theCohortIsEveryBucketBelowTheWeight() {
        for (int i = 0; i < 1_000; i++) {
            String key = "user-" + i;
            int bucket = Spots.bucket(Caller.of(key).keyHash(), Spots.salt("r"));
            assertThat(new Log().start("r", "v2", bucket).toCandidate(key)).isFalse();
            assertThat(new Log().start("r", "v2", bucket + 1).toCandidate(key)).isTrue();
        }
    }

    @Test
    void raisingTheWeightOnlyAddsCallersAndLoweringTakesTheLastAddedFirst() {
        log.start("r", "v2", 0);
        List<List<String>> rising = new ArrayList<>();
        int[] weights = {1, 100, 1_000, 5_000, 5_001, 25_000, 50_000, 99_999, 100_000};
        for (int weight : weights) {
            log.weight("r", weight);
            List<String> cohort = cohort();
            if (!rising.isEmpty()) {
                assertThat(new HashSet<>(cohort).containsAll(rising.get(rising.size() - 1)))
                        .as("raised to %d", weight)
                        .isTrue();
            }
            rising.add(cohort);
        }
        for (int i = weights.length - 1; i >= 0; i--) {
            log.weight("r", weights[i]);
            assertThat(cohort()).isEqualTo(rising.get(i));
        }
    }

    @Test
    void aRestartAndAnotherProcessRouteTheSame() {
        log.start("r", "v2", 1_000).weight("r", 30_000);
        Set<String> before = new HashSet<>(cohort());
        var replayed = Log.fold(log.entries, Log.IDENTITIES);
        for (int i = 0; i < 10_000; i++) {
            String key = "user-" + i;
            assertThat(replayed.toCandidate(Caller.of(key))).isEqualTo(before.contains(key));
        }
    }

    @Test
    void sessionAndAttributesDoNotMoveACaller() {
        log.start("r", "v2", 50_000);
        for (int i = 0; i < 1_000; i++) {
            Caller caller = Caller.of("user-" + i);
            assertThat(log.routing().toCandidate(caller.session("s-" + i).with("region", "eu")))
                    .isEqualTo(log.routing().toCandidate(caller));
        }
    }

    @Test
    void theNextRolloutHasOtherCallers() {
        List<String> first = log.start("r-1", "v2", 10_000).routing().candidate() == null ? List.of() : cohort();
        log.end("r-1").start("r-2", "v2", 10_000);
        List<String> both = new ArrayList<>(cohort());
        both.retainAll(first);
        assertThat(both).hasSizeBetween(50, 150); // a tenth of a tenth of 10,000
    }

    @Test
    void aCallerWithoutAKeyGetsStable() {
        log.start("r", "v2", 100_000);
        assertThat(log.routing().toCandidate(Caller.anonymous())).isFalse();
        assertThat(log.routing().toCandidate(Caller.anonymous().session("s-1"))).isFalse();
    }

    @Test
    void allowedCallersGoToTheCandidateAndDeniedOnesNever() {
        log.startWith(0, lists(List.of("qa-1", "qa-2"), List.of("vip-7")));
        assertThat(log.toCandidate("qa-1")).isTrue();
        assertThat(log.toCandidate("qa-2")).isTrue();
        assertThat(log.toCandidate("vip-7")).isFalse();
        assertThat(log.toCandidate("user-1")).isFalse();
        log.weight("r", 100_000);
        assertThat(log.toCandidate("vip-7")).isFalse();
        assertThat(log.toCandidate("user-1")).isTrue();
        assertThat(log.routing().toCandidate(Caller.anonymous())).isFalse();
    }

    @Test
    void theDenyListIsStrongerThanTheAllowListAndAForcedSegment() {
        Map<String, Object> rules = new HashMap<>(lists(List.of("both"), List.of("both", "vip-7")));
        rules.put("force", Map.of("segment", List.of("staff")));
        log.startWith(100_000, rules);
        assertThat(log.toCandidate("both")).isFalse();
        assertThat(log.routing().toCandidate(Caller.of("vip-7").with("segment", "staff")))
                .isFalse();
    }

    @Test
    void aForcedSegmentNeedsNoWeightAndNoKeyAndIsStrongerThanALimit() {
        log.startWith(
                0,
                Map.of("force", Map.of("segment", List.of("staff", "beta")), "only", Map.of("region", List.of("eu"))));
        assertThat(log.routing().toCandidate(Caller.of("user-1").with("segment", "staff")))
                .isTrue();
        assertThat(log.routing().toCandidate(Caller.anonymous().with("segment", "beta")))
                .isTrue();
        assertThat(log.routing().toCandidate(Caller.of("user-1").with("segment", "other")))
                .isFalse();
        assertThat(log.routing().toCandidate(Caller.of("user-1").with("region", "eu")))
                .isFalse();
    }

    @Test
    void anAllowedCallerNeedNotMeetALimit() {
        Map<String, Object> rules = new HashMap<>(lists(List.of("qa-1"), List.of()));
        rules.put("only", Map.of("region", List.of("eu")));
        log.startWith(0, rules);
        assertThat(log.toCandidate("qa-1")).isTrue();
    }

    @Test
    void everyLimitMustBeMet() {
        log.startWith(100_000, Map.of("only", Map.of("region", List.of("eu", "us"), "tenant", List.of("acme"))));
        Caller caller = Caller.of("user-1");
        assertThat(log.routing().toCandidate(caller.with("region", "eu").with("tenant", "acme")))
                .isTrue();
        assertThat(log.routing().toCandidate(caller.with("region", "us").with("tenant", "acme")))
                .isTrue();
        assertThat(log.routing().toCandidate(caller.with("region", "ch").with("tenant", "acme")))
                .isFalse();
        assertThat(log.routing().toCandidate(caller.with("region", "eu"))).isFalse();
        assertThat(log.routing().toCandidate(caller)).isFalse();
        assertThat(log.routing()
                        .toCandidate(Caller.anonymous().with("region", "eu").with("tenant", "acme")))
                .isFalse();
    }

    @Test
    void aLimitLeavesTheWeightToItsSegment() {
        log.startWith(10_000, Map.of("only", Map.of("region", List.of("eu"))));
        int inside = 0;
        for (int i = 0; i < 10_000; i++) {
            inside += log.routing().toCandidate(Caller.of("user-" + i).with("region", "eu")) ? 1 : 0;
        }
        assertThat(inside).isBetween(850, 1_150);
    }

    @Test
    void theListsAreKeyedHashesThatMatchNobodyOnceTheSecretIsGone() {
        log.startWith(0, lists(List.of("qa-1"), List.of("vip-7")));
        assertThat(log.entries.toString()).doesNotContain("qa-1", "vip-7");
        var erased = Log.fold(log.entries, Log.identities("another secret, as after erasure"));
        assertThat(erased.toCandidate(Caller.of("qa-1"))).isFalse();
        assertThat(erased.apply(log.weight("r", 100_000).entries.get(1)).toCandidate(Caller.of("vip-7")))
                .isTrue();
    }

    @Test
    void keysOfEqualHashAreToldApartOnTheLists() {
        String[] twins = twins();
        assertThat(Caller.of(twins[0]).keyHash()).isEqualTo(Caller.of(twins[1]).keyHash());
        log.startWith(0, lists(List.of(twins[0]), List.of()));
        for (int i = 0; i < 10; i++) {
            assertThat(log.toCandidate(twins[0])).isTrue();
            assertThat(log.toCandidate(twins[1])).isFalse();
        }
    }

    /** Two different keys with the same murmur3 hash. */
    private static String[] twins() {
        int keys = 400_000;
        long[] byHash = new long[keys];
        for (int i = 0; i < keys; i++) {
            byHash[i] = (long) Caller.of("twin-" + i).keyHash() << 32 | i;
        }
        Arrays.sort(byHash);
        for (int i = 1; i < keys; i++) {
            if (byHash[i] >> 32 == byHash[i - 1] >> 32) {
                return new String[] {"twin-" + (int) byHash[i], "twin-" + (int) byHash[i - 1]};
            }
        }
        throw new AssertionError("no two of " + keys + " keys collide");
    }

    @Test
    void moreCallersThanTheMemoryHoldsGetExactVerdicts() {
        log.startWith(0, lists(List.of("user-17", "user-39999"), List.of()));
        for (int round = 0; round < 2; round++) {
            List<String> cohort = new ArrayList<>();
            for (int i = 0; i < 40_000; i++) {
                if (log.toCandidate("user-" + i)) {
                    cohort.add("user-" + i);
                }
            }
            assertThat(cohort).containsExactly("user-17", "user-39999");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"promote", "rollback"})
    void aChangeOfStableEndsTheRollout(String type) {
        for (String version : List.of("v2", "v1", "v3")) {
            Log log = new Log();
            log.start("r", "v2", 100_000).write(type, Map.of("version", version, "from", "v2", "to", version));
            assertThat(log.routing().candidate()).isNull();
            assertThat(log.weight("r", 100_000).cohort(100)).isZero();
        }
    }

    @Test
    void aSecondRolloutDoesNotDisplaceTheFirst() {
        log.start("first", "v2", 10_000);
        List<String> cohort = cohort();
        log.start("second", "v3", 100_000).weight("second", 100_000).end("second");
        assertThat(log.routing().candidate()).isEqualTo("v2");
        assertThat(cohort()).isEqualTo(cohort);
    }

    @Test
    void anEndedRolloutTakesNoMoreWeights() {
        log.start("r", "v2", 10_000).end("r").weight("r", 100_000);
        assertThat(log.routing().candidate()).isNull();
        assertThat(log.cohort(100)).isZero();
    }

    @Test
    void anEntryThatConcernsItNotLeavesTheSameRouting() {
        log.start("r", "v2", 10_000);
        var routing = log.routing();
        Map<String, Object> end = Map.of("rollout", "r");
        for (Entry entry : List.of(
                Log.entry(9, "e", "rollout-end", "another-gate", end),
                Log.entry(9, "e", "rollout-end", "*", end),
                Log.entry(9, "e", "rollout-end", Log.GATE, Map.of("rollout", "other")),
                Log.entry(9, "e", "declare", Log.GATE, Map.of("stable", "v2")),
                Log.entry(9, "e", "revive", Log.GATE, Map.of("kills", List.of("k"))),
                Log.entry(9, "e", "drill", Log.GATE, Map.of()))) {
            assertThat(routing.apply(entry)).as("%s", entry).isSameAs(routing);
        }
    }
}
