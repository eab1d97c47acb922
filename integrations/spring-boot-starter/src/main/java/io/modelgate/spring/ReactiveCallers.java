package io.modelgate.spring;

import io.modelgate.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The caller of the request that WebFlux serves, as {@link RequestCallers} makes it: read once, before the request is handled, and carried in the
 * context of whoever subscribes. So it is known to gated methods that return a {@code Mono} or a {@code Flux}; for any other, and where nothing
 * came from a request, nobody is known. Thread-safe.
 */
final class ReactiveCallers implements CallerResolver, WebFilter, Ordered {

    private static final Object KEY = new Object();

    private final boolean principal;
    private final @Nullable String header;
    private final boolean session;

    /** Which sources count; without any, everybody is anonymous. */
    ReactiveCallers(ModelGateProperties.Caller sources) {
        principal = sources.principal();
        header = RequestParts.text(sources.header());
        session = sources.session();
    }

    /** After whoever authenticates. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.zip(key(exchange), sessionId(exchange))
                .map(parts -> RequestParts.caller(
                        parts.getT1().orElse(null), parts.getT2().orElse(null)))
                .flatMap(caller -> chain.filter(exchange).contextWrite(context -> context.put(KEY, caller)));
    }

    private Mono<Optional<String>> key(ServerWebExchange exchange) {
        Optional<String> named = Optional.ofNullable(header)
                .map(name ->
                        RequestParts.text(exchange.getRequest().getHeaders().getFirst(name)));
        if (!principal) {
            return Mono.just(named);
        }
        return exchange.getPrincipal()
                .filter(user -> !RequestParts.isNobody(user.getClass()))
                .map(user -> Optional.ofNullable(RequestParts.text(user.getName())))
                .defaultIfEmpty(Optional.empty())
                .map(name -> name.isPresent() ? name : named);
    }

    private Mono<Optional<String>> sessionId(ServerWebExchange exchange) {
        if (!session) {
            return Mono.just(Optional.empty());
        }
        return exchange.getSession()
                .filter(WebSession::isStarted) // a gate starts none
                .map(current -> Optional.of(current.getId()))
                .defaultIfEmpty(Optional.empty());
    }

    @Override
    public @Nullable Caller resolve() {
        ContextView subscriber = Subscriber.context();
        return subscriber == null ? null : subscriber.<Caller>getOrDefault(KEY, null);
    }
}
