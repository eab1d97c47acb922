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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class MonoAnswersTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Gates gates = Gates.open(g -> {});
    private final AtomicInteger asked = new AtomicInteger();

    interface Chat {
        @Gated(value = "chat", fallback = "later")
        Mono<String> reply(String prompt, @CallerKey String user);

        default Mono<String> later(String prompt, String user, Cause cause) {
            return cause == Cause.INVALID_OUTPUT ? Mono.empty() : Mono.just("later: " + cause);
        }
    }

    @Version("v1")
    private final class Scripted implements Chat {

        private final Function<String, Mono<String>> script;

        Scripted(Function<String, Mono<String>> script) {
            this.script = script;
        }

        @Override
        public Mono<String> reply(String prompt, String user) {
            asked.incrementAndGet();
            return script.apply(prompt);
        }
    }

    private Chat chat(Function<String, Mono<String>> script) {
        return gates.guard(Chat.class, g -> g.answers(new MonoAnswers()), new Scripted(script));
    }

    private ModelVersion version() {
        return gates.gate("chat").version("v1");
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void nothingIsAskedBeforeSomebodySubscribes() {
        Mono<String> reply = chat(prompt -> Mono.just("re: " + prompt)).reply("hi", "alice");
        assertThat(asked).hasValue(0);
        assertThat(gates.gate("chat").stats().calls()).isZero();

        assertThat(reply.block(SOON)).isEqualTo("re: hi");
        assertThat(asked).hasValue(1);
    }

    @Test
    void eachSubscriptionIsACallOfItsOwn() {
        Mono<String> reply = chat(Mono::just).reply("hi", "alice");

        reply.block(SOON);
        gates.gate("chat").kill(Actor.of("bob"), "off");

        assertThat(reply.block(SOON)).isEqualTo("later: KILLED");
        assertThat(asked).hasValue(1);
        assertThat(gates.gate("chat").stats().calls()).isEqualTo(2);
    }

    @Test
    void theModelRunsOnceForEachCallAndItsMonoIsSubscribedOnce() {
        AtomicInteger subscribed = new AtomicInteger();
        Chat chat = chat(prompt -> Mono.fromSupplier(() -> "answer " + subscribed.incrementAndGet()));

        assertThat(chat.reply("hi", "alice").block(SOON)).isEqualTo("answer 1");
    }

    @Test
    void whoCancelsCancelsTheModelAndNothingIsLeftInFlight() throws Exception {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        Chat chat = chat(prompt -> Mono.<String>never().doOnCancel(() -> cancelled.complete(true)));

        Disposable subscription = chat.reply("hi", "alice").subscribe();
        assertThat(version().inFlight()).isOne();
        subscription.dispose();

        assertThat(version().inFlight()).isZero();
        assertThat(cancelled.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue(); // on a thread of the gates
        while (version().overdue() > 0) {
            Thread.onSpinWait();
        }
        assertThat(gates.gate("chat").stats().byCause()).containsEntry(Cause.CUT, 1L);
    }

    @Test
    void anErrorGoesToTheFallback() {
        Chat chat = chat(prompt -> Mono.error(new IllegalStateException("no")));

        assertThat(chat.reply("hi", "alice").block(SOON)).isEqualTo("later: ERROR");
    }

    @Test
    void anEmptyMonoIsNoAnswerAndNobodyGetsOne() {
        Chat chat = chat(prompt -> Mono.empty());

        assertThatThrownBy(() -> chat.reply("hi", "alice").block(SOON))
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.INVALID_OUTPUT));
    }

    @Test
    void theModelSeesTheContextOfWhoSubscribes() {
        Chat chat = chat(prompt -> Mono.deferContextual(context -> Mono.just("for " + context.get("tenant"))));

        String reply = chat.reply("hi", "alice")
                .contextWrite(context -> context.put("tenant", "acme"))
                .block(SOON);

        assertThat(reply).isEqualTo("for acme");
    }

    @Test
    void aModelThatAsksAnotherGateHasItsOwnContextBack() {
        Inner inner = gates.guard(Inner.class, g -> g.answers(new MonoAnswers()), new InnerVersion());
        Chat chat = chat(prompt -> inner.reply(prompt, "alice")
                .contextWrite(context -> context.put("tenant", "inner"))
                .then(Mono.deferContextual(context -> Mono.just("for " + context.get("tenant")))));

        String reply = chat.reply("hi", "alice")
                .contextWrite(context -> context.put("tenant", "outer"))
                .block(SOON);

        assertThat(reply).isEqualTo("for outer");
    }

    interface Inner {
        @Gated("inner")
        Mono<String> reply(String prompt, @CallerKey String user);
    }

    @Version("v1")
    static final class InnerVersion implements Inner {
        @Override
        public Mono<String> reply(String prompt, String user) {
            return Mono.deferContextual(context -> Mono.just("inner of " + context.get("tenant")));
        }
    }

    @Test
    void anAnswerThatComesLaterIsTheCallers() {
        Sinks.One<String> model = Sinks.one();
        Chat chat = chat(prompt -> model.asMono());
        Sinks.One<String> heard = Sinks.one();

        chat.reply("hi", "alice").subscribe(answer -> heard.tryEmitValue(answer));
        model.tryEmitValue("at last");

        assertThat(heard.asMono().block(SOON)).isEqualTo("at last");
        assertThat(version().inFlight()).isZero();
    }
}
