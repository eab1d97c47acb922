package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gated methods whose answers come later in a type of a library: lazily, once for each use. Time is driven by hand. */
class LaterAnswerTest {

    private static final Actor ALICE = Actor.of("alice");

    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run)
            .eventExecutor(Runnable::run)
            .eachGate((name, gate) -> gate.maxConcurrent(2)));

    @AfterEach
    void close() {
        gates.close();
    }

    /** What a library's lazy type comes to: work that begins when it is subscribed to, each time anew. */
    static class Lazy<T> {
        private final Supplier<? extends CompletionStage<? extends T>> work;

        Lazy(Supplier<? extends CompletionStage<? extends T>> work) {
            this.work = work;
        }

        CompletableFuture<? extends T> subscribe() {
            return work.get().toCompletableFuture();
        }
    }

    static final class Eager<T> extends Lazy<T> {
        Eager() {
            super(CompletableFuture::new);
        }
    }

    // gated.md: later
    record LazyAnswer() implements LaterAnswer {
        @Override
        public Class<?> type() {
            return Lazy.class;
        }

        @Override
        public CompletionStage<?> begin(Object answer) {
            return ((Lazy<?>) answer).subscribe();
        }

        @Override
        public Object wrap(Supplier<? extends CompletionStage<?>> call) {
            return new Lazy<>(call);
        }
    }
    // gated.md: end

    @Test
    void thePageShowsThisVeryCode() throws IOException {
        GatedPage.assertShows(getClass(), "later");
    }

    /** One that is for another type, or begins in another way. */
    record Odd(Class<?> type, Function<Object, @Nullable CompletionStage<?>> beginning) implements LaterAnswer {
        @Override
        @SuppressWarnings("NullAway") // what the contract forbids
        public CompletionStage<?> begin(Object answer) {
            return beginning.apply(answer);
        }

        @Override
        public Object wrap(Supplier<? extends CompletionStage<?>> call) {
            return new Lazy<>(call);
        }
    }

    interface Agent {
        @Gated(value = "agent", fallback = "apology")
        Lazy<String> ask(String question, @CallerKey String user);

        @Gated(value = "summary", fallback = "later")
        Lazy<String> summary(String text);

        @Gated("bare")
        Lazy<String> bare(String text);

        default String apology(String question, String user, Cause cause) {
            return "sorry: " + cause;
        }

        static Lazy<String> later(String text) {
            return new Lazy<>(() -> CompletableFuture.completedFuture("later"));
        }
    }

    @Version("v1")
    static class Scripted implements Agent {
        final List<CompletableFuture<String>> begun = new ArrayList<>();
        int called;

        @Nullable
        Lazy<String> answer = new Lazy<>(() -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            begun.add(stage);
            return stage;
        });

        @Override
        public Lazy<String> ask(String question, String user) {
            called++;
            return answer;
        }

        @Override
        public Lazy<String> summary(String text) {
            called++;
            return answer;
        }

        @Override
        public Lazy<String> bare(String text) {
            called++;
            return answer;
        }
    }

    private final Scripted scripted = new Scripted();

    private Agent agent(Consumer<GuardBuilder> more) {
        return gates.guard(Agent.class, g -> more.accept(g.answers(new LazyAnswer())), scripted);
    }

    private Agent agent() {
        return agent(g -> {});
    }

    /** What it has come to, without waiting: time is driven by hand. */
    private static <T> T now(CompletableFuture<T> answer) {
        assertThat(answer).isDone();
        return answer.join();
    }

    private void assertGivenBack(String gate) {
        assertThat(gates.gate(gate).version("v1").inFlight()).as("in flight").isZero();
        assertThat(gates.gate(gate).version("v1").overdue()).as("overdue").isZero();
        assertThat(gates.gate(gate).limits().running()).as("permits").isZero();
    }

    @Test
    void nothingHappensUntilItIsUsed() {
        Lazy<String> lazy = agent().ask("why?", "user-1");

        assertThat(scripted.called).isZero();
        assertThat(gates.gate("agent").version("v1").inFlight()).isZero();

        CompletableFuture<? extends String> answer = lazy.subscribe();
        assertThat(scripted.called).isOne();
        assertThat(gates.gate("agent").version("v1").inFlight()).isOne();
        assertThat(answer).isNotDone();
        scripted.begun.get(0).complete("because");
        assertThat(now(answer)).isEqualTo("because");
        assertGivenBack("agent");
    }

    @Test
    void whoAsksIsAskedWhereTheMethodIsCalledAndOnlyIfNobodyIsKnownThereWhereItIsUsed() {
        AtomicReference<@Nullable Caller> here = new AtomicReference<>();
        WatchedRouter router = new WatchedRouter();
        try (Gates asking = Gates.open(g -> g.callers(here::get).executor(Runnable::run))) {
            Agent agent = asking.guard(
                    Agent.class,
                    g -> g.answers(new LazyAnswer())
                            .gate("bare", gate -> gate.router(router).version("v2", asked -> "to the candidate")),
                    scripted);
            here.set(Caller.of("carol"));
            Lazy<String> known = agent.bare("hi");
            here.set(null);
            assertThat(now(known.subscribe())).isEqualTo("to the candidate");

            Lazy<String> unknown = agent.bare("hi");
            here.set(Caller.of("carol"));
            assertThat(now(unknown.subscribe())).isEqualTo("to the candidate");
            here.set(null);
            assertThat(unknown.subscribe())
                    .as("nobody is known, so stable is asked")
                    .isNotDone();
        }
    }

    @Test
    void eachUseIsACallOfItsOwn() {
        Lazy<String> lazy = agent().ask("why?", "user-1");
        CompletableFuture<? extends String> first = lazy.subscribe();
        CompletableFuture<? extends String> second = lazy.subscribe();

        scripted.begun.get(1).complete("two");
        scripted.begun.get(0).complete("one");

        assertThat(now(first)).isEqualTo("one");
        assertThat(now(second)).isEqualTo("two");
        assertThat(gates.gate("agent").stats().answered()).containsEntry("v1", 2L);
    }

    @Test
    void whatIsDecidedBetweenTheCallAndTheUseCounts() {
        Lazy<String> lazy = agent().ask("why?", "user-1");
        gates.kill(Scope.gate("agent"), ALICE, "bad");

        assertThat(now(lazy.subscribe())).isEqualTo("sorry: KILLED");
        assertThat(scripted.called).isZero();
    }

    @Test
    void cancellingTheStageCancelsTheCallAndTheModelsStageAndReturnsThePermit() {
        Lazy<String> lazy = agent().bare("text");
        CompletableFuture<? extends String> first = lazy.subscribe();
        CompletableFuture<? extends String> second = lazy.subscribe();
        assertThat(lazy.subscribe()).isCompletedExceptionally(); // full

        first.cancel(true);

        assertThat(scripted.begun).extracting(CompletableFuture::isCancelled).containsExactly(true, false);
        assertThat(gates.gate("bare").limits().running()).isOne();
        assertThat(lazy.subscribe()).isNotDone();
        second.cancel(true);
        scripted.begun.get(2).complete("text");
        assertGivenBack("bare");
    }

    @Test
    void timeoutCancelsTheModelsStageAndTheLadderAnswers() {
        CompletableFuture<? extends String> answer = agent(
                        g -> g.gate("agent", gate -> gate.modelTimeout(Duration.ofMillis(200))))
                .ask("why?", "user-1")
                .subscribe();

        time.advance(Duration.ofMillis(250));

        assertThat(answer).isDone();
        assertThat(now(answer)).isEqualTo("sorry: TIMEOUT");
        assertThat(scripted.begun.get(0)).isCancelled();
        assertGivenBack("agent");
    }

    @Test
    void killCutsWhereTheGateSaysSo() {
        CompletableFuture<? extends String> answer = agent(g -> g.gate("agent", GateBuilder::cutInFlightOnKill))
                .ask("why?", "user-1")
                .subscribe();

        gates.kill(Scope.gate("agent"), ALICE, "bad");

        assertThat(now(answer)).isEqualTo("sorry: CUT");
        assertThat(scripted.begun.get(0)).isCancelled();
    }

    @Test
    void failureIsAnsweredByTheFallbackWhichMayAnswerLaterToo() {
        Agent agent = agent();
        CompletableFuture<? extends String> asked = agent.ask("why?", "user-1").subscribe();
        CompletableFuture<? extends String> summary = agent.summary("text").subscribe();
        scripted.begun.forEach(stage -> stage.completeExceptionally(new IOException("down")));

        assertThat(now(asked)).isEqualTo("sorry: ERROR");
        assertThat(now(summary)).isEqualTo("later");
    }

    interface Slow {
        @Gated(value = "slow", fallback = "never")
        Lazy<String> ask(String input);

        default Lazy<String> never(String input) {
            return new Eager<>();
        }
    }

    @Test
    void laterFallbackGetsTheTimeThatIsLeft() {
        @Version("v1")
        class V1 implements Slow {
            @Override
            public Lazy<String> ask(String input) {
                throw new IllegalStateException("down");
            }
        }
        Slow slow = gates.guard(
                Slow.class,
                g -> g.answers(new LazyAnswer()).gate("slow", gate -> gate.deadline(Duration.ofMillis(20))),
                new V1());

        assertThatThrownBy(() -> now(slow.ask("x").subscribe())).hasCauseInstanceOf(GateException.class);
    }

    @Test
    void nothingAtAllIsNoUsableAnswer() {
        scripted.answer = null;
        assertThat(now(agent().ask("why?", "user-1").subscribe())).isEqualTo("sorry: INVALID_OUTPUT");
    }

    @Test
    void stageOfNullAndNoStageAreNoUsableAnswer() {
        scripted.answer = new Lazy<>(() -> CompletableFuture.completedFuture(null));
        Agent agent = agent();
        assertThat(now(agent.ask("why?", "user-1").subscribe())).isEqualTo("sorry: INVALID_OUTPUT");

        try (Gates others = Gates.open(g -> g.ladderExecutor(Runnable::run))) {
            Agent broken = others.guard(Agent.class, g -> g.answers(new Odd(Lazy.class, answer -> null)), scripted);
            assertThat(now(broken.ask("why?", "user-1").subscribe())).isEqualTo("sorry: INVALID_OUTPUT");
            assertThat(broken.summary("text").subscribe()).isCompletedExceptionally();
        }
    }

    @Test
    void whatBeginThrowsIsAFailureOfTheVersion() {
        scripted.answer = new Lazy<>(() -> {
            throw new IllegalStateException("cannot begin");
        });
        CompletableFuture<? extends String> bare = agent().bare("text").subscribe();

        assertThatThrownBy(() -> now(bare))
                .cause()
                .isInstanceOf(GateException.class)
                .hasRootCauseMessage("cannot begin");
        assertGivenBack("bare");
    }

    @Test
    void emptyKeyIsRefusedWhereTheMethodIsCalled() {
        Agent agent = agent();

        assertThatThrownBy(() -> agent.ask("why?", "")).hasMessageContaining("key is empty");
    }

    @Test
    void gateIsConfiguredForTheAnswersInside() {
        Agent agent = agent(g -> g.gate(
                "bare",
                String.class,
                gate -> gate.accept(answer -> answer.isEmpty() ? Verdict.INVALID : Verdict.ACCEPT)
                        .fallback(Rungs.constant("safe"))));
        CompletableFuture<? extends String> bare = agent.bare("text").subscribe();
        scripted.begun.get(0).complete("");

        assertThat(now(bare)).isEqualTo("safe");
    }

    @Test
    void classesMayAnswerInItToo() throws Throwable {
        @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by reflection
        class Service {
            @Gated(value = "service", fallback = "safe")
            Lazy<String> ask(String input) {
                return scripted.bare(input);
            }

            Lazy<String> safe(String input, Cause cause) {
                return new Lazy<>(() -> CompletableFuture.completedFuture("safe: " + cause));
            }
        }
        Guarded guarded = gates.guarded(Service.class, g -> g.answers(new LazyAnswer()), new Service());
        Lazy<?> lazy = (Lazy<?>) guarded.call(Service.class.getDeclaredMethod("ask", String.class), new Object[] {"x"});
        assertThat(scripted.called).isZero();
        CompletableFuture<?> answer = lazy.subscribe();
        scripted.begun.get(0).completeExceptionally(new IOException("down"));

        assertThat(now(answer)).isEqualTo("safe: ERROR");
    }

    // ---- mistakes

    interface OfSubclass {
        @Gated("eager")
        Eager<String> ask(String input);
    }

    @Version("v1")
    static class OfSubclassV1 implements OfSubclass {
        @Override
        public Eager<String> ask(String input) {
            return new Eager<>();
        }
    }

    @Test
    void subclassOfTheTypeIsAMistakeBecauseTheGateWouldNotSeeItsAnswer() {
        assertThatThrownBy(() -> gates.guard(OfSubclass.class, g -> g.answers(new LazyAnswer()), new OfSubclassV1()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 mistake")
                .hasMessageContaining(
                        "it returns a Eager, whose answer the gate would not see; return a Lazy or the answer");
    }

    interface OfStream {
        @Gated("stream")
        SubmissionPublisher<String> ask(String input);
    }

    @Version("v1")
    static class OfStreamV1 implements OfStream {
        @Override
        public SubmissionPublisher<String> ask(String input) {
            return new SubmissionPublisher<>();
        }
    }

    @Test
    void streamIsAMistakeBecauseTheGateWouldSeeNoneOfItsAnswers() {
        assertThatThrownBy(() -> gates.guard(OfStream.class, new OfStreamV1()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "it returns a SubmissionPublisher, a stream, of whose answers the gate would see none");
    }

    @Test
    void withoutItTheTypeIsAnAnswerLikeAnyOther() {
        interface Plain {
            @Gated("plain")
            Lazy<String> ask(String input);
        }
        @Version("v1")
        class V1 implements Plain {
            @Override
            public Lazy<String> ask(String input) {
                return scripted.bare(input);
            }
        }

        assertThat(gates.guard(Plain.class, new V1()).ask("x")).isSameAs(scripted.answer);
    }

    private static LaterAnswer of(Class<?> type) {
        return new Odd(type, answer -> null);
    }

    @Test
    void typesThatAreSettledOrGivenTwice() {
        assertThatThrownBy(() -> agent(g -> g.answers(
                        of(Lazy.class), of(CompletionStage.class), of(Optional.class), of(void.class), of(int.class))))
                .hasMessageContaining("5 mistakes")
                .hasMessageContaining("is for Lazy as another is; keep one")
                .hasMessageContaining("is for CompletionStage, and what a method that returns this means is settled")
                .hasMessageContaining("is for Optional")
                .hasMessageContaining("is for void")
                .hasMessageContaining("is for int");
        assertThat(gates.gates()).isEmpty();
    }

    interface WrongFallback {
        @Gated(value = "wrong", fallback = "safe")
        Lazy<String> ask(String input);

        static Lazy<Integer> safe(String input) {
            return new Eager<>();
        }
    }

    @Version("v1")
    record WrongFallbackV1() implements WrongFallback {
        @Override
        public Lazy<String> ask(String input) {
            return new Eager<>();
        }
    }

    @Test
    void fallbackOfAnotherAnswer() {
        assertThatThrownBy(
                        () -> gates.guard(WrongFallback.class, g -> g.answers(new LazyAnswer()), new WrongFallbackV1()))
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("fallback \"safe\" returns Lazy<Integer>; return Lazy<String> or String");
    }

    @Test
    void stageThatAnInterfaceTypeBeginsMayRefuseToBecomeAFuture() {
        Lazy<String> unconvertible = new Lazy<>(CompletableFuture::new) {
            @Override
            CompletableFuture<String> subscribe() {
                return new CompletableFuture<>() {
                    @Override
                    public CompletableFuture<String> toCompletableFuture() {
                        throw new UnsupportedOperationException();
                    }
                };
            }
        };
        scripted.answer = unconvertible;
        CompletableFuture<? extends String> bare = agent().bare("text").subscribe();

        bare.cancel(true);

        assertThat(bare).isCancelled();
        assertThat(gates.gate("bare").limits().running()).isZero();
    }
}
