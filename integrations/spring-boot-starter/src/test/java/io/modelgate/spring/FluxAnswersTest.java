package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.CallerKey;
import io.modelgate.Cause;
import io.modelgate.GateException;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.ModelVersion;
import io.modelgate.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class FluxAnswersTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Gates gates = Gates.open(g -> g.eachGate((name, gate) -> gate.cutInFlightOnKill()));
    private final AtomicInteger asked = new AtomicInteger();

    interface Chat {
        @Gated(value = "chat", fallback = "later")
        Flux<String> reply(String prompt, @CallerKey String user);

        default Flux<String> later(String prompt, String user, Cause cause) {
            return Flux.just("later: ", cause.name());
        }
    }

    @Version("v1")
    private final class Scripted implements Chat {

        private final Function<String, Flux<String>> script;

        Scripted(Function<String, Flux<String>> script) {
            this.script = script;
        }

        @Override
        public Flux<String> reply(String prompt, String user) {
            asked.incrementAndGet();
            return script.apply(prompt);
        }
    }

    private Flux<String> reply(Function<String, Flux<String>> script) {
        return gates.guard(Chat.class, g -> g.answers(new FluxAnswers()), new Scripted(script))
                .reply("hi", "alice");
    }

    private ModelVersion version() {
        return gates.gate("chat").version("v1");
    }

    private void kill() {
        gates.gate("chat").kill(Actor.of("bob"), "off");
    }

    private void assertNothingLeft() {
        assertThat(version().inFlight()).isZero();
        assertThat(version().overdue()).isZero();
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void eachSubscriptionIsACallOfItsOwnAndNothingIsAskedBefore() {
        Flux<String> reply = reply(prompt -> Flux.just("re: ", prompt));
        assertThat(asked).hasValue(0);

        StepVerifier.create(reply).expectNext("re: ", "hi").expectComplete().verify(SOON);
        StepVerifier.create(reply).expectNext("re: ", "hi").expectComplete().verify(SOON);

        assertThat(asked).hasValue(2);
        assertThat(gates.gate("chat").stats().answered()).containsEntry("v1", 2L);
        assertNothingLeft();
    }

    @Test
    void aKillBetweenTwoSubscriptionsHoldsForTheSecond() {
        Flux<String> reply = reply(Flux::just);
        StepVerifier.create(reply).expectNext("hi").expectComplete().verify(SOON);
        kill();

        StepVerifier.create(reply)
                .expectNext("later: ", "KILLED")
                .expectComplete()
                .verify(SOON);
        assertThat(asked).hasValue(1);
    }

    @Test
    void itemsComeAsTheModelMakesThemAndAreInFlightUntilTheLast() {
        TestPublisher<String> model = TestPublisher.create();

        StepVerifier.create(reply(prompt -> model.flux()))
                .then(() -> assertThat(version().inFlight()).isOne())
                .then(() -> model.next("re: "))
                .expectNext("re: ")
                .then(() -> model.next("hi"))
                .expectNext("hi")
                .then(() -> assertThat(version().inFlight()).isOne())
                .then(model::complete)
                .expectComplete()
                .verify(SOON);
        assertNothingLeft();
    }

    @Test
    void noMoreIsAskedOfTheModelThanItsSubscriberAsksFor() {
        List<Long> requested = new ArrayList<>();

        StepVerifier.create(
                        reply(prompt -> Flux.range(0, 100).map(String::valueOf).doOnRequest(requested::add)), 0)
                .thenRequest(1)
                .expectNext("0")
                .thenRequest(2)
                .expectNext("1", "2")
                .thenCancel()
                .verify(SOON);
        assertThat(requested).containsExactly(1L, 2L);
        assertNothingLeft();
    }

    @Test
    void whatASubscriberAskedForHoldsForTheFallbackToo() {
        StepVerifier.create(reply(prompt -> Flux.error(new IllegalStateException("no"))), 1)
                .expectNext("later: ")
                .thenRequest(1)
                .expectNext("ERROR")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void anErrorOrNothingBeforeTheFirstItemIsTheFallbacks() {
        StepVerifier.create(reply(prompt -> Flux.empty()))
                .expectNext("later: ", "INVALID_OUTPUT")
                .expectComplete()
                .verify(SOON);
        assertNothingLeft();
    }

    @Test
    void anErrorAfterTheFirstItemEndsTheStreamWithAGateException() {
        IllegalStateException thrown = new IllegalStateException("no");

        StepVerifier.create(reply(prompt -> Flux.concat(Flux.just("re: "), Flux.error(thrown))))
                .expectNext("re: ")
                .expectErrorSatisfies(e -> {
                    assertThat(e).isInstanceOf(GateException.class).hasMessageContaining("broke off");
                    assertThat(e).cause().isSameAs(thrown);
                })
                .verify(SOON);
        assertNothingLeft();
    }

    @Test
    void whoCancelsCancelsTheModel() {
        TestPublisher<String> model = TestPublisher.create();

        StepVerifier.create(reply(prompt -> model.flux()))
                .then(() -> model.next("re: "))
                .expectNext("re: ")
                .thenCancel()
                .verify(SOON);
        model.assertCancelled();
        assertThat(gates.gate("chat").stats().byCause()).containsEntry(Cause.CUT, 1L);
        assertNothingLeft();
    }

    @Test
    void takingAFewCancelsTheModel() {
        assertThat(reply(prompt -> Flux.interval(Duration.ofMillis(1)).map(String::valueOf))
                        .take(3)
                        .collectList()
                        .block(SOON))
                .containsExactly("0", "1", "2");
        assertNothingLeft();
    }

    @Test
    void aKillCutsAStreamInTheMiddleOnAThreadOfTheGates() throws Exception {
        Sinks.Many<String> model = Sinks.many().unicast().onBackpressureBuffer();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        List<String> items = new ArrayList<>();
        reply(prompt -> model.asFlux().doOnCancel(() -> cancelled.complete(true)))
                .subscribe(items::add, heard::complete);
        model.tryEmitNext("re: ");

        kill();

        assertThat(heard.get(SOON.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.CUT));
        assertThat(cancelled.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        model.tryEmitNext("hi");
        assertThat(items).containsExactly("re: ");
        assertNothingLeft();
    }

    @Test
    void aKillBeforeTheFirstItemGivesTheFallback() {
        StepVerifier.create(reply(prompt -> Flux.never()))
                .then(this::kill)
                .expectNext("later: ", "CUT")
                .expectComplete()
                .verify(SOON);
        assertNothingLeft();
    }

    @Test
    void aModelThatIsSilentForTooLongIsCancelledAndTheFallbackAnswers() {
        AtomicLong cancelled = new AtomicLong();
        Chat chat = gates.guard(
                Chat.class,
                g -> g.answers(new FluxAnswers()).gate("chat", gate -> gate.modelTimeout(Duration.ofMillis(20))),
                new Scripted(prompt -> Flux.<String>never().doOnCancel(cancelled::incrementAndGet)));

        StepVerifier.create(chat.reply("hi", "alice"))
                .expectNext("later: ", "TIMEOUT")
                .expectComplete()
                .verify(SOON);
        assertThat(cancelled).hasValue(1);
        assertNothingLeft();
    }

    @Test
    void aStreamThatIsCutWhileItIsMadeIsNeverSubscribedTo() {
        AtomicInteger subscribed = new AtomicInteger();
        Flux<String> reply = reply(prompt -> {
            kill();
            return Flux.<String>never().doOnSubscribe(subscription -> subscribed.incrementAndGet());
        });

        StepVerifier.create(reply).expectNext("later: ", "CUT").expectComplete().verify(SOON);
        assertThat(subscribed).hasValue(0);
        assertNothingLeft();
    }

    private static <T> T overflow(T item) {
        throw new StackOverflowError("of " + item);
    }

    @Test
    void anErrorThatReactorThrowsOnLeavesNothingInFlight() {
        Flux<String> reply = reply(prompt -> Flux.just("re: ").map(FluxAnswersTest::overflow));
        for (int call = 1; call <= 3; call++) {
            assertThatThrownBy(() -> reply.blockLast(SOON)).isInstanceOf(StackOverflowError.class);
            assertNothingLeft();
        }
        assertThat(gates.gate("chat").stats().calls()).isEqualTo(3);
    }

    @Test
    void anErrorOfTheSubscribersOwnCodeLeavesNothingInFlight() {
        TestPublisher<String> model = TestPublisher.create();
        reply(prompt -> model.flux()).map(FluxAnswersTest::overflow).subscribe();

        assertThatThrownBy(() -> model.next("re: ")).isInstanceOf(StackOverflowError.class);
        model.assertCancelled();
        assertNothingLeft();
    }

    @Test
    void anErrorThatTheModelSignalsIsSignalled() {
        NoClassDefFoundError thrown = new NoClassDefFoundError("of the model");
        List<Object> heard = new ArrayList<>();
        reply(prompt -> Flux.concat(Flux.just("re: "), Flux.error(thrown))).subscribe(heard::add, heard::add);

        assertThat(heard).containsExactly("re: ", thrown);
        assertNothingLeft();
    }

    @Test
    void theModelSeesTheContextOfWhoSubscribes() {
        Flux<String> reply = reply(prompt -> Flux.deferContextual(context -> Flux.just("for ", context.get("tenant"))));

        assertThat(reply.contextWrite(context -> context.put("tenant", "acme"))
                        .collectList()
                        .block(SOON))
                .containsExactly("for ", "acme");
    }

    interface Terse {
        @Gated(value = "terse", fallback = "sorry")
        Flux<String> reply(String prompt);

        default String sorry(String prompt) {
            return "sorry";
        }

        @Gated("bare")
        Flux<String> bare(String prompt);
    }

    @Version("v1")
    static final class Failing implements Terse {
        @Override
        public Flux<String> reply(String prompt) {
            throw new IllegalStateException("no");
        }

        @Override
        public Flux<String> bare(String prompt) {
            return Flux.error(new IllegalStateException("no"));
        }
    }

    @Test
    void aFallbackOfOneItemIsAStreamOfIt() {
        Terse terse = gates.guard(Terse.class, g -> g.answers(new FluxAnswers()), new Failing());

        assertThat(terse.reply("hi").collectList().block(SOON)).containsExactly("sorry");
    }

    @Test
    void withoutAFallbackTheStreamEndsInAGateException() {
        Terse terse = gates.guard(Terse.class, g -> g.answers(new FluxAnswers()), new Failing());

        assertThatThrownBy(() -> terse.bare("hi").blockLast(SOON))
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.ERROR));
    }
}
