package io.modelgate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** How a gated method hands out the gate's answer. Immutable. */
final class GuardAnswers {

    /** As it is. */
    static final GuardAnswers PLAIN = new GuardAnswers(Set.of(), null);

    /** In an {@link Optional}, which is never empty. */
    static final GuardAnswers OPTIONAL = new GuardAnswers(Set.of(Optional.class), null);

    /** In a {@link CompletionStage}, which may be a {@link CompletableFuture}. */
    static final GuardAnswers STAGE = new GuardAnswers(Set.of(CompletionStage.class, CompletableFuture.class), null);

    private final Set<Class<?>> wrappers;
    private final @Nullable LaterAnswer later;

    private GuardAnswers(Set<Class<?>> wrappers, @Nullable LaterAnswer later) {
        this.wrappers = wrappers;
        this.later = later;
    }

    /** The types in which answers come later, beyond those that the JDK has. */
    static Map<Class<?>, LaterAnswer> byType(List<LaterAnswer> given, GuardMistakes mistakes) {
        Map<Class<?>, LaterAnswer> byType = new LinkedHashMap<>();
        for (LaterAnswer later : given) {
            Class<?> type = later.type();
            String named = "the LaterAnswer " + GuardMistakes.name(later.getClass());
            if (type.isPrimitive()
                    || type == Void.class
                    || OPTIONAL.wrappers.contains(type)
                    || STAGE.wrappers.contains(type)) {
                mistakes.add(
                        named,
                        "is for " + type.getSimpleName() + ", and what a method that returns this means is settled;"
                                + " give one for a type of your own or of a library");
            } else if (byType.putIfAbsent(type, later) != null) {
                mistakes.add(named, "is for " + type.getSimpleName() + " as another is; keep one");
            }
        }
        return byType;
    }

    static GuardAnswers of(GuardMethod method, Map<Class<?>, LaterAnswer> known, GuardMistakes mistakes) {
        Class<?> result = method.result().raw();
        LaterAnswer later = known.get(result);
        if (later != null) {
            return new GuardAnswers(Set.of(result), later);
        }
        if (STAGE.wrappers.contains(result)) {
            return STAGE;
        }
        if (result == void.class || result == Void.class) {
            mistakes.add(method, "it returns nothing, and a gate guards an answer; return one, or remove @Gated");
        } else if (Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result)) {
            mistakes.add(method, unseen(result, "a CompletionStage, a CompletableFuture"));
        } else if (isStream(result)) {
            mistakes.add(
                    method,
                    "it returns a " + result.getSimpleName()
                            + ", a stream, of whose answers the gate would see none; return one answer that"
                            + " holds them, or call gate.enter(caller) for each subscription");
        } else {
            known.keySet().stream()
                    .filter(type -> type.isAssignableFrom(result))
                    .findFirst()
                    .ifPresent(type -> mistakes.add(method, unseen(result, "a " + type.getSimpleName())));
        }
        return result == Optional.class ? OPTIONAL : PLAIN;
    }

    /** Of the JDK's or of the Reactive Streams, which need not be there. */
    private static boolean isStream(@Nullable Class<?> type) {
        if (type == null) {
            return false;
        }
        return Flow.Publisher.class.isAssignableFrom(type)
                || type.getName().equals("org.reactivestreams.Publisher")
                || isStream(type.getSuperclass())
                || Arrays.stream(type.getInterfaces()).anyMatch(GuardAnswers::isStream);
    }

    private static String unseen(Class<?> result, String instead) {
        return "it returns a " + result.getSimpleName() + ", whose answer the gate would not see; return " + instead
                + " or the answer itself";
    }

    /** The type of the answers inside. */
    Shape answer(Shape result) {
        return wrappers.isEmpty() ? result : result.argument();
    }

    /** Whether a rung may return this: the answer, or the answer in what the gated method returns it in. */
    boolean fits(Shape rung, Shape gated) {
        return (wrappers.contains(rung.raw()) ? rung.argument() : rung).fits(answer(gated));
    }

    /** Whether the answer comes later. */
    boolean isLater() {
        return later != null || this == STAGE;
    }

    /** What a caller gets its later answer in, if that is not the gate's own stage. */
    @Nullable
    LaterAnswer later() {
        return later;
    }

    /** The answer in what a version returned at once; null if there is none. */
    @Nullable
    Object unwrap(@Nullable Object returned) {
        return this == OPTIONAL && returned instanceof Optional<?> answer ? answer.orElse(null) : returned;
    }

    /** Whether the answer in what a version or a rung returned comes later: a rung may return the answer itself. */
    boolean comesLater(@Nullable Object returned) {
        return later == null
                ? this == STAGE && returned instanceof CompletionStage
                : later.type().isInstance(returned);
    }

    /** What completes with the answer that comes later. */
    CompletionStage<?> begin(Object returned) {
        return later == null ? (CompletionStage<?>) returned : later.begin(returned);
    }

    Object wrap(Object answer) {
        return this == OPTIONAL ? Optional.of(answer) : answer;
    }
}
