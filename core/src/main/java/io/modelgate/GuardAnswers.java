package io.modelgate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** How a gated method hands out the gate's answer. Immutable. */
final class GuardAnswers {

    /** As it is. */
    static final GuardAnswers PLAIN = new GuardAnswers(Set.of(), null);

    /** In an {@link Optional}, which is never empty. */
    static final GuardAnswers OPTIONAL = new GuardAnswers(Set.of(Optional.class), null);

    /** In a {@link CompletionStage}, which may be a {@link CompletableFuture}. */
    static final GuardAnswers STAGE = new GuardAnswers(Set.of(CompletionStage.class, CompletableFuture.class), null);

    private static final String RX = "io.reactivex.rxjava3.core.";

    private static final Set<String> STREAMS = Set.of(
            Flow.Publisher.class.getName(),
            BaseStream.class.getName(),
            "org.reactivestreams.Publisher",
            RX + "Flowable",
            RX + "Observable");

    /** One answer, not there yet; not Callable, because what extends that may be an answer. */
    private static final Set<String> LATER =
            Set.of(RX + "Single", RX + "Maybe", "org.springframework.web.context.request.async.DeferredResult");

    /** An end and no answer. */
    private static final Set<String> EMPTY = Set.of(RX + "Completable");

    private final Set<Class<?>> wrappers;
    private final @Nullable AnswerType type;

    private GuardAnswers(Set<Class<?>> wrappers, @Nullable AnswerType type) {
        this.wrappers = wrappers;
        this.type = type;
    }

    /** The types in which answers come later or as a stream, beyond those that the JDK has. */
    static Map<Class<?>, AnswerType> byType(List<AnswerType> given, GuardMistakes mistakes) {
        Map<Class<?>, AnswerType> byType = new LinkedHashMap<>();
        for (AnswerType each : given) {
            Class<?> type = each.type();
            String named = "the " + (each instanceof StreamAnswer ? "StreamAnswer " : "LaterAnswer ")
                    + GuardMistakes.name(each.getClass());
            if (type.isPrimitive()
                    || type == Void.class
                    || OPTIONAL.wrappers.contains(type)
                    || STAGE.wrappers.contains(type)) {
                mistakes.add(
                        named,
                        "is for " + type.getSimpleName() + ", and what a method that returns this means is settled;"
                                + " give one for a type of your own or of a library");
            } else if (byType.putIfAbsent(type, each) != null) {
                mistakes.add(named, "is for " + type.getSimpleName() + " as another is; keep one");
            }
        }
        return byType;
    }

    static GuardAnswers of(GuardMethod method, Map<Class<?>, AnswerType> known, GuardMistakes mistakes) {
        Class<?> result = method.result().raw();
        AnswerType type = known.get(result);
        GuardAnswers answers = type == null ? ofJdk(result) : new GuardAnswers(Set.of(result), type);
        String mistake = mistake(method, answers, known.keySet());
        if (mistake != null) {
            mistakes.add(method, mistake);
        }
        return answers;
    }

    private static GuardAnswers ofJdk(Class<?> result) {
        if (STAGE.wrappers.contains(result)) {
            return STAGE;
        }
        return result == Optional.class ? OPTIONAL : PLAIN;
    }

    private static @Nullable String mistake(GuardMethod method, GuardAnswers answers, Set<Class<?>> known) {
        Class<?> result = method.result().raw();
        Class<?> answer = answers.answer(method.result()).raw();
        if (suspends(method)) {
            return "it is a suspend function, whose answer the gate would not see;"
                    + " return a CompletionStage or the answer itself from a function that is none";
        }
        boolean bare = answers == PLAIN && (result == void.class || result == Void.class);
        if (bare || answer == Void.class || (answers == PLAIN && isA(result, EMPTY))) {
            return "it returns " + (bare ? "nothing" : method.result() + ", which holds nothing")
                    + ", and a gate guards an answer; return one, or remove @Gated";
        }
        if (answers != PLAIN) {
            return null;
        }
        if (Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result)) {
            return unseen(result, "a CompletionStage, a CompletableFuture");
        }
        if (isA(result, STREAMS)) {
            return "it returns a " + result.getSimpleName()
                    + ", a stream, of whose answers the gate would see none; give a StreamAnswer for it, return one answer"
                    + " that holds them, or call gate.enter(caller) for each use of it";
        }
        if (result == Callable.class || isA(result, LATER)) {
            return unseen(result, "a CompletionStage") + ", or give a LaterAnswer for " + result.getSimpleName();
        }
        return known.stream()
                .filter(type -> type.isAssignableFrom(result))
                .findFirst()
                .map(type -> unseen(result, "a " + type.getSimpleName()))
                .orElse(null);
    }

    /** Whether Kotlin's compiler made it of a suspend function: it returns Object, and the answer or a marker in it. */
    private static boolean suspends(GuardMethod method) {
        List<Shape> parameters = method.parameters();
        return !parameters.isEmpty()
                && parameters.get(parameters.size() - 1).raw().getName().equals("kotlin.coroutines.Continuation");
    }

    /** Whether it is one of the types, or extends one: by name, because libraries need not be there. */
    private static boolean isA(@Nullable Class<?> type, Set<String> names) {
        if (type == null) {
            return false;
        }
        return names.contains(type.getName())
                || isA(type.getSuperclass(), names)
                || Arrays.stream(type.getInterfaces()).anyMatch(each -> isA(each, names));
    }

    private static String unseen(Class<?> result, String instead) {
        return "it returns a " + result.getSimpleName() + ", whose answer the gate would not see; return " + instead
                + " or the answer itself";
    }

    /** The type of the answers inside. */
    Shape answer(Shape result) {
        return wrappers.isEmpty() ? result : result.argument();
    }

    /** The class of what the gate sees of a version's answer: a stream as a whole, anything else out of what it is returned in. */
    Class<?> ofVersion(Shape result) {
        return type instanceof StreamAnswer ? result.raw() : answer(result).boxed();
    }

    /** Whether a rung may return this: the answer, or the answer in what the gated method returns it in. */
    boolean fits(Shape rung, Shape gated) {
        return (wrappers.contains(rung.raw()) ? rung.argument() : rung).fits(answer(gated));
    }

    /** Whether the answer comes later. */
    boolean isLater() {
        return type instanceof LaterAnswer || this == STAGE;
    }

    /** What a caller gets its answers in, if that is a library's. */
    @Nullable
    AnswerType type() {
        return type;
    }

    /** The answer in what a version returned at once; null if there is none. */
    @Nullable
    Object unwrap(@Nullable Object returned) {
        return this == OPTIONAL && returned instanceof Optional<?> answer ? answer.orElse(null) : returned;
    }

    /** Whether the answer in what a version or a rung returned comes later: a rung may return the answer itself. */
    boolean comesLater(@Nullable Object returned) {
        return type instanceof LaterAnswer later
                ? later.type().isInstance(returned)
                : this == STAGE && returned instanceof CompletionStage;
    }

    /** What completes with the answer that comes later. */
    CompletionStage<?> begin(Object returned) {
        return type instanceof LaterAnswer later ? later.begin(returned) : (CompletionStage<?>) returned;
    }

    Object wrap(Object answer) {
        return this == OPTIONAL ? Optional.of(answer) : answer;
    }
}
