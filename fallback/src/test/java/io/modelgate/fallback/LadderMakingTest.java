package io.modelgate.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.modelgate.Cause;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a ladder refuses when it is made. */
class LadderMakingTest {

    private static void refused(Consumer<Ladder.Builder<String, String>> rungs, String... says) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ladder.of(rungs)).withMessageContainingAll(says);
    }

    @Test
    void anEmptyLadderIsRefused() {
        refused(l -> {}, "no rung", "fail()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a", ".a", "_a", "ä", "a/b", "a\n", "a:b"})
    void aNameThatMetricsCouldNotHoldIsRefused(String name) {
        refused(l -> l.rule(name, i -> i), "rung name", name, "expected 1 to 100 letters");
        refused(l -> l.ruleInContext(name, (i, f) -> i), "rung name");
        refused(l -> l.degradeOn(name, "x", Cause.KILLED), "rung name");
        refused(l -> l.lastGood((i, c) -> i, o -> o.name(name)), "rung name");
    }

    @Test
    void namesAre1To100Characters() {
        assertThatNoException().isThrownBy(() -> Ladder.of(l -> l.rule("a".repeat(100), i -> i)));
        assertThatNoException().isThrownBy(() -> Ladder.of(l -> l.rule("A9._-z", i -> i)));
        refused(l -> l.rule("a".repeat(101), i -> i), "expected 1 to 100 letters");
        refused(l -> l.rule(null, i -> i), "rung name is null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stable", "fail"})
    void reservedNamesAreRefused(String name) {
        refused(l -> l.rule(name, i -> i), "\"" + name + "\"", "reserved", "choose another");
        refused(l -> l.degradeOn(name, "x", Cause.KILLED), "reserved");
        refused(l -> l.lastGood((i, c) -> i, o -> o.name(name)), "reserved");
    }

    @Test
    void aNameIsUniqueWithinTheLadder() {
        refused(l -> l.rule("x", i -> i).rule("x", i -> i), "\"x\"", "an earlier rung");
        refused(l -> l.previousVersion().previousVersion(), "\"previousVersion\"", "an earlier rung");
        refused(l -> l.lastGood((i, c) -> i).lastGood((i, c) -> c), "\"lastGood\"", "an earlier rung");
        refused(l -> l.rule("degrade", i -> i).degrade("x"), "\"degrade\"", "an earlier rung");
        assertThatNoException()
                .isThrownBy(() -> Ladder.of(
                        l -> l.lastGood((i, c) -> i).lastGood((i, c) -> c.key(), o -> o.name("lastGood-of-caller"))));
    }

    @Test
    void aRungThatIsNeverReachedIsRefused() {
        refused(l -> l.degrade("x").rule("y", i -> i), "rung y", "never reached", "move it up or remove it");
        refused(l -> l.fail().rule("y", i -> i), "rung y", "never reached");
        refused(l -> l.fail().degrade("x"), "rung degrade", "never reached");
        refused(l -> l.degrade("x").fail(), "rung fail", "never reached");
        refused(
                l -> l.degradeOn("x", "x", Cause.ERROR)
                        .failOn(Cause.TIMEOUT)
                        .rule("y", i -> i, r -> r.on(Cause.TIMEOUT, Cause.ERROR)),
                "rung y",
                "ERROR, TIMEOUT");
        assertThatNoException()
                .isThrownBy(() -> Ladder.of(l ->
                        l.degradeOn("x", "x", Cause.ERROR).rule("y", i -> i, r -> r.on(Cause.TIMEOUT, Cause.ERROR))));
    }

    @Test
    void whatIsMissingIsRefused() {
        refused(l -> l.degrade(null), "rung degrade", "answer is null");
        refused(l -> l.degradeOn("d", null, Cause.KILLED), "rung d", "answer is null");
        refused(l -> l.rule("r", null), "rung r", "rule is null");
        refused(l -> l.ruleInContext("r", null), "rung r", "rule is null");
        refused(l -> l.lastGood(null), "rung lastGood", "key is null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ladder.of(null, l -> l.degrade("x")))
                .withMessageContaining("ticker is null");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void boundsAreAtLeast1(int n) {
        refused(l -> l.rule("x", i -> i, r -> r.maxConcurrent(n)), "rung x", "maxConcurrent is " + n, "1 or more");
        refused(l -> l.previousVersion(r -> r.maxConcurrent(n)), "rung previousVersion", "maxConcurrent is " + n);
        refused(l -> l.lastGood((i, c) -> i, o -> o.maxConcurrent(n)), "rung lastGood", "maxConcurrent is " + n);
        refused(l -> l.lastGood((i, c) -> i, o -> o.maximumSize(n)), "rung lastGood", "maximumSize is " + n);
        refused(l -> l.lastGood((i, c) -> i, o -> o.expireAfter(Duration.ofSeconds(n))), "expireAfter is");
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void aRungIsNotLimitedToWhatItCannotAnswer(Cause cause) {
        Consumer<Ladder.Builder<String, String>> rule = l -> l.rule("x", i -> i, r -> r.on(cause));
        Consumer<Ladder.Builder<String, String>> lastGood = l -> l.lastGood((i, c) -> i, o -> o.on(cause));
        Consumer<Ladder.Builder<String, String>> previous = l -> l.previousVersion(r -> r.on(Cause.ERROR, cause));

        switch (cause) {
            case NO_TIME_LEFT -> {
                refused(rule, "rung x", "on holds NO_TIME_LEFT", "degradeOn");
                refused(lastGood, "rung lastGood", "on holds NO_TIME_LEFT");
                refused(previous, "rung previousVersion", "on holds NO_TIME_LEFT");
            }
            case RATE_LIMITED, FULL, OVER_BUDGET, INPUT_BLOCKED -> {
                assertThatNoException().isThrownBy(() -> Ladder.of(rule));
                refused(previous, "rung previousVersion", "on holds " + cause);
            }
            default -> {
                assertThatNoException().isThrownBy(() -> Ladder.of(rule));
                assertThatNoException().isThrownBy(() -> Ladder.of(lastGood));
                assertThatNoException().isThrownBy(() -> Ladder.of(previous));
            }
        }
    }

    @Test
    void aLaterLimitReplacesAnEarlierOne() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.rule("x", i -> "x", r -> r.on(Cause.ERROR).on(Cause.TIMEOUT)));

        assertThat(ladder.answer(FallenCall.on(Cause.ERROR))).isEmpty();
        assertThat(ladder.answer(FallenCall.on(Cause.TIMEOUT))).isPresent();
    }

    @Test
    void twoGatesCannotShareALadder() {
        Ladder<String, String> ladder = Ladder.of(l -> l.degrade("x"));
        ladder.check("credit-risk");

        assertThatCode(() -> ladder.check("credit-risk")).as("made again").doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ladder.check("fraud"))
                .withMessageContainingAll("fraud", "credit-risk", "Ladder.of");
        assertThatCode(() -> ladder.check("credit-risk")).as("still its own").doesNotThrowAnyException();
    }

    @Test
    void aBuilderThatEscapesChangesNoLadder() {
        Ladder.Builder<?, ?>[] escaped = new Ladder.Builder<?, ?>[1];
        Ladder<String, String> ladder = Ladder.of(l -> escaped[0] = l.rule("silent", i -> null));

        escaped[0].previousVersion();
        assertThat(ladder.rungs()).containsExactly("silent");
        assertThat(ladder.stats()).hasSize(1);
    }
}
