package io.modelgate.redis.chaos;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.redis.chaos.Violation.Rule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Journals written by hand for the checker to judge. */
abstract class JournalsByHand {

    static final String BELOW_50 = callerInBuckets(0, 50);
    static final String ABOVE_50 = callerInBuckets(50, 100);

    final Map<String, List<String>> journals = new TreeMap<>();

    // weight 50 to v2; kill k of v2; revive of k; weight 50 to v2.
    final Entry weight = entry(Head.EMPTY, "w1", "weight", Map.of("candidate", "v2", "weight", 50L));
    final Entry kill = entry(weight, "k", "kill", Map.of("version", "v2"));
    final Entry revive = entry(kill, "r", "revive", Map.of("kills", List.of("k")));
    final Entry again = entry(revive, "w2", "weight", Map.of("candidate", "v2", "weight", 50L));

    List<Violation> check() {
        return new Checker(journals, List.of()).check();
    }

    List<Rule> rules() {
        return check().stream().map(Violation::rule).toList();
    }

    void boot(String process) {
        journals.computeIfAbsent(process, name -> new ArrayList<>()).add("boot");
    }

    Lines life(String process) {
        if (!journals.containsKey(process)) {
            boot(process);
        }
        return new Lines(journals.get(process));
    }

    void acknowledged(String process, Entry entry) {
        journals.get(process).add("ack " + entry.decision().id() + " " + entry.type());
    }

    void last(String process, Entry end) {
        Chains chains = new Chains();
        List.of(weight, kill, revive, again).forEach(chains::add);
        chains.add(end);
        journals.values()
                .forEach(lines -> lines.stream()
                        .filter(line -> line.startsWith("entry "))
                        .forEach(
                                line -> chains.add(Entry.parse(line.substring(6).getBytes(StandardCharsets.UTF_8)))));
        last(process, end, chains.link(end.hash()).orElseThrow().state().report());
    }

    void last(String process, Entry end, String state) {
        journals.get(process).add("state last true " + end.seq() + " " + end.hash() + " " + state);
    }

    State weight(long weight) {
        return State.EMPTY.after(
                entry(Head.EMPTY, "w", "weight", new HashMap<>(Map.of("candidate", "v2", "weight", weight))));
    }

    final class Lines {

        private final List<String> lines;

        Lines(List<String> lines) {
            this.lines = lines;
        }

        Lines given(long stamp, Entry entry) {
            return given(stamp, entry, 1);
        }

        Lines given(long stamp, Entry entry, int count) {
            for (Entry each : List.of(weight, kill, revive, again, entry)) {
                if (each.seq() <= entry.seq()) {
                    lines.add("entry " + line(each));
                }
            }
            lines.add("given " + stamp + " " + entry.hash() + " " + count);
            return this;
        }

        Lines applied(long stamp, Entry entry) {
            lines.add("applied " + stamp + " " + entry.seq() + " " + entry.hash());
            return this;
        }

        Lines call(String caller, long begin, long end, String version) {
            return call(caller, begin, end, version, version);
        }

        Lines call(String caller, long begin, long end, String routed, String started) {
            lines.add("call credit " + caller + " " + begin + " " + end + " " + routed + " " + started);
            return this;
        }
    }

    static String line(Entry entry) {
        return new String(entry.line(), StandardCharsets.UTF_8);
    }

    static Entry entry(Entry before, String id, String type, Map<String, Object> data) {
        return entry(new Head(before.seq(), before.hash()), id, type, data);
    }

    static Entry entry(Head before, String id, String type, Map<String, Object> data) {
        return Entry.after(before, decision(id, type, type.equals("fork") ? "*" : "credit", data));
    }

    static Decision decision(String id, String type, String gate, Map<String, Object> data) {
        return new Decision(
                id, Instant.parse("2026-01-01T00:00:00Z"), type, false, gate, "alice", "asserted", "test", data);
    }

    static String callerInBuckets(int from, int to) {
        for (int i = 0; ; i++) {
            int bucket = LogRouter.bucket("caller-" + i);
            if (bucket >= from && bucket < to) {
                return "caller-" + i;
            }
        }
    }
}
