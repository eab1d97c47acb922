package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Identities;
import io.modelgate.Router;
import io.modelgate.Version;
import io.modelgate.control.Entry;
import java.security.Principal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.mock.web.server.MockWebSession;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

class ReactiveCallersTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private static ReactiveCallers callers(boolean principal, @Nullable String header, boolean session) {
        return new ReactiveCallers(new ModelGateProperties.Caller(principal, header, session));
    }

    private static ServerWebExchange request(@Nullable String user) {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
        return MockServerWebExchange.from(user == null ? request : request.header("X-User", user));
    }

    private static ServerWebExchange as(String principal, ServerWebExchange exchange) {
        return exchange.mutate().principal(Mono.just(() -> principal)).build();
    }

    /** Whom a subscriber's call has as its caller while the request is served. */
    private static @Nullable Caller caller(ReactiveCallers callers, ServerWebExchange exchange) {
        AtomicReference<@Nullable Caller> seen = new AtomicReference<>();
        callers.filter(
                        exchange,
                        served -> Mono.deferContextual(subscriber -> {
                            Subscriber.call(subscriber, () -> {
                                seen.set(callers.resolve());
                                return "";
                            });
                            return Mono.empty();
                        }))
                .block(SOON);
        return seen.get();
    }

    @Test
    void whereNobodySubscribesNobodyIsKnown() {
        assertThat(callers(true, "X-User", true).resolve()).isNull();
        assertThat(Subscriber.call(Context.empty(), callers(true, null, true)::resolve))
                .isNull();
    }

    @Test
    void thePrincipalComesBeforeTheHeader() {
        assertThat(caller(callers(true, "X-User", false), as("alice", request("mallory"))))
                .extracting(Caller::key)
                .hasToString("Optional[alice]");
    }

    @Test
    void withoutAPrincipalTheHeaderIsTheKey() {
        assertThat(caller(callers(true, "X-User", false), request(" bob ")).key())
                .contains("bob");
        assertThat(caller(callers(true, "X-User", false), request(" ")).key()).isEmpty();
    }

    @Test
    void whoHasNotLoggedInIsNoPrincipalWhateverTheFrameworkCallsThem() {
        Principal nobody = new AnonymousAuthenticationToken();
        ServerWebExchange exchange =
                request("bob").mutate().principal(Mono.just(nobody)).build();

        assertThat(caller(callers(true, "X-User", false), exchange).key()).contains("bob");
        assertThat(caller(callers(true, null, false), exchange).hasKey()).isFalse();
    }

    @Test
    void whatIsNotConfiguredDoesNotCount() {
        Caller caller = caller(callers(false, null, true), as("alice", request("bob")));

        assertThat(caller.hasKey()).isFalse();
        assertThat(caller.session()).isEmpty();
    }

    @Test
    void theSessionIsHashedAndNoneIsStarted() {
        MockWebSession session = new MockWebSession();
        ServerWebExchange exchange = MockServerWebExchange.builder(MockServerHttpRequest.get("/"))
                .session(session)
                .build();
        assertThat(caller(callers(false, null, true), exchange).session()).isEmpty();
        assertThat(session.isStarted()).isFalse();

        session.start();

        assertThat(caller(callers(false, null, true), exchange).session())
                .hasValueSatisfying(id -> assertThat(id).hasSize(32).doesNotContain(session.getId()));
    }

    interface Chat {
        @Gated(value = "chat", fallback = "later")
        Mono<String> reply(String prompt);

        @Gated(value = "stream", fallback = "pieces")
        Flux<String> stream(String prompt);

        @Gated("named")
        Mono<String> named(@CallerKey String user);

        default Mono<String> later(String prompt) {
            return Mono.just("later");
        }

        default Flux<String> pieces(String prompt) {
            return Flux.just("later");
        }
    }

    @Version("v1")
    static class Echo implements Chat {
        @Override
        public Mono<String> reply(String prompt) {
            return Mono.just(prompt);
        }

        @Override
        public Flux<String> stream(String prompt) {
            return Flux.just(prompt);
        }

        @Override
        public Mono<String> named(String user) {
            return Mono.just(user);
        }
    }

    @Version("v2")
    static final class Candidate extends Echo {}

    @Test
    void gatedMethodsThatReturnMonoOrFluxHaveTheCallerOfTheirSubscriber() {
        ReactiveCallers callers = callers(true, null, false);
        AtomicReference<@Nullable Caller> asked = new AtomicReference<>();
        try (Gates gates = Gates.open(
                g -> g.callers(callers::resolve).eachGate((name, gate) -> gate.router(new Overhearing(asked))))) {
            Chat chat = gates.guard(
                    Chat.class, g -> g.answers(new MonoAnswers(), new FluxAnswers()), new Echo(), new Candidate());

            callers.filter(
                            as("alice", request(null)),
                            served -> chat.reply("hi")
                                    .subscribeOn(Schedulers.parallel())
                                    .then())
                    .block(SOON);
            assertThat(asked.getAndSet(null).key()).contains("alice");

            callers.filter(as("bob", request(null)), served -> chat.stream("hi").then())
                    .block(SOON);
            assertThat(asked.getAndSet(null).key()).contains("bob");
        }
    }

    /** Keeps the caller whom a gate asks it about, and sends everybody to stable. */
    private record Overhearing(AtomicReference<@Nullable Caller> asked) implements Router {
        @Override
        public Set<String> entryTypes() {
            return Set.of();
        }

        @Override
        public Routing initial(String gate, Identities identities) {
            return new Routing() {
                @Override
                public String candidate() {
                    return "v2";
                }

                @Override
                public boolean toCandidate(Caller caller) {
                    asked.set(caller);
                    return false;
                }

                @Override
                public Routing apply(Entry entry) {
                    return this;
                }
            };
        }
    }
}
