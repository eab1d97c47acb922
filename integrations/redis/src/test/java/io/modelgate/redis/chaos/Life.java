package io.modelgate.redis.chaos;

import io.modelgate.control.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What one process, from its start to its end, wrote into its journal. */
final class Life {

    /** A first line of each life, from whoever started it. */
    static final String BOOT = "boot";

    /** At its end, of one whose disk is full before long. */
    static final String WITHOUT_ROOM = "without-room";

    record Applied(long stamp, long seq, String hash) {}

    record Given(long stamp, String hash, int count) {}

    record Kill(long begin, long stamp, String id, State.Killed scope) {}

    record Killing(long begin, State.Killed scope) {}

    /** A kill that is told of before it is given: it arrived from another process, or the log owes it. */
    record Arrived(long stamp, String id, State.Killed scope) {}

    record Call(String gate, String caller, long begin, long end, String routed, List<String> started) {}

    record Acknowledged(String id, String type) {}

    record Report(String number, boolean settled, long seq, String hash, String state) {}

    record Spend(String account, long amount) {}

    final String name;
    final List<Applied> applied = new ArrayList<>();
    final List<Given> given = new ArrayList<>();
    final List<Kill> kills = new ArrayList<>();
    private final Map<Long, Long> returned = new HashMap<>();
    final List<Killing> killing = new ArrayList<>();
    final List<Arrived> arrived = new ArrayList<>();
    final List<Arrived> restored = new ArrayList<>();

    /** Its own kills and those that were restored, by when they were said to be in force. */
    final List<Arrived> inForce = new ArrayList<>();

    final List<Call> calls = new ArrayList<>();
    final List<Acknowledged> acknowledged = new ArrayList<>();
    final List<Acknowledged> owed = new ArrayList<>();
    final List<Report> reports = new ArrayList<>();
    final List<Spend> spends = new ArrayList<>();

    /** Whether what it has in force may be nowhere on its disk. */
    final boolean withoutRoom;

    private Life(String name, boolean withoutRoom) {
        this.name = name;
        this.withoutRoom = withoutRoom;
    }

    /** The lives of one process, in order; its entries go to {@code entries}. */
    static List<Life> read(String process, List<String> journal, Consumer<Entry> entries) {
        List<Life> lives = new ArrayList<>();
        for (String line : journal) {
            if (line.startsWith(BOOT)) {
                lives.add(new Life(process + "#" + (lives.size() + 1), line.endsWith(WITHOUT_ROOM)));
            } else if (line.startsWith("entry ")) {
                entries.accept(Entry.parse(line.substring(6).getBytes(StandardCharsets.UTF_8)));
            } else {
                lives.get(lives.size() - 1).add(line.split(" "));
            }
        }
        lives.forEach(Life::sort);
        return lives;
    }

    private void add(String[] w) {
        switch (w[0]) {
            case "applied" -> applied.add(new Applied(number(w[1]), number(w[2]), w[3]));
            case "given" -> given.add(new Given(number(w[1]), w[2], Integer.parseInt(w[3])));
            case "killing" -> killing.add(new Killing(number(w[1]), new State.Killed(w[2], w[3])));
            case "arrived", "owing" -> arrived.add(arrived(w));
            case "restored" -> restored.add(arrived(w));
            case "killed" -> {
                kills.add(new Kill(number(w[1]), number(w[2]), w[3], new State.Killed(w[4], w[5])));
                returned.put(number(w[1]), number(w[2]));
            }
            case "call" ->
                calls.add(new Call(
                        w[1],
                        w[2],
                        number(w[3]),
                        number(w[4]),
                        w[5],
                        w[6].equals("-") ? List.of() : List.of(w[6].split(","))));
            case "ack" -> acknowledged.add(new Acknowledged(w[1], w[2]));
            case "owes" -> owed.add(new Acknowledged(w[1], w[2]));
            case "state" -> reports.add(report(w));
            case "spend" -> spends.add(new Spend(w[1], number(w[2])));
            default -> {
                // For people.
            }
        }
    }

    private static Arrived arrived(String[] w) {
        return new Arrived(number(w[1]), w[2], new State.Killed(w[3], w[4]));
    }

    static Report report(String[] w) {
        return new Report(w[1], Boolean.parseBoolean(w[2]), number(w[3]), w[4], w[5] + " " + w[6]);
    }

    /** The stamp at which a kill of its own had returned; none if it ended before that. */
    long returned(Killing kill) {
        return returned.getOrDefault(kill.begin(), Long.MAX_VALUE);
    }

    private void sort() {
        applied.sort(Comparator.comparingLong(Applied::stamp));
        given.sort(Comparator.comparingLong(Given::stamp));
        kills.sort(Comparator.comparingLong(Kill::stamp));
        kills.forEach(kill -> inForce.add(new Arrived(kill.stamp(), kill.id(), kill.scope())));
        inForce.addAll(restored);
        inForce.sort(Comparator.comparingLong(Arrived::stamp));
        calls.sort(Comparator.comparingLong(Call::begin));
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }
}
