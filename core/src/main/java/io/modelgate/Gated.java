package io.modelgate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sends the calls of a method through a gate: of an interface's, which takes effect in {@link Gates#guard}, or of a class's, in
 * {@link Gates#guarded}. {@code docs/gated.md} says more.
 *
 * <pre>{@code
 * interface CreditModel {
 *     @Gated(value = "credit-risk", fallback = "byDebtRatio")
 *     Decision decide(Applicant applicant, @CallerKey String user);
 *
 *     default Decision byDebtRatio(Applicant applicant, String user) { … }
 * }
 * }</pre>
 *
 * <p>The method returns an answer, an {@link java.util.Optional} of it, or a {@link java.util.concurrent.CompletionStage} or
 * {@link java.util.concurrent.CompletableFuture} of it, or the type of a {@link LaterAnswer}. An empty {@code Optional} of a version is what {@code null} is elsewhere: no usable
 * answer, {@link Cause#INVALID_OUTPUT}, so the fallback is asked. A hard failure throws {@link GateException}, never gives an empty
 * {@code Optional}: nobody should take "the model could not be asked" for "the model found nothing".
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Gated {

    /** The gate's name: 1 to 100 letters, digits, '.', '_' or '-'. Each method has a gate of its own. */
    String value();

    /**
     * The name of a default or static method of the same interface, or of any method of the same class that is not private, that answers
     * when no version does: with the parameters of the gated one, and the {@link Cause} after them if it wants to know. It may return the answer or what the gated method returns. Default:
     * none. A ladder given in {@link GuardBuilder#gate} takes its place; both together are refused.
     */
    String fallback() default "";
}
