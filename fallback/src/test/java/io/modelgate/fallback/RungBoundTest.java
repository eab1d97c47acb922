package io.modelgate.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bound on the calls that are in a rung at one time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RungBoundTest {

    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    /** A rule that stays until it is let go. */
    private static final class Held {
        final CountDownLatch letGo = new CountDownLatch(1);
        final AtomicInteger inside = new AtomicInteger();
        final CountDownLatch full;

        Held(int bound) {
            full = new CountDownLatch(bound);
        }

        String answer() throws InterruptedException {
            inside.incrementAndGet();
            full.countDown();
            letGo.await();
            return "held";
        }
    }

    private void exactly(int bound, Consumer<RungOptions> options) throws Exception {
        Held held = new Held(bound);
        Ladder<String, String> ladder =
                Ladder.of(l -> l.rule("x", i -> held.answer(), options).degrade("constant"));
        List<Future<Optional<Rescue<String>>>> inside = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            inside.add(callers.submit(() -> ladder.answer(new FallenCall())));
        }
        assertThat(held.full.await(30, TimeUnit.SECONDS))
                .as("%d calls fit into the rung", bound)
                .isTrue();

        assertThat(ladder.answer(new FallenCall()))
                .as("the next one does not wait but passes it")
                .contains(new Rescue<>("degrade", "constant", null));
        assertThat(held.inside).hasValue(bound);

        held.letGo.countDown();
        for (Future<Optional<Rescue<String>>> call : inside) {
            assertThat(call.get()).map(Rescue::answer).contains("held");
        }
        assertThat(ladder.answer(new FallenCall())).map(Rescue::rung).contains("x");
        assertThat(ladder.stats().get(0)).isEqualTo(new RungStats("x", bound + 1L, 0, 1, 0, 0));
    }

    @Test
    void aFullRungIsSkipped() throws Exception {
        exactly(1, r -> r.maxConcurrent(1));
        exactly(3, r -> r.maxConcurrent(3));
        exactly(RungOptions.DEFAULT_MAX_CONCURRENT, r -> {});
    }

    @Test
    void thePreviousVersionIsBounded() throws Exception {
        Held held = new Held(1);
        Ladder<String, String> ladder =
                Ladder.of(l -> l.previousVersion(r -> r.maxConcurrent(1)).degrade("constant"));
        Future<Optional<Rescue<String>>> inside = callers.submit(() -> ladder.answer(new FallenCall() {
            @Override
            public Optional<Rescue<String>> previousVersion(String rung) {
                try {
                    return Optional.of(new Rescue<>(rung, held.answer(), "v1"));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }));
        assertThat(held.full.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(ladder.answer(new FallenCall().previous("from v1")))
                .map(Rescue::rung)
                .contains("degrade");
        held.letGo.countDown();
        inside.get();
        assertThat(ladder.answer(new FallenCall().previous("from v1")))
                .map(Rescue::rung)
                .contains("previousVersion");
    }

    @Test
    void lastGoodIsBounded() throws Exception {
        Held held = new Held(1);
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood(
                        (input, caller) -> {
                            try {
                                return held.answer();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        },
                        o -> o.maxConcurrent(1))
                .degrade("constant"));
        Future<Optional<Rescue<String>>> inside = callers.submit(() -> ladder.answer(new FallenCall()));
        assertThat(held.full.await(30, TimeUnit.SECONDS)).isTrue();

        ladder.answer(new FallenCall());
        assertThat(ladder.stats().get(0).skippedFull()).isEqualTo(1);
        held.letGo.countDown();
        inside.get();
        ladder.answer(new FallenCall());
        assertThat(ladder.stats().get(0)).isEqualTo(new RungStats("lastGood", 0, 2, 1, 0, 0));
    }

    @Test
    void constantsHaveNoBound() throws Exception {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.degradeOn("k", "killed", Cause.KILLED).degrade("constant"));
        int threads = 200;
        CountDownLatch start = new CountDownLatch(threads);
        List<Future<Optional<Rescue<String>>>> calls = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            calls.add(callers.submit(() -> {
                start.countDown();
                start.await();
                return ladder.answer(new FallenCall());
            }));
        }
        for (Future<Optional<Rescue<String>>> call : calls) {
            assertThat(call.get()).map(Rescue::rung).contains("degrade");
        }
        assertThat(ladder.stats().get(1)).isEqualTo(new RungStats("degrade", threads, 0, 0, 0, 0));
    }

    // A yield inside the rung makes calls overlap on a machine with few cores; nothing relies on it but how long this
    // takes.
    @SuppressWarnings("ThreadPriorityCheck")
    @Test
    void theBoundIsNeverExceededAndNeverLeaksHoweverTheRungEnds() throws Exception {
        int bound = 3;
        int threads = 8;
        int callsEach = 20_000;
        long seed = 20_261_121L;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Held held = new Held(bound);
        Ladder<String, String> ladder = Ladder.of(l -> l.ruleInContext(
                        "x",
                        (input, fallen) -> {
                            if (input.equals("hold")) {
                                return held.answer();
                            }
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            try {
                                Thread.yield();
                                return end(input);
                            } finally {
                                inside.decrementAndGet();
                            }
                        },
                        r -> r.maxConcurrent(bound))
                .degrade("constant"));

        List<Future<Ended>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(seed + t);
            done.add(callers.submit(() -> callAtRandom(ladder, random, callsEach)));
        }
        int errors = 0;
        long calls = 0;
        for (Future<Ended> thread : done) {
            errors += thread.get().inError();
            calls += thread.get().calls();
        }

        assertThat(most.get()).as("calls at one time, seed %d", seed).isLessThanOrEqualTo(bound);
        RungStats stats = ladder.stats().get(0);
        assertThat(stats.answered() + stats.noAnswer() + stats.failed() + stats.skippedFull() + stats.skippedNoTime())
                .as("each call counts once, seed %d: %s", seed, stats)
                .isEqualTo(calls);
        assertThat(stats.skippedFull())
                .as("the rung was full at times, seed %d", seed)
                .isPositive();
        assertThat(ladder.stats().get(1).answered())
                .as("what the rung did not answer, seed %d: %s", seed, stats)
                .isEqualTo(calls - stats.answered() - errors);

        List<Future<Optional<Rescue<String>>>> last = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            last.add(callers.submit(() -> ladder.answer(FallenCall.of("hold"))));
        }
        assertThat(held.full.await(30, TimeUnit.SECONDS))
                .as("all %d permits are there again, seed %d", bound, seed)
                .isTrue();
        assertThat(ladder.answer(FallenCall.of("hold")))
                .as("and no more than these, seed %d", seed)
                .map(Rescue::rung)
                .contains("degrade");
        held.letGo.countDown();
        for (Future<Optional<Rescue<String>>> call : last) {
            assertThat(call.get()).map(Rescue::answer).contains("held");
        }
    }

    private record Ended(int calls, int inError) {}

    /** So many calls, and more until the rung was full once: when that is depends on who is on a processor when. */
    private static Ended callAtRandom(Ladder<String, String> ladder, Random random, int atLeast) {
        String[] ends = {"answer", "null", "exception", "error", "interrupt"};
        int errors = 0;
        int calls = 0;
        for (; calls < atLeast || (ladder.stats().get(0).skippedFull() == 0 && calls < 20 * atLeast); calls++) {
            try {
                ladder.answer(FallenCall.of(ends[random.nextInt(ends.length)]));
            } catch (StackOverflowError e) {
                errors++;
            }
            Thread.interrupted();
        }
        return new Ended(calls, errors);
    }

    private static String end(String input) throws Exception {
        return switch (input) {
            case "answer" -> "x";
            case "null" -> null;
            case "exception" -> throw new IllegalStateException();
            case "error" -> throw new StackOverflowError();
            default -> throw new InterruptedException();
        };
    }
}
