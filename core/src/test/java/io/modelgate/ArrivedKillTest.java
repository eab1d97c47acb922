package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A kill of another process is in force before its entry is folded; what becomes of it, the log says. */
class ArrivedKillTest {

    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Actor BOB = Actor.of("bob");
    private static final Caller CALLER = Caller.of("user-42");
    private static final Decision KILL =
            new Decision("k-1", Instant.EPOCH, "kill", true, "credit", "alice", "asserted", "it lies", Map.of());

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates =
            Gates.open(g -> g.controlLog(log).scheduler(time).ticker(time).eventExecutor(Runnable::run));
    private final ModelGate<String, String> gate =
            gates.gate("credit", g -> g.stable("v1", input -> "v1").fallback(Rungs.constant("safe")));

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void itIsInForceBeforeItIsFoldedAndNotConfirmedBeforeThat() {
        Head before = log.head();

        log.arrives(KILL);

        assertThat(gate.live()).isFalse();
        assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        assertThat(gates.kills()).extracting(Kill::id).containsExactly("k-1");
        assertThat(log.applied()).last().isEqualTo(before);

        log.append(List.of(KILL));

        assertThat(log.applied()).last().isEqualTo(log.head());
        assertThat(gates.kills()).extracting(Kill::id).containsExactly("k-1");
    }

    @Test
    void aReviveReleasesItOnceItIsFolded() {
        log.arrives(KILL);
        log.append(List.of(KILL));

        assertThat(gates.revive("k-1", BOB, "fixed").stored(LONG)).isTrue();

        assertThat(gate.call("x", CALLER)).isEqualTo("v1");
    }

    @Test
    void oneThatWasRevivedAlreadyKillsNothing() {
        log.append(List.of(KILL));
        assertThat(gates.revive("k-1", BOB, "fixed").stored(LONG)).isTrue();

        log.arrives(KILL);

        assertThat(gate.call("x", CALLER)).isEqualTo("v1");
        assertThat(gates.kills()).isEmpty();
    }

    @Test
    void oneThatGivesWayToAnotherEntryStaysInForceAndIsAppendedAgain() {
        log.arrives(KILL);
        log.append(
                List.of(new Decision("n-1", Instant.EPOCH, "note", false, "credit", "bob", "asserted", "", Map.of())));
        assertThat(gate.live()).isFalse();
        assertThat(log.ids()).doesNotContain("k-1");

        time.advance(LONG);

        assertThat(log.ids()).endsWith("n-1", "k-1");
        assertThat(gate.live()).isFalse();
        assertThat(gates.revive("k-1", BOB, "fixed").stored(LONG)).isTrue();
        assertThat(gate.live()).isTrue();
    }

    @Test
    void oneThatAReplacedLogLacksStaysInForceAndIsAppendedAgain() {
        log.arrives(KILL);

        log.forkAt(log.head().seq());

        assertThat(gate.live()).isFalse();
        time.advance(LONG);
        assertThat(log.ids()).endsWith("k-1");
        assertThat(gate.live()).isFalse();
    }

    @Test
    void oneThatGaveWayAndWasRevivedIsNotAppendedAgain() {
        log.arrives(KILL);
        assertThat(gates.revive("k-1", BOB, "fixed").stored(LONG)).isTrue();
        assertThat(gate.call("x", CALLER)).isEqualTo("v1");

        time.advance(LONG);

        assertThat(log.ids()).doesNotContain("k-1");
        assertThat(gate.call("x", CALLER)).isEqualTo("v1");
    }

    @Test
    void oneThatIsNotFoldedYetIsNotAppendedAgainAtOnce() {
        log.arrives(KILL);
        time.advance(Duration.ofMillis(1_900));
        assertThat(log.appended()).doesNotContain("k-1");
    }

    @Test
    void oneThatWasFoldedIsLeftToWhoeverMadeIt() {
        log.arrives(KILL);
        log.append(List.of(KILL));
        time.advance(LONG);
        assertThat(log.appended()).containsOnlyOnce("k-1");
    }

    @Test
    void itDoesNotWaitForWhoeverChangesSomething() throws Exception {
        gates.control().locked(() -> {
            try {
                CompletableFuture.runAsync(() -> log.arrives(KILL)).get(LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("the thread that tells of a kill was held up", e);
            }
            return gate;
        });

        log.append(List.of(KILL));

        assertThat(gate.live()).isFalse();
    }
}
