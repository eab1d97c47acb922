package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Identities;
import io.modelgate.Router;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A control log of one gate, written by hand, and the routing folded from it. */
final class Log {

    static final String GATE = "credit-risk";
    static final Identities IDENTITIES = identities("the secret of these tests");

    final List<Entry> entries = new ArrayList<>();
    private Router.Routing routing = fresh();

    static Identities identities(String secret) {
        return new Identities(secret.getBytes(StandardCharsets.UTF_8));
    }

    static Router.Routing fresh() {
        return Cohorts.router().initial(GATE, IDENTITIES);
    }

    /** The routing of all entries of a log, folded anew. */
    static Router.Routing fold(List<Entry> entries, Identities identities) {
        Router.Routing folded = Cohorts.router().initial(GATE, identities);
        for (Entry entry : entries) {
            folded = folded.apply(entry);
        }
        return folded;
    }

    static Entry entry(long seq, String id, String type, String gate, Map<String, Object> data) {
        Decision decision = new Decision(id, Instant.EPOCH, type, false, gate, "alice", "asserted", "", data);
        return new Entry(seq, decision, Entry.GENESIS, Entry.GENESIS);
    }

    Log write(String id, String type, String gate, Map<String, Object> data) {
        Entry entry = entry(entries.size() + 1L, id, type, gate, data);
        entries.add(entry);
        routing = routing.apply(entry);
        return this;
    }

    Log write(String type, Map<String, Object> data) {
        return write("entry-" + entries.size(), type, GATE, data);
    }

    static Map<String, Object> startData(String id, String version, int weight) {
        Map<String, Object> data = new HashMap<>();
        data.put("rollout", id);
        data.put("version", version);
        data.put("weight", (long) weight);
        data.put("salt", HexFormat.of().toHexDigits(Spots.salt(id)));
        return data;
    }

    Log start(String id, String version, int weight) {
        return write("rollout", startData(id, version, weight));
    }

    /** A rollout "r" of v2 with one more part of its data. */
    Log startWith(int weight, Map<String, Object> more) {
        Map<String, Object> data = startData("r", "v2", weight);
        data.putAll(more);
        return write("rollout", data);
    }

    Log weight(String id, long weight) {
        return write("rollout-weight", Map.of("rollout", id, "weight", weight));
    }

    Log end(String id) {
        return write("rollout-end", Map.of("rollout", id));
    }

    Log kill(String killId, String version) {
        return write(killId, "kill", GATE, Map.of("version", version));
    }

    Log revive(String killId) {
        return write("revive", Map.of("kills", List.of(killId)));
    }

    Router.Routing routing() {
        return routing;
    }

    boolean toCandidate(String key) {
        return routing.toCandidate(Caller.of(key));
    }

    /** How many of the callers user-0 … user-(n-1) go to the candidate. */
    int cohort(int n) {
        int cohort = 0;
        for (int i = 0; i < n; i++) {
            if (toCandidate("user-" + i)) {
                cohort++;
            }
        }
        return cohort;
    }
}
