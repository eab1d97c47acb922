package io.modelgate;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** How a gated method hands out the gate's answer. */
enum GuardAnswers {
    /** As it is. */
    PLAIN,
    /** In an {@link Optional}, which is never empty. */
    OPTIONAL,
    /** In a {@link CompletionStage}, which may be a {@link CompletableFuture}. */
    STAGE;

    static GuardAnswers of(GuardMethod method, GuardMistakes mistakes) {
        Class<?> result = method.result().raw();
        if (result == void.class || result == Void.class) {
            mistakes.add(method, "it returns nothing, and a gate guards an answer; return one, or remove @Gated");
        } else if (result == CompletionStage.class || result == CompletableFuture.class) {
            return STAGE;
        } else if (Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result)) {
            mistakes.add(
                    method,
                    "it returns a " + result.getSimpleName()
                            + ", whose answer the gate would not see; return a CompletionStage, a CompletableFuture or the answer itself");
        }
        return result == Optional.class ? OPTIONAL : PLAIN;
    }

    /** The type of the answers inside. */
    Shape answer(Shape result) {
        return this == PLAIN ? result : result.argument();
    }

    /** Whether a rung may return this: the answer, or the answer in what the gated method returns it in. */
    boolean fits(Shape rung, Shape gated) {
        boolean wrapped = switch (this) {
            case PLAIN -> false;
            case OPTIONAL -> rung.raw() == Optional.class;
            case STAGE -> rung.raw() == CompletionStage.class || rung.raw() == CompletableFuture.class;
        };
        return (wrapped ? rung.argument() : rung).fits(answer(gated));
    }

    /** The answer in what a version returned; null if there is none. */
    @Nullable
    Object unwrap(@Nullable Object returned) {
        return this == OPTIONAL && returned instanceof Optional<?> answer ? answer.orElse(null) : returned;
    }

    Object wrap(Object answer) {
        return this == OPTIONAL ? Optional.of(answer) : answer;
    }
}
