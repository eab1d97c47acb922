package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Kills are told of before anything else is done about them, and whatever stands behind them. */
class ArrivalsTest extends OnOneRedis {

    private static final String LOG = "modelgate:{modelgate}:log";

    private void put(Entry entry, String id, String line) {
        fleet.redis.command(
                "EVAL",
                "redis.call('XADD', KEYS[1], ARGV[1], 'line', ARGV[2]) redis.call('XADD', KEYS[1], ARGV[3], 'line', ARGV[4])",
                "1",
                LOG,
                entry.seq() + "-0",
                new String(entry.line(), UTF_8),
                id,
                line);
    }

    @Test
    void aKillIsToldOfBeforeFollowersAreGivenIt() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(decision("note", "n1")));
        fleet.agree();
        Set<String> told = ConcurrentHashMap.newKeySet();
        List<String> late = new CopyOnWriteArrayList<>();
        List<String> given = new CopyOnWriteArrayList<>();
        b.log.onKill(entry -> told.add(entry.decision().id()));
        b.log.follow(
                1,
                batch -> batch.forEach(entry -> {
                    String id = entry.decision().id();
                    given.add(id);
                    if (entry.type().equals("kill") && !told.contains(id)) {
                        late.add(id);
                    }
                }));

        a.append(List.of(kill("k2")));
        until(() -> given.contains("k2"));
        a.append(List.of(decision("note", "n3"), kill("k4")));
        until(() -> given.contains("k4"));

        assertThat(told).containsExactlyInAnyOrder("k2", "k4");
        assertThat(late).isEmpty();
    }

    @Test
    void whatIsNotTheNextOfTheChainIsNotToldOf() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(decision("note", "n1")));
        fleet.agree();
        Set<String> told = ConcurrentHashMap.newKeySet();
        a.log.onKill(entry -> told.add(entry.decision().id()));
        Entry note = Entry.after(a.log.head(), decision("note", "n2"));
        Decision kill = kill("stray");
        Entry stray = Entry.after(new Head(note.seq(), Entry.GENESIS), kill);

        put(note, stray.seq() + "-0", new String(stray.line(), UTF_8));

        until(() -> a.ids().contains("n2"));
        assertThat(told).isEmpty();
        assertThat(a.ids()).doesNotContain("stray");
    }

    @Test
    void aKillBeforeALineThatIsNoneOfTheLogArrivesAllTheSame() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(decision("note", "n1")));
        fleet.agree();
        Entry kill = Entry.after(a.log.head(), kill("k2"));

        put(kill, "3-0", "no line");

        until(() -> a.ids().contains("k2"));
        LogFleet.Member later = fleet.join("later");
        until(() -> later.ids().contains("k2"));
        assertThat(later.log.known()).as("what comes after it is not known").isFalse();
        fleet.redis.command("XDEL", LOG, "3-0");
        until(() -> later.log.known());
        a.append(List.of(decision("note", "n3")));
        fleet.agree();
    }

    @Test
    void aListenerThatThrowsKeepsNothingFromFollowers() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        b.log.onKill(entry -> {
            throw new IllegalStateException("the listener's trouble");
        });
        a.append(List.of(kill("k1")));
        fleet.agree();
        assertThat(b.ids()).containsExactly("k1");
    }
}
