package io.modelgate.spring;

import io.modelgate.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks, where a gated method does not: for methods of {@link io.modelgate.Gated} without a parameter that makes the caller. One bean
 * of it serves all gates of the application; without one such calls are anonymous.
 *
 * <pre>{@code
 * @Bean
 * CallerResolver tenants(Tenants tenants) {
 *     return () -> Caller.of(tenants.current().user()).with("region", tenants.current().region());
 * }
 * }</pre>
 *
 * <p>Asked on the thread that makes the call, once for each call, and ahead of the gate: it must be thread-safe, quick, and must not block.
 * What it throws, the caller of the method gets. {@code docs/spring.md} says which one the starter brings.
 */
@FunctionalInterface
public interface CallerResolver {

    /** The caller of the call that this thread is about to make; null if it is not known, and then the call is anonymous. */
    @Nullable
    Caller resolve();
}
