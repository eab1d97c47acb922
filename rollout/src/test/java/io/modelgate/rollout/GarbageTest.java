package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Router;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in the log, the fold does not throw, and two folds agree. */
class GarbageTest {

    private static final List<String> TYPES = List.of(
            "rollout",
            "rollout",
            "rollout-weight",
            "rollout-end",
            "rollout-abort",
            "rollout-pause",
            "rollout-resume",
            "rollout-wait",
            "rollout-approve",
            "rollout-alert",
            "rollout-soak",
            "rollout-checkpoint",
            "version-registered",
            "rollback-rehearsed",
            "kill",
            "revive",
            "promote",
            "rollback",
            "declare",
            "drill");
    private static final List<String> NAMES = List.of(
            "rollout",
            "version",
            "weight",
            "salt",
            "allow",
            "deny",
            "only",
            "force",
            "kills",
            "attribute",
            "from",
            "to",
            "policy",
            "baseline",
            "step",
            "record",
            "evidence",
            "elapsed",
            "instance");

    private static final Map<String, Object> POLICY = Rig.policy().data();

    private static final List<Object> VALUES = List.of(
            "r-1",
            "r-2",
            "v1",
            "v2",
            "v3",
            "",
            "0123456789abcdef",
            "0123456789ABCDEF",
            "xyz",
            "region",
            0L,
            1L,
            50_000L,
            100_000L,
            100_001L,
            -1L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            true,
            List.of(),
            List.of("e-1", "e-2", "e-3"),
            List.of(1L),
            List.of(List.of()),
            Map.of(),
            Map.of("region", List.of("eu")),
            Map.of("region", "eu"),
            Map.of("region", List.of(7L)),
            Map.of("region", List.of()),
            Map.of("region", List.of("eu"), "segment", List.of("staff")));

    @Test
    void anySequenceOfEntriesFoldsAndFoldsTheSameTwice() {
        for (long seed = 0; seed < 300; seed++) {
            List<Entry> entries = garbage(new Random(seed), 100);
            Router.Routing one = Log.fresh();
            for (Entry entry : entries) {
                one = one.apply(entry);
                one.toCandidate(Caller.of("user-1").with("region", "eu"));
            }
            Router.Routing two = Log.fold(entries, Log.IDENTITIES);
            assertThat(two.candidate()).as("seed %d", seed).isEqualTo(one.candidate());
            for (Caller caller : callers()) {
                assertThat(two.toCandidate(caller)).as("seed %d", seed).isEqualTo(one.toCandidate(caller));
            }
        }
    }

    @Test
    void noSequenceOfEntriesRoutesToAKilledOrAbsentCandidate() {
        int routed = 0;
        for (long seed = 0; seed < 300; seed++) {
            Router.Routing routing = Log.fresh();
            Map<String, String> kills = new HashMap<>();
            for (Entry entry : garbage(new Random(seed), 100)) {
                routing = routing.apply(entry);
                if (entry.gate().equals(Log.GATE)) {
                    if (entry.type().equals("kill")
                            && entry.text("version") != null
                            && entry.text("attribute") == null) {
                        kills.put(entry.decision().id(), entry.text("version"));
                    } else if (entry.type().equals("revive")) {
                        entry.texts("kills").forEach(kills::remove);
                    }
                }
                String candidate = routing.candidate();
                for (Caller caller : callers()) {
                    if (routing.toCandidate(caller)) {
                        routed++;
                        assertThat(candidate).as("seed %d", seed).isNotNull();
                        assertThat(kills.values())
                                .as("seed %d, %s", seed, entry)
                                .doesNotContain(candidate);
                    }
                }
            }
        }
        assertThat(routed)
                .as("calls to a candidate, without which this proves nothing")
                .isGreaterThan(10_000);
    }

    private static List<Caller> callers() {
        List<Caller> callers =
                new ArrayList<>(List.of(Caller.anonymous(), Caller.anonymous().with("region", "eu")));
        for (int i = 0; i < 10; i++) {
            callers.add(Caller.of("user-" + i));
            callers.add(Caller.of("user-" + i).with("region", "eu"));
        }
        return callers;
    }

    private static List<Entry> garbage(Random random, int length) {
        List<Entry> entries = new ArrayList<>();
        for (int seq = 1; seq <= length; seq++) {
            String type = pick(random, TYPES);
            Map<String, Object> data = new HashMap<>();
            if (random.nextInt(4) > 0) { // well-formed but for what follows
                data.put("version", "v" + (1 + random.nextInt(3)));
                data.put("rollout", "r-" + (1 + random.nextInt(2)));
                data.put("weight", (long) random.nextInt(100_001));
                data.put("salt", "0123456789abcdef");
                data.put("to", "v1");
                data.put("from", "v" + (1 + random.nextInt(3)));
                data.put("step", (long) random.nextInt(3));
                data.put("holdback", (long) random.nextInt(100_001));
                data.put("hold", (long) random.nextInt(100));
                data.put("alert", (long) random.nextInt(3));
                if (random.nextBoolean()) {
                    data.put("baseline", "v1");
                    data.put("policy", POLICY);
                    data.put("weight", random.nextBoolean() ? 1_000L : random.nextBoolean() ? 10_000L : 50_000L);
                }
                data.put("kills", List.of("e-" + random.nextInt(100), "e-" + random.nextInt(100)));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                data.put(pick(random, NAMES), pick(random, VALUES));
            }
            String gate = random.nextInt(10) == 0 ? "*" : random.nextInt(10) == 0 ? "other" : Log.GATE;
            entries.add(Log.entry(seq, "e-" + seq, type, gate, data));
        }
        return entries;
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollout", "version", "weight", "salt"})
    void aRolloutThatLacksAPartDoesNotStart(String part) {
        Map<String, Object> data = Log.startData("r", "v2", 100_000);
        data.remove(part);
        assertThat(new Log().write("rollout", data).routing().candidate()).isNull();
    }

    @Test
    void aRolloutWithOneMalformedPartDoesNotStart() {
        Map<String, List<Object>> malformed = Map.of(
                "weight", List.of(-1L, 100_001L, "1"),
                "salt", List.of("", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdeg", 1L),
                "allow", List.of("x", List.of(1L), Map.of()),
                "deny", List.of("x", List.of(1L), Map.of()),
                "only", List.of("x", List.of(), Map.of("region", "eu"), Map.of("region", List.of(1L))),
                "force", List.of("x", List.of(), Map.of("region", "eu"), Map.of("region", List.of(1L))));
        malformed.forEach((part, values) -> {
            for (Object value : values) {
                Log log = new Log().startWith(100_000, Map.of(part, value));
                assertThat(log.routing().candidate()).as("%s: %s", part, value).isNull();
            }
        });
    }

    @Test
    void aMalformedWeightChangesNothing() {
        for (Object weight : Set.of(-1L, 100_001L, Long.MAX_VALUE, "5", true)) {
            Log log = new Log().start("r", "v2", 100_000);
            log.write("rollout-weight", Map.of("rollout", "r", "weight", weight));
            assertThat(log.cohort(10)).isEqualTo(10);
        }
    }
}
