package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import io.modelgate.testkit.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every refused attempt is in the control log, and no flood of them fills it. */
class RefusalsTest {

    private static final Actor ALICE = new Actor("alice", Access.BY_TOKEN);
    private static final String KILLS = "/api/v1/kills";

    private final ManualTime time = new ManualTime();
    private final Failing log = new Failing(new MemoryControlLog());
    private final Gates gates =
            Gates.open(g -> g.controlLog(log).ticker(time).instants(time).scheduler(time));
    private final List<Integer> metered = new ArrayList<>();
    private final Refusals refusals = new Refusals(gates, Runnable::run, metered::add);

    /** A log that takes nothing for a while. */
    private static final class Failing extends ForwardingControlLog {
        private boolean down;

        Failing(ControlLog log) {
            super(log);
        }

        @Override
        public List<Entry> append(List<Decision> decisions) {
            if (down) {
                throw new ControlLogException("it is down", null);
            }
            return super.append(decisions);
        }
    }

    @AfterEach
    void close() {
        refusals.close();
        gates.close();
    }

    private List<Decision> entries() {
        return gates.log().read(0, 10_000).stream().map(Entry::decision).toList();
    }

    private long counted() {
        return entries().stream()
                .mapToLong(entry -> (Long) entry.data().get("count"))
                .sum();
    }

    @Test
    void theFirstIsThereAtOnceWithWhoTried() {
        refusals.add(ALICE, "POST", KILLS, 403);

        assertThat(entries()).singleElement().satisfies(entry -> {
            assertThat(entry.type()).isEqualTo("console-refused");
            assertThat(entry.gate()).isEqualTo("*");
            assertThat(entry.actor()).isEqualTo("alice");
            assertThat(entry.authentication()).isEqualTo(Access.BY_TOKEN);
            assertThat(entry.data()).isEqualTo(Map.of("method", "POST", "route", KILLS, "status", 403L, "count", 1L));
        });
    }

    @Test
    void theRestOfTheMinuteIsOneEntry() {
        for (int i = 0; i < 500; i++) {
            refusals.add(Refusals.NOBODY, "GET", KILLS, 401);
        }
        assertThat(entries()).hasSize(1);

        time.advance(Refusals.MINUTE);

        assertThat(entries()).hasSize(2);
        assertThat(entries().get(1).data()).containsEntry("count", 499L);
        assertThat(entries().get(1).actor()).isEqualTo("nobody");
        assertThat(entries().get(1).authentication()).isEqualTo("unauthenticated");

        refusals.add(Refusals.NOBODY, "GET", KILLS, 401); // a new minute
        assertThat(counted()).isEqualTo(501);
    }

    @Test
    void aMinuteWithOneRefusalHasOneEntry() {
        refusals.add(ALICE, "POST", KILLS, 403);
        time.advance(Refusals.MINUTE.multipliedBy(3));

        assertThat(entries()).hasSize(1);
    }

    @Test
    void aFloodOfDifferentOnesMakesAHundredEntriesAMinuteAndLosesNone() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1_000; i++) {
                refusals.add(new Actor("user" + i, Access.BY_PROXY), "POST", KILLS, 403);
                refusals.add(new Actor("user" + i, Access.BY_PROXY), "POST", KILLS, 403);
            }
        }
        assertThat(entries()).hasSize(Refusals.MOST_KINDS);

        time.advance(Refusals.MINUTE);

        assertThat(entries()).hasSizeLessThanOrEqualTo(101);
        assertThat(counted()).isEqualTo(6_000);
        assertThat(metered).hasSize(6_000);
    }

    @Test
    void strangersDoNotCrowdOutAnOperator() {
        for (int i = 0; i < 1_000; i++) {
            refusals.add(Refusals.NOBODY, "GET", "/route/" + i, 401);
        }
        refusals.add(ALICE, "POST", KILLS, 403);

        assertThat(entries()).last().extracting(Decision::actor).isEqualTo("alice");
        assertThat(entries()).hasSize(Refusals.MOST_KINDS_OF_NOBODY + 1);
    }

    @Test
    void anOperatorDoesNotCrowdOutTheOthers() {
        for (int i = 0; i < 1_000; i++) {
            refusals.add(ALICE, "POST", "/route/" + i, 403);
        }
        assertThat(entries()).hasSize(Refusals.MOST_KINDS_OF_AN_ACTOR);
        refusals.add(new Actor("bob", Access.BY_TOKEN), "POST", KILLS, 403);

        assertThat(entries()).last().extracting(Decision::actor).isEqualTo("bob");
    }

    @Test
    void nothingThatAStrangerChoseIsRecorded() {
        refusals.add(Refusals.NOBODY, "SECRET", KILLS, 401);

        assertThat(entries().get(0).data()).containsEntry("method", "other");
    }

    @Test
    void whatIsCountedIsRecordedWhenTheConsoleCloses() {
        refusals.add(ALICE, "POST", KILLS, 403);
        refusals.add(ALICE, "POST", KILLS, 403);
        refusals.close();

        assertThat(counted()).isEqualTo(2);

        refusals.add(ALICE, "POST", KILLS, 403);
        time.advance(Refusals.MINUTE);
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void whatTheLogDoesNotTakeIsAppendedLaterAndOnce() {
        log.down = true;
        refusals.add(ALICE, "POST", KILLS, 403);
        refusals.add(Refusals.NOBODY, "GET", KILLS, 401);
        awaitGivenUp();
        assertThat(entries()).isEmpty();

        log.down = false;
        time.advance(Refusals.MINUTE.multipliedBy(3));

        awaitEntries(2);
        time.advance(Refusals.MINUTE.multipliedBy(3));
        assertThat(entries()).extracting(Decision::actor).containsExactlyInAnyOrder("alice", "nobody");
    }

    /** A log that failed once has its appends made by the outbox's thread. */
    private void awaitGivenUp() {
        var receipt = gates.append(gates.decision("probe", "probe", "*", ALICE, "", Map.of()));
        Await.until(() -> receipt.failure().isPresent());
        assertThat(receipt.failure()).isPresent();
    }

    private void awaitEntries(int count) {
        Await.until(() -> entries().size() >= count);
        assertThat(entries()).hasSize(count);
    }
}
