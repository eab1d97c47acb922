package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis lost entries and went on without them. */
class ForkTest extends OnOneRedis {

    private static final String RESTORING = "modelgate:{modelgate}:restoring";

    private LogFleet.Member a;
    private LogFleet.Member b;

    /** After three common entries: two of {@code a} that Redis lost, and then those of {@code b}. */
    private void fork(String... ofB) throws Exception {
        a = fleet.join("a");
        b = fleet.join("b");
        a.append(List.of(decision("declare", "d1"), kill("k2"), decision("note", "n3")));
        fleet.agree();
        b.proxy.cut();
        a.append(List.of(kill("a4"), decision("note", "a5")));
        a.proxy.cut();
        fleet.lose(3, "a4", "a5");
        b.proxy.heal();
        for (String id : ofB) {
            b.append(List.of(decision(id.startsWith("n") ? "note" : "kill", id)));
        }
        a.proxy.heal();
    }

    @Test
    void theLongerCopyIsRestoredAndTheKillsOfTheLosingForkAreAppendedAgain() throws Exception {
        fork("b4");
        until(() -> b.replaced.get() > 0);
        until(() -> a.replaced.get() > 0);
        a.settle();
        b.settle();
        fleet.agree();
        assertThat(a.ids().subList(0, 5)).containsExactly("d1", "k2", "n3", "a4", "a5");
        assertThat(a.ids()).contains("b4").doesNotHaveDuplicates();
        assertThat(lost(a)).containsExactly("b4");
        assertThat(a.log.owed()).isEmpty();
        assertThat(b.log.owed()).isEmpty();
    }

    @Test
    void aCopyThatIsNoLongerGivesWayAndWhatItLosesIsAppendedAgainOrNamed() throws Exception {
        fork("b4", "n5", "b6");
        until(() -> a.replaced.get() > 0);
        assertThat(a.log.owed()).extracting(Decision::id).contains("a4").doesNotContain("a5");
        a.settle();
        fleet.agree();
        assertThat(b.ids().subList(0, 6)).containsExactly("d1", "k2", "n3", "b4", "n5", "b6");
        assertThat(b.ids()).contains("a4").doesNotContain("a5").doesNotHaveDuplicates();
        assertThat(lost(b)).containsExactly("a4", "a5");
        try (Stream<Path> files = Files.list(a.directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).anyMatch(name -> name.contains(".fork-5-"));
        }
        until(() -> {
            synchronized (a.seen) {
                return a.seen.stream().anyMatch(entry -> entry.decision().id().equals("b6"));
            }
        });
    }

    @Test
    void whatIsOwedForAForkOutlivesTheProcess() throws Exception {
        fork("b4", "n5", "b6");
        until(() -> a.replaced.get() > 0);
        a.log.close();
        a.open();
        assertThat(a.log.owed()).extracting(Decision::id).contains("a4");
        a.settle();
        fleet.agree();
        assertThat(b.ids()).contains("a4");
    }

    /** From now on nobody can restore a copy: each attempt fails, because the mark of who is at it is of another type. */
    private void nobodyRestores() {
        fleet.redis.command("RPUSH", RESTORING, "x");
    }

    private static boolean owes(LogFleet.Member member, String id) {
        return member.log.owed().stream().anyMatch(decision -> decision.id().equals(id));
    }

    /** Puts a's copy in the place of the fork, as a does itself; or as it had done when the reply was lost. */
    private void restore() throws Exception {
        Path file = Files.copy(a.directory.resolve("modelgate.log"), directory.resolve("restored.log"));
        Entry end = b.log.read(3, 1).get(0);
        try (Copy copy = Copy.open(file, entry -> {}, decision -> {});
                RedisLink link = RedisLink.open(RedisAddress.parse(fleet.redis.uri()), Duration.ofSeconds(20))) {
            assertThat(link.awaitConnected(Duration.ofSeconds(20))).isTrue();
            LogStream stream = new LogStream(link, new LogKeys("modelgate"));
            assertThat(stream.restore(end.head(), 3, copy, "someone")).isTrue();
        }
    }

    /** Its own attempt failed, or somebody else was at it who ended before anything was appended. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRestoreThatWasNotConfirmedIsToldOfOnceItShows(boolean own) throws Exception {
        if (own) {
            nobodyRestores();
        } else {
            fleet.redis.command("SET", RESTORING, "someone");
        }
        fork("b4");
        until(() -> owes(a, "b4"));
        a.proxy.cut();
        b.proxy.cut(); // it would report the same
        fleet.redis.command("DEL", RESTORING);
        restore();
        assertThat(a.replaced).hasValue(0);
        assertThat(a.log.owed()).extracting(Decision::id).containsExactly("b4");

        a.proxy.heal();
        until(() -> a.replaced.get() > 0);
        a.settle();
        assertThat(a.ids())
                .startsWith("d1", "k2", "n3", "a4", "a5")
                .contains("b4")
                .doesNotHaveDuplicates();
        assertThat(lost(a)).containsExactly("b4");
        assertThat(a.log.owed()).isEmpty();
    }

    @Test
    void anAttemptToRestoreReportsNothingWhereTheForkStays() throws Exception {
        nobodyRestores();
        fork("b4");
        until(() -> owes(a, "b4"));
        b.append(List.of(decision("note", "n5"), kill("b6")));
        until(() -> a.replaced.get() > 0);
        a.settle();
        fleet.agree();
        assertThat(a.ids())
                .startsWith("d1", "k2", "n3", "b4", "n5", "b6")
                .contains("a4")
                .doesNotHaveDuplicates();
        assertThat(lost(a)).as("and not b4, which is there").containsExactly("a4", "a5");
        assertThat(a.log.owed()).isEmpty();
    }

    @Test
    void anotherLogUnderTheSameNameIsRefusedAndNeitherIsChanged() throws Exception {
        a = fleet.join("a");
        a.append(List.of(kill("a1"), kill("a2")));
        a.log.close();
        fleet.redis.command("FLUSHALL");
        b = fleet.join("b");
        b.append(List.of(kill("b1")));
        until(() -> Long.valueOf(1).equals(fleet.redis.command("EXISTS", "modelgate:{modelgate}:secret")));
        for (int start = 1; start <= 2; start++) {
            a.open();
            assertThatThrownBy(() -> a.log.append(List.of(kill("a3")))).isInstanceOf(ControlLogException.class);
            a.log.close();
        }
        a.open();
        assertThat(a.ids()).containsExactly("a1", "a2");
        assertThat(b.ids()).containsExactly("b1");
        assertThat(fleet.redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(1L);
    }

    @Test
    void aRestoreThatSawAnotherEndChangesNothing() throws Exception {
        a = fleet.join("a");
        a.append(List.of(kill("a1"), kill("a2")));
        Head seen = a.log.read(0, 1).stream()
                .map(entry -> new Head(entry.seq(), entry.hash()))
                .findFirst()
                .orElseThrow();
        a.append(List.of(kill("a3")));
        Path file = Files.write(
                directory.resolve("shorter.log"),
                (new String(a.log.read(0, 1).get(0).line(), java.nio.charset.StandardCharsets.UTF_8) + "\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try (Copy copy = Copy.open(file, entry -> {}, decision -> {});
                RedisLink link = RedisLink.open(RedisAddress.parse(fleet.redis.uri()), Duration.ofSeconds(20))) {
            assertThat(link.awaitConnected(Duration.ofSeconds(20))).isTrue();
            LogStream stream = new LogStream(link, new LogKeys("modelgate"));
            assertThat(stream.restore(seen, 0, copy, "someone")).isFalse();
        }
        assertThat(fleet.redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(3L);
    }

    @Test
    void aServerThatRefusesASmallerLastIdIsRepairedAndAppendedToAsWell() throws Exception {
        fleet.close();
        fleet = new LogFleet(
                RedisServer.create()
                        .config("save \"\"")
                        .config("rename-command XSETID \"\"")
                        .start(),
                directory);
        a = fleet.join("a");
        b = fleet.join("b");
        a.append(List.of(kill("k1"), decision("note", "n2")));
        fleet.agree();
        a.proxy.cut();
        b.append(List.of(kill("b3")));
        b.proxy.cut();
        String log = "modelgate:{modelgate}:log";
        List<Entry> common = a.log.read(0, 2);
        fleet.redis.command("DEL", log);
        for (Entry entry : common) {
            fleet.redis.command("XADD", log, entry.seq() + "-0", "line", new String(entry.line(), UTF_8));
        }
        fleet.redis.command("HDEL", "modelgate:{modelgate}:ids", "b3");
        a.proxy.heal();
        a.append(List.of(kill("a3"), kill("a4"), kill("a5"), kill("a6"), kill("a7")));
        a.proxy.cut();
        for (int lost = 4; lost <= 7; lost++) {
            fleet.redis.command("XDEL", log, lost + "-0");
            fleet.redis.command("HDEL", "modelgate:{modelgate}:ids", "a" + lost);
        }
        b.proxy.heal();
        until(() -> b.replaced.get() > 0);
        b.settle();
        a.proxy.heal();
        until(() -> a.replaced.get() > 0);
        a.settle();
        b.settle();
        fleet.agree();
        assertThat(a.ids())
                .startsWith("k1", "n2", "a3", "a4", "a5", "a6", "a7")
                .contains("b3")
                .doesNotHaveDuplicates();
    }

    @Test
    void whatDoesNotContinueTheLogInRedisKeepsNobodyFromStarting() throws Exception {
        a = fleet.join("a");
        Entry first = a.append(List.of(kill("k1"))).get(0);
        Entry foreign = Entry.after(new Head(1, "a".repeat(64)), kill("x2"));
        fleet.redis.command("XADD", "modelgate:{modelgate}:log", "2-0", "line", new String(foreign.line(), UTF_8));
        b = fleet.join("b");
        assertThat(b.log.head()).isEqualTo(new Head(1, first.hash()));
    }

    @Test
    void aCopyThatCannotBeReadForAMomentDoesNotEndTheFollowing() throws Exception {
        a = fleet.join("a");
        for (int i = 1; i <= 100; i++) {
            a.append(List.of(decision("note", "n" + i)));
        }
        Path file = a.directory.resolve("modelgate.log");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[whole.length], StandardOpenOption.WRITE);
        List<Entry> late = new CopyOnWriteArrayList<>();
        a.log.follow(0, late::addAll);
        until(() -> a.log.staleness().toMillis() > 1_500);
        Files.write(file, whole, StandardOpenOption.WRITE);
        until(() -> late.size() == 100);
    }

    @Test
    void theSecretOfALogThatIsRestoredStaysWhoeverCameFirst() throws Exception {
        a = fleet.join("a");
        a.append(List.of(kill("k1"), kill("k2")));
        byte[] secret = a.log.identitySecret();
        a.proxy.cut();
        fleet.redis.command("FLUSHALL");
        b = fleet.join("b");
        a.proxy.heal();
        until(() -> b.log.head().seq() == 2);
        LogFleet.Member c = fleet.join("c");
        assertThat(c.log.identitySecret()).isEqualTo(secret);
        assertThat(a.log.identitySecret()).isEqualTo(secret);
    }

    private static List<Object> lost(LogFleet.Member member) {
        return member.log.read(0, Integer.MAX_VALUE).stream()
                .filter(entry -> entry.type().equals("fork"))
                .flatMap(entry -> ((List<?>) entry.decision().data().get("lost")).stream())
                .<Object>map(each -> ((Map<?, ?>) each).get("id"))
                .toList();
    }
}
