package io.modelgate.control;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Decisions for the tests of this package. */
final class Decisions {

    static final Instant AT = Instant.parse("2026-11-21T03:00:00.123Z");

    private Decisions() {}

    static Decision kill(String id) {
        return kill(id, "approval rate fell");
    }

    static Decision kill(String id, String reason) {
        return with(id, reason, Map.of("version", "v2", "matches", 7L, "where", List.of("region", "eu")));
    }

    static Decision with(String id, String reason, Map<String, Object> data) {
        return new Decision(id, AT, "kill", true, "credit-risk", "alice", "asserted", reason, data);
    }

    static List<Decision> kills(String... ids) {
        return Arrays.stream(ids).map(Decisions::kill).toList();
    }

    static List<String> ids(List<Entry> entries) {
        return entries.stream().map(entry -> entry.decision().id()).toList();
    }

    static List<Entry> all(ControlLog log) {
        return log.read(0, Integer.MAX_VALUE);
    }
}
