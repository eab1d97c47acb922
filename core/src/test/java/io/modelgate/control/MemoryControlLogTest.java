package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryControlLogTest {

    private final MemoryControlLog log = new MemoryControlLog();

    @Test
    void followersAreCalledOnTheAppendingThreadBeforeTheAppendReturns() {
        List<String> seen = new ArrayList<>();
        log.append(Decisions.kills("a"));
        log.follow(0, entries -> seen.addAll(Decisions.ids(entries)));
        assertThat(seen).containsExactly("a");
        log.append(Decisions.kills("b", "c"));
        log.appendIf(3, Decisions.kill("d"));
        assertThat(seen).containsExactly("a", "b", "c", "d");
        assertThat(log.immediate()).isTrue();
    }

    @Test
    void aFollowerIsNeverCalledByTwoThreadsAtOnceAndMissesNothing() throws Exception {
        List<Long> seen = new ArrayList<>();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        log.follow(0, entries -> {
            inside.countDown();
            await(goOn);
            entries.forEach(entry -> seen.add(entry.seq()));
        });
        Thread first = new Thread(() -> log.append(Decisions.kills("a")));
        first.start();
        inside.await();
        // Does not wait for the follower, and leaves its entry to the thread that is calling it.
        log.append(Decisions.kills("b"));
        assertThat(seen).isEmpty();
        goOn.countDown();
        first.join();
        assertThat(seen).containsExactly(1L, 2L);
    }

    @Test
    void aFollowerIsCalledOutsideOfAllLocks() throws Exception {
        List<Head> seen = new ArrayList<>();
        log.follow(0, entries -> {
            Thread other = new Thread(() -> seen.add(log.head()));
            other.start();
            join(other);
        });
        Entry entry = log.append(Decisions.kills("a")).get(0);
        assertThat(seen).containsExactly(new Head(1, entry.hash()));
    }

    @Test
    void twoLogsHaveTwoSecrets() {
        assertThat(log.identitySecret()).hasSize(32).isNotEqualTo(new MemoryControlLog().identitySecret());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
