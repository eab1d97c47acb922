package io.modelgate.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Fallback;
import io.modelgate.Fallback.Rescue;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which rung answers. */
class LadderTest {

    private static final Set<Cause> NO_VERSION =
            EnumSet.of(Cause.RATE_LIMITED, Cause.FULL, Cause.OVER_BUDGET, Cause.NO_TIME_LEFT, Cause.INPUT_BLOCKED);

    record Applicant(String id, int debt, int income) {}

    enum Decision {
        APPROVE,
        DECLINE,
        REFER_TO_HUMAN
    }

    static class Rules {
        static Decision debtRatio(Applicant a) {
            return a.debt() * 2 > a.income() ? Decision.DECLINE : Decision.APPROVE;
        }
    }

    /** Takes a ladder the way a gate's builder does. */
    static final class Slot<I, O> {
        Fallback<I, O> exact(Fallback<I, O> fallback) {
            return fallback;
        }

        Fallback<? super I, O> wider(Fallback<? super I, O> fallback) {
            return fallback;
        }
    }

    @Test
    void theTypesFollowFromTheGate() {
        Slot<Applicant, Decision> gate = new Slot<>();

        Fallback<Applicant, Decision> ladder = gate.exact(Ladder.of(l -> l.previousVersion()
                .lastGood((applicant, caller) -> applicant.id())
                .rule("debt-ratio", Rules::debtRatio)
                .rule(
                        "by-income",
                        a -> a.income() > 0 ? null : Decision.DECLINE,
                        r -> r.on(Cause.ERROR, Cause.TIMEOUT).maxConcurrent(16))
                .ruleInContext("late", (input, fallen) -> fallen.timeLeft().isZero() ? null : Decision.DECLINE)
                .degradeOn("closed", Decision.DECLINE, Cause.KILLED)
                .degrade(Decision.REFER_TO_HUMAN)));
        Fallback<? super Applicant, Decision> wider =
                gate.wider(Ladder.of(l -> l.rule("debt-ratio", Rules::debtRatio).degrade(Decision.REFER_TO_HUMAN)));

        assertThat(ladder.rungs())
                .containsExactly("previousVersion", "lastGood", "debt-ratio", "by-income", "late", "closed", "degrade");
        assertThat(wider.rungs()).containsExactly("debt-ratio", "degrade");
    }

    @Test
    void aRuleForAWiderInputAndANarrowerAnswerFits() {
        Rule<Object, String> text = Object::toString;
        Ladder<String, CharSequence> ladder = Ladder.of(l -> l.rule("text", text));

        assertThat(ladder.rungs()).containsExactly("text");
    }

    @Test
    void theFirstRungThatAnswersAnswers() {
        Ladder<String, String> ladder = Ladder.of(l ->
                l.rule("silent", i -> null).rule("first", i -> "first " + i).rule("second", i -> "second " + i));

        assertThat(ladder.answer(new FallenCall())).contains(new Rescue<>("first", "first a", null));
    }

    @Test
    void aLadderWhoseRungsAreSilentEndsInHardFailure() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.previousVersion().lastGood((i, c) -> i).rule("silent", i -> null));

        assertThat(ladder.answer(new FallenCall())).isEmpty();
    }

    @Test
    void failEndsInHardFailure() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.failOn(Cause.ERROR).rule("x", i -> "x").fail());

        assertThat(ladder.answer(FallenCall.on(Cause.ERROR))).isEmpty();
        assertThat(ladder.answer(FallenCall.on(Cause.TIMEOUT))).isPresent();
        assertThat(ladder.rungs()).as("what never answers is no metric").containsExactly("x");
        assertThat(ladder.stats()).extracting(RungStats::rung).containsExactly("x");
    }

    @Test
    void aLadderOfFailAloneAnswersNothing() {
        Ladder<String, String> ladder = Ladder.of(Ladder.Builder::fail);

        assertThat(ladder.answer(new FallenCall())).isEmpty();
        assertThat(ladder.rungs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void aRungLimitedToCausesIsSkippedForOthers(Cause cause) {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("x", i -> "x", r -> r.on(Cause.ERROR, Cause.TIMEOUT))
                .degradeOn("killed", "k", Cause.KILLED)
                .degrade("constant"));

        String rung = ladder.answer(FallenCall.on(cause)).orElseThrow().rung();

        assertThat(rung)
                .isEqualTo(
                        switch (cause) {
                            case ERROR, TIMEOUT -> "x";
                            case KILLED -> "killed";
                            default -> "degrade";
                        });
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void noVersionIsAskedWhenTheWholeGateRefuses(Cause cause) {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion().degrade("constant"));
        FallenCall call = FallenCall.on(cause).previous("from v1");

        Rescue<String> rescue = ladder.answer(call).orElseThrow();

        if (NO_VERSION.contains(cause)) {
            assertThat(rescue).isEqualTo(new Rescue<>("degrade", "constant", null));
            assertThat(call.askedPrevious).isZero();
        } else {
            assertThat(rescue).isEqualTo(new Rescue<>("previousVersion", "from v1", "v1"));
        }
    }

    @Test
    void aKilledVersionFallsToThePreviousOneAndAKilledGateDoesNot() {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion().degrade("constant"));
        FallenCall version = FallenCall.on(Cause.KILLED).previous("from v1");
        FallenCall gate = FallenCall.on(Cause.KILLED).previous("from v1");
        gate.routed = Optional.empty();

        assertThat(ladder.answer(version)).contains(new Rescue<>("previousVersion", "from v1", "v1"));
        assertThat(ladder.answer(gate)).contains(new Rescue<>("degrade", "constant", null));
        assertThat(gate.askedPrevious).isZero();
    }

    @Test
    void aRuleInContextSeesItsCall() {
        AtomicReference<Caller> seen = new AtomicReference<>();
        Ladder<String, String> ladder = Ladder.of(l -> l.ruleInContext("x", (input, fallen) -> {
            seen.set(fallen.caller());
            return input + fallen.cause() + fallen.timeLeft();
        }));
        FallenCall call = FallenCall.on(Cause.TIMEOUT).timeLeft(Duration.ofMillis(5));

        assertThat(ladder.answer(call)).contains(new Rescue<>("x", "aTIMEOUTPT0.005S", null));
        assertThat(seen).hasValue(call.caller);
    }

    @Test
    void withoutTimeOnlyConstantsAnswer() {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion()
                .lastGood((i, c) -> i)
                .rule("x", i -> "x")
                .ruleInContext("y", (i, f) -> "y")
                .degrade("constant"));
        ladder.remember("a", Caller.anonymous(), "v1", "good");

        for (Duration left : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            FallenCall call = new FallenCall().previous("from v1").timeLeft(left);
            assertThat(ladder.answer(call)).contains(new Rescue<>("degrade", "constant", null));
            assertThat(call.askedPrevious).isZero();
        }
        assertThat(ladder.stats())
                .containsExactly(
                        new RungStats("previousVersion", 0, 0, 0, 2, 0),
                        new RungStats("lastGood", 0, 0, 0, 2, 0),
                        new RungStats("x", 0, 0, 0, 2, 0),
                        new RungStats("y", 0, 0, 0, 2, 0),
                        new RungStats("degrade", 2, 0, 0, 0, 0));
    }

    @Test
    void aLateAnswerIsUsedAndTheRungsAfterItNeedTimeOfTheirOwn() {
        FallenCall call = new FallenCall();
        Ladder<String, String> answers = Ladder.of(l -> l.ruleInContext("slow", (input, fallen) -> {
                    call.timeLeft = Duration.ZERO;
                    return "late";
                })
                .degrade("constant"));
        Ladder<String, String> silent = Ladder.of(l -> l.ruleInContext("slow", (input, fallen) -> {
                    call.timeLeft = Duration.ZERO;
                    return null;
                })
                .rule("after", i -> "after")
                .degrade("constant"));

        assertThat(answers.answer(call)).contains(new Rescue<>("slow", "late", null));
        call.timeLeft = Duration.ofMillis(1);
        assertThat(silent.answer(call)).contains(new Rescue<>("degrade", "constant", null));
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void theConstantOfACauseIgnoresThePreviousVersion(Cause cause) {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion().degrade("constant"));

        assertThat(ladder.constant(cause)).contains(new Rescue<>("degrade", "constant", null));
        assertThat(ladder.constant(cause)).as("made once").isSameAs(ladder.constant(cause));
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void aCauseHasNoConstantWhileAnotherRungMayAnswerIt(Cause cause) {
        Ladder<String, String> rule =
                Ladder.of(l -> l.rule("x", i -> "x", r -> r.on(Cause.KILLED)).degrade("constant"));
        Ladder<String, String> lastGood =
                Ladder.of(l -> l.lastGood((i, c) -> i, o -> o.on(Cause.KILLED)).degrade("constant"));
        Ladder<String, String> fail = Ladder.of(l -> l.failOn(Cause.KILLED).degrade("constant"));
        Ladder<String, String> none = Ladder.of(Ladder.Builder::previousVersion);
        Ladder<String, String> any = Ladder.of(l -> l.rule("x", i -> "x").degrade("constant"));

        assertThat(rule.constant(cause).isPresent()).isEqualTo(cause != Cause.KILLED);
        assertThat(lastGood.constant(cause).isPresent()).isEqualTo(cause != Cause.KILLED);
        assertThat(fail.constant(cause).isPresent()).isEqualTo(cause != Cause.KILLED);
        assertThat(none.constant(cause)).isEmpty();
        assertThat(any.constant(cause).isPresent())
                .as("a rule has no time to answer the last of the causes")
                .isEqualTo(cause == Cause.NO_TIME_LEFT);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void aConstantIsWhatTheLadderWouldAnswer(Cause cause) {
        Ladder<String, String> ladder = Ladder.of(l -> l.previousVersion()
                .degradeOn("killed", "k", Cause.KILLED, Cause.FULL)
                .failOn(Cause.OVER_BUDGET)
                .degrade("constant"));
        FallenCall call = FallenCall.on(cause);
        call.routed = Optional.empty();

        assertThat(ladder.constant(cause)).isEqualTo(ladder.answer(call));
    }

    @Test
    void statsSayWhatBecameOfEachCall() {
        Ladder<String, String> ladder = Ladder.of(l -> l.rule("even", i -> i.length() % 2 == 0 ? "even" : null)
                .rule("bad", i -> {
                    throw new IllegalStateException();
                })
                .degrade("constant"));

        ladder.answer(FallenCall.of("ab"));
        ladder.answer(FallenCall.of("abc"));
        ladder.answer(FallenCall.of("abcde"));

        assertThat(ladder.stats())
                .containsExactly(
                        new RungStats("even", 1, 2, 0, 0, 0),
                        new RungStats("bad", 0, 0, 0, 0, 2),
                        new RungStats("degrade", 2, 0, 0, 0, 0));
    }
}
