package io.modelgate.testkit;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the kit appends. */
final class Decisions {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00.123Z");

    private Decisions() {}

    static Decision kill(String id) {
        return decision(
                id, "approval rate fell", Map.of("version", "v2", "matches", 7L, "where", List.of("region", "eu")));
    }

    static Decision decision(String id, String reason, Map<String, Object> data) {
        return new Decision(id, AT, "kill", true, "credit-risk", "alice", "asserted", reason, data);
    }

    static List<Decision> kills(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> kill(prefix + i)).toList();
    }

    static List<String> ids(List<Entry> entries) {
        return entries.stream().map(entry -> entry.decision().id()).toList();
    }

    static List<Entry> all(ControlLog log) {
        return log.read(0, Integer.MAX_VALUE);
    }

    /** Whatever a careless writer or reader of lines would stumble over. */
    static List<Decision> unusual() {
        List<String> texts = List.of(
                "\"quoted\", 'quoted', \\ and / and {[]}",
                "line\nline\r\ntab\tnull\u0000escape\u001b delete\u007f next\u0085 csi\u009b",
                "separators \u2028 \u2029, marks \ufeff \ufffd \uffff",
                "Z\u00fcrich \u6771\u4eac \ud83d\ude00",
                "half a pair \ud83d, the other half \ude00, swapped \ude00\ud83d",
                "\",\"hash\":\"" + "0".repeat(64) + "\"}",
                "x".repeat(1 << 20));
        List<Decision> decisions = new ArrayList<>();
        for (String text : texts) {
            decisions.add(decision("t" + decisions.size(), text, Map.of(text, List.of(text, Map.of("", text)))));
        }
        decisions.add(new Decision(
                "A.b_c-9",
                Instant.parse("9999-12-31T23:59:59.999Z"),
                "unknown.type",
                false,
                "*",
                "\"",
                "\n",
                "",
                Map.of()));
        decisions.add(decision(
                "numbers",
                "",
                Map.of(
                        "max",
                        Long.MAX_VALUE,
                        "min",
                        Long.MIN_VALUE,
                        "zero",
                        0L,
                        "yes",
                        true,
                        "no",
                        false,
                        "none",
                        List.of())));
        return decisions;
    }
}
