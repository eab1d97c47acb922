package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gated methods that return a stream. The test is the library: it gives the signals one by one, and drives the time. */
class StreamCallTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandDrivenTime time = new HandDrivenTime();
    private final List<String> observed = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger stops = new AtomicInteger();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run)
            .eventExecutor(Runnable::run)
            .observe(this::observe)
            .eachGate((name, gate) -> gate.maxConcurrent(1).modelTimeout(SECOND)));

    @AfterEach
    void close() {
        gates.close();
    }

    private CallObserver.Observed observe(String gate) {
        return new CallObserver.Observed() {
            @Override
            public void left() {
                observed.add("left");
            }

            @Override
            public void ended(Outcome<?> outcome) {
                observed.add(outcome.getClass().getSimpleName()
                        + outcome.cause().map(cause -> " " + cause).orElse(""));
            }

            @Override
            public void threw(Throwable thrown) {
                observed.add("threw " + thrown.getClass().getSimpleName());
            }
        };
    }

    /** A stream: those of versions and fallbacks are known by a name, the gate's makes calls. */
    @SuppressWarnings("UnusedTypeParameter") // the type of the items
    record Pieces<T>(Object what) {}

    record PiecesAnswer() implements StreamAnswer {
        @Override
        public Class<?> type() {
            return Pieces.class;
        }

        @Override
        public Object wrap(Supplier<StreamCall> call) {
            return new Pieces<>(call);
        }
    }

    interface Chat {
        @Gated(value = "chat", fallback = "later")
        Pieces<String> reply(String prompt, @CallerKey String user);

        default Pieces<String> later(String prompt, String user, Cause cause) {
            return new Pieces<>("later: " + cause);
        }
    }

    private abstract class Scripted implements Chat {
        private final Function<String, @Nullable Pieces<String>> script;

        Scripted(Function<String, @Nullable Pieces<String>> script) {
            this.script = script;
        }

        @Override
        @SuppressWarnings("NullAway") // a version may do so
        public Pieces<String> reply(String prompt, String user) {
            asked.incrementAndGet();
            return script.apply(prompt);
        }
    }

    @Version("v1")
    private final class Stable extends Scripted {
        Stable(Function<String, @Nullable Pieces<String>> script) {
            super(script);
        }
    }

    @Version("v2")
    private final class Candidate extends Scripted {
        Candidate(Function<String, @Nullable Pieces<String>> script) {
            super(script);
        }
    }

    private static Function<String, @Nullable Pieces<String>> named(String name) {
        return prompt -> new Pieces<>(name);
    }

    private Chat chat(Consumer<GateBuilder<Invocation, String>> more, Scripted... versions) {
        return gates.guard(
                Chat.class, g -> g.answers(new PiecesAnswer()).gate("chat", String.class, more), (Object[]) versions);
    }

    private Chat chat() {
        return chat(gate -> {}, new Stable(named("v1")));
    }

    @SuppressWarnings("unchecked")
    private static StreamCall subscribe(Chat chat, String user) {
        return ((Supplier<StreamCall>) chat.reply("hi", user).what()).get();
    }

    private static Object what(Object stream) {
        return ((Pieces<?>) stream).what();
    }

    /** Subscribes as far as the version's stream. */
    private StreamCall begun(Chat chat, String user) {
        StreamCall call = subscribe(chat, user);
        assertThat(call.next()).isInstanceOf(Pieces.class);
        assertThat(call.fellBack()).isFalse();
        call.onStop(stops::incrementAndGet);
        return call;
    }

    private static void assertFallsBack(StreamCall call, Cause cause) {
        assertThat(call.finished()).isFalse();
        assertThat(what(call.next())).isEqualTo("later: " + cause);
        assertThat(call.fellBack()).isTrue();
    }

    private void assertNothingLeft() {
        ModelGate<?, ?> gate = gates.gate("chat");
        for (String version : gate.describe().versions()) {
            assertThat(gate.version(version).inFlight()).isZero();
            assertThat(gate.version(version).overdue()).isZero();
        }
        assertThat(gate.limits().running()).isZero();
    }

    private GateStats stats() {
        return gates.gate("chat").stats();
    }

    @Test
    void nothingIsAskedBeforeSomebodySubscribesAndEachSubscriptionIsACall() {
        Pieces<String> reply = chat().reply("hi", "alice");
        assertThat(asked).hasValue(0);

        for (int i = 1; i <= 2; i++) {
            @SuppressWarnings("unchecked")
            StreamCall call = ((Supplier<StreamCall>) reply.what()).get();
            assertThat(what(call.next())).isEqualTo("v1");
            assertThat(call.item("re")).isTrue();
            assertThat(call.finished()).isTrue();
            assertThat(asked).hasValue(i);
            assertThat(stats().calls()).isEqualTo(i);
        }
        assertThat(stats().answered()).containsEntry("v1", 2L);
        assertNothingLeft();
    }

    @Test
    void aStreamHoldsItsPlaceUntilItEnds() {
        Chat chat = chat();
        StreamCall first = begun(chat, "alice");
        assertThat(first.item("re")).isTrue();
        assertThat(gates.gate("chat").version("v1").inFlight()).isOne();

        assertThat(what(subscribe(chat, "bob").next())).isEqualTo("later: FULL");

        assertThat(first.finished()).isTrue();
        assertNothingLeft();
        begun(chat, "bob");
    }

    @Test
    void theTimeoutIsForTheFirstItemAlone() {
        StreamCall call = begun(chat(), "alice");
        time.advance(Duration.ofMillis(900));
        assertThat(call.item("re")).isTrue();
        time.advance(Duration.ofHours(1));
        assertThat(time.waiting()).as("looks that are still due").isZero();

        assertThat(call.item("re: hi")).isTrue();
        assertThat(call.finished()).isTrue();
        assertThat(stops).hasValue(0);
        assertThat(stats().byCause()).isEmpty();
    }

    @Test
    void aStreamThatDoesNotBeginInTimeIsStoppedAndTheFallbackAnswers() {
        StreamCall call = begun(chat(), "alice");
        time.advance(Duration.ofMillis(1_100));

        assertThat(stops).hasValue(1);
        assertThat(call.item("too late")).isFalse();
        assertFallsBack(call, Cause.TIMEOUT);
        assertNothingLeft();
    }

    @Test
    void aFirstItemThatIsLateIsNoneEvenBeforeAnybodyStopsIt() {
        try (Gates slow = Gates.open(g -> g.ticker(time)
                .scheduler((task, delay) -> {}) // nobody ever looks at deadlines
                .ladderExecutor(Runnable::run)
                .eachGate((name, gate) -> gate.modelTimeout(SECOND)))) {
            Chat chat = slow.guard(Chat.class, g -> g.answers(new PiecesAnswer()), new Stable(named("v1")));
            StreamCall call = begun(chat, "alice");
            time.advance(Duration.ofMillis(1_001));

            assertThat(call.item("late")).isFalse();
            assertFallsBack(call, Cause.TIMEOUT);
            assertThat(stops).hasValue(0);
            assertThat(slow.gate("chat").version("v1").inFlight()).isZero();
        }
    }

    @Test
    void anEmptyStreamIsNoAnswer() {
        StreamCall call = begun(chat(), "alice");

        assertFallsBack(call, Cause.INVALID_OUTPUT);
        assertNothingLeft();
    }

    @Test
    void anErrorBeforeTheFirstItemLeadsToTheFallback() {
        StreamCall call = begun(chat(), "alice");
        call.failed(new IllegalStateException("no"));

        assertFallsBack(call, Cause.ERROR);
        assertNothingLeft();
    }

    @Test
    void whatTheMethodItselfThrowsLeadsToTheFallbackToo() {
        Chat chat = chat(gate -> {}, new Stable(prompt -> {
            throw new IllegalStateException("no");
        }));
        StreamCall call = subscribe(chat, "alice");

        assertThat(what(call.next())).isEqualTo("later: ERROR");
        assertThat(call.fellBack()).isTrue();
        assertNothingLeft();
    }

    @Test
    void noStreamIsNoAnswer() {
        StreamCall call = subscribe(chat(gate -> {}, new Stable(prompt -> null)), "alice");

        assertThat(what(call.next())).isEqualTo("later: INVALID_OUTPUT");
        assertNothingLeft();
    }

    @Test
    void afterTheFirstItemAnErrorBreaksTheStreamOff() {
        IllegalStateException thrown = new IllegalStateException("no");
        StreamCall call = begun(chat(), "alice");
        assertThat(call.item("re")).isTrue();
        call.failed(thrown);

        assertThatThrownBy(call::finished)
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome()).isEqualTo(new Outcome.Failed<>(Cause.ERROR, "v1", thrown)))
                .hasMessage("gate \"chat\" broke off a stream that had begun: ERROR at version \"v1\"")
                .cause()
                .isSameAs(thrown);
        assertThat(stats().failed()).isOne();
        assertThat(stats().answered()).containsEntry("v1", 0L);
        assertNothingLeft();
    }

    private static Verdict judge(String item) {
        return item.startsWith("un") ? Verdict.LOW_CONFIDENCE : Verdict.ACCEPT;
    }

    @Test
    void theAcceptCheckJudgesTheFirstItemInTimeForAFallback() {
        StreamCall call = begun(chat(gate -> gate.accept(StreamCallTest::judge), new Stable(named("v1"))), "alice");

        assertThat(call.item("unsure")).isFalse();
        assertFallsBack(call, Cause.LOW_CONFIDENCE);
        assertNothingLeft();
    }

    @Test
    void theAcceptCheckJudgesEveryLaterItemAndEndsTheStream() {
        StreamCall call = begun(chat(gate -> gate.accept(StreamCallTest::judge), new Stable(named("v1"))), "alice");
        assertThat(call.item("sure")).isTrue();
        assertThat(call.item("unsure")).isFalse();

        assertThatThrownBy(call::finished)
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.LOW_CONFIDENCE));
        assertNothingLeft();
    }

    @Test
    void anErrorOfTheAcceptCheckGoesThroughAndLeavesNothing() {
        Chat chat = chat(
                gate -> gate.accept(item -> {
                    throw new AssertionError("of the check");
                }),
                new Stable(named("v1")));
        StreamCall call = begun(chat, "alice");

        assertThat(call.item("re")).isFalse();
        assertThatThrownBy(call::finished).isInstanceOf(AssertionError.class);
        assertNothingLeft();
    }

    private Chat canary(Function<String, @Nullable Pieces<String>> candidate) {
        return chat(gate -> gate.router(new WatchedRouter()), new Stable(named("v1")), new Candidate(candidate));
    }

    @Test
    void stableStandsInForACandidateThatFailsBeforeItsFirstItem() {
        StreamCall call = begun(canary(named("v2")), "carol");
        call.failed(new IllegalStateException("no"));
        assertThat(call.finished()).isFalse();

        assertThat(what(call.next())).isEqualTo("v1");
        assertThat(call.fellBack()).isFalse();
        assertThat(call.item("re")).isTrue();
        assertThat(call.finished()).isTrue();

        assertThat(stats().fellBack()).containsEntry(Outcome.STABLE, 1L);
        assertThat(stats().calls()).isOne();
        assertNothingLeft();
    }

    @Test
    void theFallbackHearsOfTheCandidatesCauseWhenStableHasNoStreamEither() {
        StreamCall call = begun(canary(named("v2")), "carol");
        call.failed(new IllegalStateException("no"));
        assertThat(call.finished()).isFalse();
        assertThat(what(call.next())).isEqualTo("v1");

        assertFallsBack(call, Cause.ERROR); // stable's is empty
        assertThat(asked).hasValue(2);
        assertNothingLeft();
    }

    @Test
    void aStandInThatBreaksOffIsWhatTheExceptionNames() {
        StreamCall call = begun(canary(prompt -> null), "carol"); // stable's at once
        assertThat(call.item("re")).isTrue();
        call.failed(new IllegalStateException("no"));

        assertThatThrownBy(call::finished).hasMessageContaining("ERROR at version \"v1\"");
        assertThat(stats().failed()).isOne();
        assertNothingLeft();
    }

    @Test
    void aKilledGateAsksNobody() {
        Chat chat = chat();
        gates.gate("chat").kill(ALICE, "off");
        StreamCall call = subscribe(chat, "alice");

        assertThat(what(call.next())).isEqualTo("later: KILLED");
        assertThat(asked).hasValue(0);
    }

    @Test
    void whatIsKilledBetweenTheCallAndTheSubscriptionIsKilled() {
        Pieces<String> reply = chat().reply("hi", "alice");
        gates.gate("chat").version("v1").kill(ALICE, "off");
        @SuppressWarnings("unchecked")
        StreamCall call = ((Supplier<StreamCall>) reply.what()).get();

        assertThat(what(call.next())).isEqualTo("later: KILLED");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aStreamInFlightGoesOnWhenItsGateIsKilledUnlessItIsToBeCut() {
        StreamCall call = begun(chat(), "alice");
        assertThat(call.item("re")).isTrue();
        gates.gate("chat").kill(ALICE, "off");

        assertThat(call.item("re: hi")).isTrue();
        assertThat(call.finished()).isTrue();
        assertThat(stops).hasValue(0);
    }

    @Test
    void aKillCutsAStreamThatHasNotBegunAndTheFallbackAnswers() {
        StreamCall call = begun(chat(GateBuilder::cutInFlightOnKill, new Stable(named("v1"))), "alice");
        gates.gate("chat").kill(ALICE, "off");

        assertThat(stops).hasValue(1);
        assertFallsBack(call, Cause.CUT);
        assertNothingLeft();
    }

    @Test
    void aKillCutsAStreamInTheMiddleAndNothingMoreIsHandedOn() {
        StreamCall call = begun(chat(GateBuilder::cutInFlightOnKill, new Stable(named("v1"))), "alice");
        assertThat(call.item("re")).isTrue();
        gates.gate("chat").kill(ALICE, "off");

        assertThat(stops).hasValue(1);
        assertThat(call.item("re: hi")).isFalse();
        assertThatThrownBy(call::finished)
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.CUT));
        assertNothingLeft();
    }

    @Test
    void aStreamThatIsCutWhileTheMethodMakesItIsNeverHandedOut() {
        Chat chat = chat(GateBuilder::cutInFlightOnKill, new Stable(prompt -> {
            gates.gate("chat").kill(ALICE, "off");
            return new Pieces<>("v1");
        }));
        StreamCall call = subscribe(chat, "alice");

        assertThat(what(call.next())).isEqualTo("later: CUT");
        assertThat(call.fellBack()).isTrue();
        assertNothingLeft();
    }

    @Test
    void aStreamThatIsCutBeforeAnybodySaysHowToStopItIsStoppedAtOnce() {
        StreamCall call = subscribe(chat(GateBuilder::cutInFlightOnKill, new Stable(named("v1"))), "alice");
        assertThat(what(call.next())).isEqualTo("v1");
        assertThat(call.live()).isTrue();
        gates.gate("chat").kill(ALICE, "off");
        call.onStop(stops::incrementAndGet);

        assertThat(stops).hasValue(1);
        assertThat(call.live()).as("whether it may still be subscribed to").isFalse();
        assertFallsBack(call, Cause.CUT);
    }

    @Test
    void whoCancelsBetweenTwoAttemptsIsCountedOnceAndNobodyElseIsAsked() {
        StreamCall call = begun(canary(named("v2")), "carol");
        call.failed(new IllegalStateException("no"));
        assertThat(call.finished()).isFalse();
        call.cancelled();

        assertThatThrownBy(call::next).isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(1);
        assertThat(stats().calls()).isOne();
        assertThat(stats().byCause()).containsEntry(Cause.ERROR, 1L);
        assertNothingLeft();
    }

    @Test
    void whoCancelsBeforeItBeginsMakesNoCall() {
        StreamCall call = subscribe(chat(), "alice");
        call.cancelled();

        assertThatThrownBy(call::next).isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(0);
        assertThat(stats().calls()).isZero();
    }

    @Test
    void anInterruptThatAStreamSignalsIsNoneOfTheThreadThatBringsIt() {
        StreamCall call = begun(chat(), "alice");
        call.failed(new InterruptedException());

        assertThat(Thread.interrupted()).isFalse();
        assertFallsBack(call, Cause.CUT);
    }

    @Test
    void anInterruptOfTheThreadThatBringsAnErrorIsNoneOfTheCalls() {
        StreamCall call = begun(chat(), "alice");
        Thread.currentThread().interrupt();
        call.failed(new IllegalStateException("no"));
        assertThat(Thread.interrupted()).isTrue();

        assertFallsBack(call, Cause.ERROR);
    }

    @Test
    void whoCancelsGivesEverythingBackAndTheBreakerBlamesNobody() {
        Chat chat = chat();
        for (int i = 0; i < 100; i++) {
            StreamCall call = begun(chat, "alice");
            if (i % 2 == 0) {
                assertThat(call.item("re")).isTrue();
            }
            call.cancelled();
            assertNothingLeft();
            assertThat(call.item("re: hi")).isFalse();
            assertThat(call.finished()).as("nobody is there to be told").isTrue();
        }
        assertThat(stats().byCause()).containsEntry(Cause.CUT, 100L);
        assertThat(stats().calls()).isEqualTo(100);
        assertThat(stops).as("a subscriber needs no stopping").hasValue(0);
        begun(chat, "alice");
    }

    @Test
    void toCancelAnEndedStreamDoesNothing() {
        StreamCall call = begun(chat(), "alice");
        assertThat(call.item("re")).isTrue();
        assertThat(call.finished()).isTrue();
        call.cancelled();

        assertThat(stats().byCause()).isEmpty();
        assertNothingLeft();
    }

    @Test
    void anErrorOfTheVersionGoesThroughAsItIs() {
        AssertionError thrown = new AssertionError("of the version");
        StreamCall call = begun(chat(), "alice");
        call.failed(thrown);

        assertThatThrownBy(call::finished).isSameAs(thrown);
        assertThat(stats().failed()).isOne();
        assertNothingLeft();
    }

    @Test
    void anErrorOfTheMethodGoesThroughAsItIs() {
        AssertionError thrown = new AssertionError("of the method");
        Chat chat = chat(gate -> {}, new Stable(prompt -> {
            throw thrown;
        }));
        StreamCall call = subscribe(chat, "alice");

        assertThatThrownBy(call::next).isSameAs(thrown);
        assertThat(stats().failed()).isOne();
        assertThat(observed).containsExactly("left", "threw AssertionError");
        assertNothingLeft();
    }

    interface Terse {
        @Gated("terse")
        Pieces<String> reply(String prompt);

        @Gated(value = "one", fallback = "sorry")
        Pieces<String> another(String prompt);

        default String sorry(String prompt) {
            return "sorry";
        }
    }

    @Version("v1")
    static final class Broken implements Terse {
        @Override
        public Pieces<String> reply(String prompt) {
            throw new IllegalStateException("no");
        }

        @Override
        public Pieces<String> another(String prompt) {
            return reply(prompt);
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void withoutAFallbackTheCallEndsInHardFailure() {
        Terse terse = gates.guard(Terse.class, g -> g.answers(new PiecesAnswer()), new Broken());
        StreamCall call = ((Supplier<StreamCall>) terse.reply("hi").what()).get();

        assertThatThrownBy(call::next)
                .isInstanceOf(GateException.class)
                .hasMessageContaining("no rung of its ladder answered")
                .hasRootCauseMessage("no");
    }

    @Test
    @SuppressWarnings("unchecked")
    void aFallbackMayReturnOneItem() {
        Terse terse = gates.guard(Terse.class, g -> g.answers(new PiecesAnswer()), new Broken());
        StreamCall call = ((Supplier<StreamCall>) terse.another("hi").what()).get();

        assertThat(call.next()).isEqualTo("sorry");
        assertThat(call.fellBack()).isTrue();
    }

    @Test
    void whatAVersionHandsOutThatIsNoStreamIsItsError() {
        Chat chat = gates.guard(
                Chat.class,
                g -> g.answers(new PiecesAnswer())
                        .gate(
                                "chat",
                                gate -> gate.version("v2", asked -> "no stream").router(new WatchedRouter())),
                new Stable(prompt -> null));
        StreamCall call = subscribe(chat, "carol");

        assertThat(what(call.next())).isEqualTo("later: ERROR");
        assertNothingLeft();
    }

    @Test
    void aLadderAndAnAsynchronousVersionAreMistakesForAStream() {
        assertThatThrownBy(() -> gates.guard(
                        Terse.class,
                        g -> g.answers(new PiecesAnswer())
                                .gate("terse", gate -> gate.fallback(Rungs.constant(new Pieces<>("safe"))))
                                .gate("one", gate -> gate.asyncVersion("v2", (asked, call) -> null)),
                        new Broken()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gate \"terse\" answers with a Pieces<String>, a stream, and has a ladder")
                .hasMessageContaining("version \"v2\" is asynchronous, and gate \"one\" answers with a Pieces<String>");
    }

    @Test
    void budgetsAreSettledWithTheLastItemAndAnUnknownUseIsNotZero() {
        Chat chat = chat(
                gate -> gate.budget(Budget.tokens("all", 1_000, Per.gate()))
                        .tokens(t -> t.input(asked -> 10).maxOutput(100).usage(item -> Usage.of(10, item.length()))),
                new Stable(named("v1")));
        StreamCall call = begun(chat, "alice");
        assertThat(call.item("a")).isTrue();
        assertThat(call.item("abc")).isTrue();
        assertThat(gates.budgets().reservations()).isOne();
        assertThat(call.finished()).isTrue();
        assertThat(gates.budgets().balance("all", "chat").orElseThrow().spent()).isEqualTo(13);

        StreamCall failed = begun(chat, "alice");
        failed.failed(new IllegalStateException("no"));

        assertThat(gates.budgets().reservations()).isZero();
        assertThat(gates.budgets().balance("all", "chat").orElseThrow().spent()).isGreaterThan(13);
    }

    @Test
    void theWatchHearsTheTimeToTheFirstItemAndTheLastItem() {
        WatchedRouter router = new WatchedRouter();
        Chat chat = chat(gate -> gate.router(router), new Stable(named("v1")), new Candidate(named("v2")));
        StreamCall call = begun(chat, "carol");
        time.advance(Duration.ofMillis(300));
        assertThat(call.item("re")).isTrue();
        time.advance(Duration.ofMinutes(1));
        assertThat(call.item("re: hi")).isTrue();
        assertThat(call.finished()).isTrue();
        StreamCall failing = begun(chat, "carol");
        failing.failed(new IllegalStateException("no"));

        assertThat(router.heard)
                .containsExactly(WatchedRouter.CANDIDATE + " 300000000 re: hi", WatchedRouter.CANDIDATE + " ERROR");
    }

    @Test
    void anObserverHearsOfOneCall() {
        Chat chat = chat();
        StreamCall answered = begun(chat, "alice");
        assertThat(answered.item("re")).isTrue();
        assertThat(answered.finished()).isTrue();
        StreamCall fell = begun(chat, "alice");
        assertFallsBack(fell, Cause.INVALID_OUTPUT);
        StreamCall broke = begun(chat, "alice");
        assertThat(broke.item("re")).isTrue();
        broke.failed(new IllegalStateException("no"));
        assertThatThrownBy(broke::finished).isInstanceOf(GateException.class);
        begun(chat, "alice").cancelled();

        assertThat(observed)
                .containsExactly(
                        "left",
                        "Answered",
                        "left",
                        "FellBack INVALID_OUTPUT",
                        "left",
                        "Failed ERROR",
                        "left",
                        "threw CancellationException");
    }

    @Test
    void streamsThatFailOpenTheBreaker() {
        Chat chat = chat();
        for (int i = 0; i < 10; i++) {
            begun(chat, "alice").failed(new IllegalStateException("no"));
        }

        assertThat(what(subscribe(chat, "alice").next())).isEqualTo("later: BREAKER_OPEN");
    }
}
