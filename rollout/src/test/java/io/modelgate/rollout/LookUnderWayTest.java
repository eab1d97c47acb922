package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.testkit.ManualTime;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users' code that hangs in a look is told of, and holds up no more than it must. */
@Timeout(120)
class LookUnderWayTest {

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
    private final Hang hang = new Hang();
    private final BlockingQueue<RolloutEvent> hindered = new LinkedBlockingQueue<>();

    /** What the source of counts and the ticker throw instead. */
    private volatile @Nullable RuntimeException failure;

    private volatile @Nullable RuntimeException tickFailure;

    private final ExecutorService looks = Executors.newSingleThreadExecutor();
    /** How often the source was. */
    private final AtomicInteger asked = new AtomicInteger();

    private Gates gates;
    private ModelGate<String, String> gate;
    private Rollouts rollouts;

    @BeforeEach
    void startWithASourceThatHangs() {
        Thread test = Thread.currentThread();
        Ticker ticker = () -> {
            if (tickFailure != null && Thread.currentThread().equals(test)) {
                throw tickFailure;
            }
            return time.read();
        };
        gates = Gates.open(g -> g.ticker(ticker).instants(time).scheduler(time));
        gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router()));
        rollouts = Rollouts.open(
                gates,
                r -> r.executor(looks)
                        .guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE)
                        .observations((of, rollout, since) -> counts()));
        rollouts.onEvent(event -> {
            if (event instanceof RolloutEvent.Hindered) {
                hindered.add(event);
            }
        });
        RolloutPolicy office = Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.window(ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), LocalTime.of(9, 0), LocalTime.of(17, 0));
        }));
        assertThat(rollouts.start(gate, "v2", office, Rig.ALICE, "canary").stored(Duration.ofSeconds(5)))
                .isTrue();
    }

    private StepCounts counts() {
        asked.incrementAndGet();
        if (failure != null) {
            throw failure;
        }
        hang.here();
        return StepCounts.NONE;
    }

    /** Begins a look that hangs. */
    private void hangs() throws Exception {
        idle();
        seconds(1);
        hang.reached();
    }

    /** Waits for the end of a look that is under way. */
    private void idle() throws Exception {
        looks.submit(() -> {}).get();
    }

    @AfterEach
    void close() {
        hang.close();
        rollouts.close();
        gates.close();
        looks.shutdown();
    }

    private void seconds(int many) {
        for (int i = 0; i < many; i++) {
            time.advance(Duration.ofSeconds(1));
        }
    }

    private String told() throws InterruptedException {
        RolloutEvent event = hindered.poll(20, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.gate()).isEqualTo("credit");
        return event.reason();
    }

    private void nothingIsTold() throws InterruptedException {
        assertThat(hindered.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aLookThatDoesNotEndIsToldOfOnceWithWhereItIs() throws Exception {
        hangs();
        seconds(29);
        nothingIsTold();
        seconds(1);
        assertThat(told())
                .contains(
                        "has not ended for 30 s",
                        "in io.modelgate.rollout.Hang.here (Hang.java:",
                        "no rollout of this process is judged");
        seconds(120);
        nothingIsTold();
    }

    @Test
    void aSourceThatThrewBeforeItHangsMutesNothing() throws Exception {
        failure = new IllegalStateException("connection reset");
        seconds(1);
        assertThat(told()).contains("connection reset");
        idle();
        failure = null;
        hangs();
        seconds(31);
        assertThat(told()).contains("has not ended for 30 s");
    }

    @Test
    void aListenerThatHangsTooKeepsNothingFromItsTime() throws Exception {
        Hang listener = new Hang();
        rollouts.onEvent(event -> listener.here());
        hangs();
        seconds(30); // on this thread, as on that of the scheduler
        listener.reached();
        seconds(30);
        listener.close();
    }

    @Test
    void aSourceThatComesBackIsAskedAgain() throws Exception {
        hangs();
        seconds(31);
        told();
        hang.close();
        idle();
        int before = asked.get();
        for (int i = 0; i < 60; i++) {
            seconds(1);
            idle(); // else the time runs on under a look that is only being made
        }
        assertThat(asked.get() - before).isBetween(59, 60);
        nothingIsTold();
    }

    @Test
    void aWatchThatThrowsEndsNoLooks() throws Exception {
        hangs();
        tickFailure = new IllegalStateException("no clock");
        seconds(40);
        tickFailure = null;
        seconds(1);
        assertThat(told()).contains("has not ended for 30 s");
    }

    @Test
    void outsideItsWindowsNobodyGetsTheCandidateThoughALookHangs() throws Exception {
        hangs();
        List<Caller> cohort = IntStream.range(0, 1_000)
                .mapToObj(i -> Caller.of("user-" + i))
                .filter(each -> gate.versionFor(each).orElse("").equals("v2"))
                .toList();
        assertThat(cohort).isNotEmpty();
        time.advance(Duration.ofHours(7));
        seconds(1);
        assertThat(cohort).noneMatch(each -> gate.versionFor(each).orElse("").equals("v2"));
        time.advance(Duration.ofHours(16));
        seconds(1);
        assertThat(cohort).allMatch(each -> gate.versionFor(each).orElse("").equals("v2"));
    }

    @Test
    void closingWaitsForNoSourceThatHangs() throws Exception {
        failure = new IllegalStateException("not yet");
        seconds(1);
        told();
        idle();
        failure = null;
        assertTimeoutPreemptively(Duration.ofSeconds(60), rollouts::close);
        hang.reached(); // it was asked for the last counts
    }
}
