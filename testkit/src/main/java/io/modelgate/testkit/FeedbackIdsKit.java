package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelgate.FeedbackIds;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What anything that remembers feedback must do. To test an implementation, extend this and say how a process is given it.
 *
 * <p>The bound on time is generous and only there so that a broken implementation fails instead of hanging.
 */
@Timeout(120)
public abstract class FeedbackIdsKit {

    private static final int THREADS = 8;

    private final SecureRandom random = new SecureRandom();
    private final List<FeedbackIds> opened = new ArrayList<>();

    /** The time of whoever asks, far from that of a server. */
    private final Instant now = Instant.parse("2031-06-01T12:00:00Z");

    /** For subclasses. */
    protected FeedbackIdsKit() {}

    /** Opens what remembers for one more process; all of one test remember together, and nothing of another test. */
    protected abstract FeedbackIds open();

    /** Whether processes remember together, and what was given is known after all of them have ended. */
    protected abstract boolean shared();

    @AfterEach
    void closeAll() {
        opened.forEach(FeedbackIds::close);
    }

    private FeedbackIds process() {
        FeedbackIds ids = open();
        opened.add(ids);
        return ids;
    }

    private String id() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private boolean first(FeedbackIds ids, String id) {
        return ids.first(id, now, now.plus(Duration.ofDays(90)));
    }

    @Test
    void anIdIsNewOnce() {
        FeedbackIds ids = process();
        String id = id();
        assertThat(first(ids, id)).isTrue();
        assertThat(first(ids, id)).isFalse();
        assertThat(ids.first(id, now.plus(Duration.ofDays(80)), now.plus(Duration.ofDays(90))))
                .isFalse();
    }

    @Test
    void everyIdIsAnother() {
        FeedbackIds ids = process();
        String id = id();
        assertThat(first(ids, id)).isTrue();
        for (int i = 0; i < id.length(); i++) {
            char at = id.charAt(i);
            for (char other :
                    Character.isLetter(at) ? new char[] {'-', (char) (at ^ ' ')} : new char[] {at == '-' ? '_' : '-'}) {
                assertThat(first(ids, id.substring(0, i) + other + id.substring(i + 1)))
                        .isTrue();
            }
        }
    }

    @Test
    void manyAreRememberedTogether() {
        FeedbackIds ids = process();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add(id());
        }
        assertThat(all).allSatisfy(id -> assertThat(first(ids, id)).isTrue());
        assertThat(all).allSatisfy(id -> assertThat(first(ids, id)).isFalse());
    }

    @Test
    void whatExpiresDoesNotTakeOthersAlong() {
        FeedbackIds ids = process();
        String kept = id();
        assertThat(first(ids, kept)).isTrue();
        for (int i = 0; i < 3_000; i++) {
            assertThat(ids.first(id(), now.plusSeconds(i), now.plusSeconds(i + 1)))
                    .isTrue();
        }
        assertThat(first(ids, kept)).isFalse();
    }

    @Test
    void aClockAheadForgetsNothing() {
        FeedbackIds ids = process();
        String kept = id();
        assertThat(first(ids, kept)).isTrue();
        Instant ahead = now.plus(Duration.ofDays(365));
        for (int i = 0; i < 3_000; i++) {
            assertThat(ids.first(id(), ahead, ahead.plus(Duration.ofDays(90)))).isTrue();
        }
        assertThat(first(ids, kept)).isFalse();
    }

    @Test
    void whatAClockAheadGaveIsNotForgotten() {
        FeedbackIds ids = process();
        Instant real = InstantSource.system().instant(); // as a server's that is right
        Instant expires = real.plus(Duration.ofDays(90));
        Instant ahead = expires.minusMillis(1);
        String given = id();
        assertThat(ids.first(given, ahead, expires)).isTrue();
        for (int i = 0; i < 3_000; i++) {
            assertThat(ids.first(id(), ahead, expires)).isTrue();
        }
        assertThat(ids.first(given, real, expires)).isFalse();
    }

    @Test
    void ofAThousandAtOnceOneIsFirst() throws Exception {
        List<FeedbackIds> processes = new ArrayList<>(List.of(process()));
        if (shared()) {
            processes.add(process());
            processes.add(process());
        }
        List<String> ids = List.of(id(), id(), id());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<String>> asked = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                FeedbackIds of = processes.get(i / 3 % processes.size());
                String id = ids.get(i % 3);
                Callable<String> one = () -> {
                    go.await();
                    return first(of, id) ? id : "";
                };
                asked.add(threads.submit(one));
            }
            go.countDown();
            List<String> firsts = new ArrayList<>();
            for (Future<String> each : asked) {
                firsts.add(each.get());
            }
            assertThat(firsts).filteredOn(id -> !id.isEmpty()).containsExactlyInAnyOrderElementsOf(ids);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatOneProcessWasGivenAnotherKnows() {
        assumeTrue(shared(), "each process remembers for itself");
        FeedbackIds one = process();
        FeedbackIds other = process();
        String id = id();
        assertThat(first(one, id)).isTrue();
        assertThat(first(other, id)).isFalse();
    }

    @Test
    void whatWasGivenIsKnownAfterARestart() {
        assumeTrue(shared(), "what it remembers ends with the process");
        String id = id();
        FeedbackIds before = process();
        assertThat(first(before, id)).isTrue();
        before.close();
        before.close();
        assertThat(first(process(), id)).isFalse();
    }
}
