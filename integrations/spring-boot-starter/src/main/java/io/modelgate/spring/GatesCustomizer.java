package io.modelgate.spring;

import io.modelgate.GatesBuilder;

/**
 * Configures what all gates of the application share, after the properties under {@code modelgate}: what is set here takes the place of what
 * they say. A bean of it is found by its type; several come in their order. Called once, while the gates are opened, by one thread.
 *
 * <pre>{@code
 * @Bean
 * GatesCustomizer models(Executor modelThreads) {
 *     return gates -> gates.executor(modelThreads);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface GatesCustomizer {

    /** Configures the gates; what it throws keeps the application from starting. */
    void customize(GatesBuilder gates);
}
