package io.modelgate.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Fallback.Rescue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rungs that throw, and what is seen of it. */
class RungFailureTest {

    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    @BeforeEach
    void captureTheLog() {
        // The tests' SLF4J provider writes to whatever System.err is.
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(standardError);
        Thread.interrupted();
    }

    private String[] logLines() {
        return logged.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
    }

    @Test
    void aRuleThatThrowsIsPassedOver() {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("runtime", i -> {
                    throw new IllegalStateException();
                })
                .ruleInContext("checked", (i, f) -> {
                    throw new IOException();
                })
                .rule("good", i -> "good"));

        assertThat(ladder.answer(new FallenCall())).contains(new Rescue<>("good", "good", null));
        assertThat(ladder.stats()).extracting(RungStats::failed).containsExactly(1L, 1L, 0L);
    }

    @Test
    void aPreviousVersionThatThrowsIsPassedOver() {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion().degrade("constant"));
        FallenCall broken = new FallenCall();
        broken.previous = null;

        assertThat(ladder.answer(broken)).contains(new Rescue<>("degrade", "constant", null));
        assertThat(ladder.stats().get(0)).isEqualTo(new RungStats("previousVersion", 0, 0, 0, 0, 1));
    }

    @Test
    void anErrorPropagatesWithThePermitReturned() {
        Error error = new OutOfMemoryError("made up");
        Ladder<String, String> ladder = Ladder.of(l -> l.rule(
                        "x",
                        i -> {
                            throw error;
                        },
                        r -> r.maxConcurrent(1))
                .degrade("constant"));

        for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> ladder.answer(new FallenCall())).isSameAs(error);
        }
        assertThat(ladder.stats().get(0)).isEqualTo(new RungStats("x", 0, 0, 0, 0, 3));
        assertThat(logLines()).isEmpty();
    }

    @Test
    void anInterruptRestoresTheFlagAndLeavesOnlyConstants() {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("interrupted", i -> {
                    throw new InterruptedException();
                })
                .previousVersion()
                .lastGood((i, c) -> i)
                .rule("works", i -> "works")
                .degrade("constant"));
        ladder.remember("a", Caller.anonymous(), "v1", "good");
        FallenCall call = new FallenCall().previous("from v1");

        assertThat(ladder.answer(call)).contains(new Rescue<>("degrade", "constant", null));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(call.askedPrevious).isZero();
        assertThat(ladder.stats())
                .containsExactly(
                        new RungStats("interrupted", 0, 0, 0, 0, 1),
                        new RungStats("previousVersion", 0, 0, 0, 1, 0),
                        new RungStats("lastGood", 0, 0, 0, 1, 0),
                        new RungStats("works", 0, 0, 0, 1, 0),
                        new RungStats("degrade", 1, 0, 0, 0, 0));
    }

    @Test
    void anInterruptWithoutAConstantIsAHardFailure() {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("interrupted", i -> {
                    throw new InterruptedException();
                })
                .rule("works", i -> "works"));

        assertThat(ladder.answer(new FallenCall())).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptThatAnotherRungLeftBehindLeavesOnlyConstantsToo() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.previousVersion().rule("works", i -> "works").degrade("constant"));
        FallenCall call = new FallenCall() {
            @Override
            public Optional<Rescue<String>> previousVersion(String rung) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        };

        assertThat(ladder.answer(call)).contains(new Rescue<>("degrade", "constant", null));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptedKeyFunctionRestoresTheFlag() {
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood((i, c) -> {
            throw sneaky(new InterruptedException());
        }));

        ladder.remember("a", Caller.anonymous(), "v1", "good");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(ladder.stats()).extracting(RungStats::failed).containsExactly(1L);
    }

    @Test
    void aFailureIsLoggedWithTheRungAndTheClassAndNothingElse() {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("debt-ratio", i -> {
                    throw new IllegalStateException("secret " + i);
                })
                .degrade("answer"));
        ladder.check("credit-risk");

        ladder.answer(FallenCall.of("input"));

        assertThat(logLines())
                .singleElement()
                .asString()
                .contains("WARN", "debt-ratio", "credit-risk", "java.lang.IllegalStateException");
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .doesNotContain("secret", "input", "answer", "user-1", "\tat ");
    }

    @Test
    void aRungLogsAtMostOnceAMinute() {
        // Starts where the count of nanoseconds is about to wrap around.
        AtomicLong nanos =
                new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());
        Ladder<String, String> ladder = Ladder.of(
                nanos::get,
                l -> l.rule("x", RungFailureTest::fails)
                        .rule("y", RungFailureTest::fails)
                        .degrade("constant"));

        for (int second = 0; second < 120; second++) {
            ladder.answer(new FallenCall());
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(logLines()).filteredOn(line -> line.contains("Rung x")).hasSize(2);
        assertThat(logLines()).filteredOn(line -> line.contains("Rung y")).hasSize(2);
        assertThat(ladder.stats()).extracting(RungStats::failed).containsExactly(120L, 120L, 0L);
    }

    private static String fails(String input) {
        throw new IllegalStateException(input);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Exception> RuntimeException sneaky(Exception e) throws T {
        throw (T) e;
    }
}
