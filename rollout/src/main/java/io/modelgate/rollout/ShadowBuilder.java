package io.modelgate.rollout;

import io.modelgate.TwinBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Configures how this process runs the shadows of a gate. Handed to the function given to {@link Rollouts#shadowing}, and done when that
 * returns. Not thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class ShadowBuilder<I, O> {

    private static final int MOST_THREADS = 64;
    private static final int MOST_WAITING = 100_000;

    private static final int DEFAULT_THREADS = 2;

    @Nullable
    Integer threads;

    int waiting = 1_000;

    @Nullable
    Executor executor;

    boolean harmless;
    boolean keepsInputs;
    Function<? super I, String> inputs = String::valueOf;
    Function<? super O, String> answers = String::valueOf;
    final Map<String, BiPredicate<? super O, ? super O>> alike = new HashMap<>();
    Consumer<TwinBuilder> twin = t -> {};

    ShadowBuilder() {}

    /**
     * Sets on how many daemon threads shadows run. Default: 2. Not beside an {@link #executor}, which has threads of its own.
     *
     * @param count 1 to 64
     * @throws IllegalArgumentException if it is out of range
     */
    public ShadowBuilder<I, O> threads(int count) {
        threads = range("threads", count, MOST_THREADS);
        return this;
    }

    /**
     * Sets how many calls may wait to be mirrored, with what they were asked; what comes on top is dropped and counted. Default: 1,000.
     *
     * @param calls 1 to 100,000
     * @throws IllegalArgumentException if it is out of range
     */
    public ShadowBuilder<I, O> waiting(int calls) {
        waiting = range("waiting", calls, MOST_WAITING);
        return this;
    }

    private static int range(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " of a shadow is " + value + ": expected 1 to " + most);
        }
        return value;
    }

    /**
     * Sets what runs shadows instead of threads of their own; it must not run them on the thread that hands them over, except in a test. At most 64 run at once,
     * whatever it would run; {@code twin(t -> t.maxConcurrent(…))} sets another bound.
     */
    public ShadowBuilder<I, O> executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /** Says that calls of the gate's versions leave nothing behind, so that a version may be a shadow that cannot be told that nobody gets its answer. */
    public ShadowBuilder<I, O> harmless() {
        harmless = true;
        return this;
    }

    /** Keeps what was asked and answered in the worst disagreements, in memory and for {@link Rollouts#shadow}. Default: digests only. */
    public ShadowBuilder<I, O> keepInputs() {
        keepsInputs = true;
        return this;
    }

    /**
     * Sets what text the digests are made of. Default: {@code toString}, which for objects that do not override it is another text each time.
     *
     * @param ofInput the text of what was asked
     * @param ofAnswer the text of an answer
     */
    public ShadowBuilder<I, O> digests(Function<? super I, String> ofInput, Function<? super O, String> ofAnswer) {
        inputs = ofInput;
        answers = ofAnswer;
        return this;
    }

    /**
     * Gives a policy's own way to tell whether two answers agree, by name, its function: stable's answer comes first.
     *
     * @throws IllegalArgumentException if the name has one
     */
    public ShadowBuilder<I, O> alike(String name, BiPredicate<? super O, ? super O> agree) {
        if (alike.putIfAbsent(name, agree) != null) {
            throw new IllegalArgumentException("alike(\"" + name + "\") is given twice");
        }
        return this;
    }

    /**
     * Bounds what shadows may use beside the gate's own limits: their rate, their budgets, and how many run at once; what is above is refused. Default: as many at
     * once as there are threads, with an {@link #executor} 64, and no other bound.
     */
    public ShadowBuilder<I, O> twin(Consumer<TwinBuilder> configure) {
        twin = configure;
        return this;
    }

    int threadCount() {
        return threads == null ? DEFAULT_THREADS : threads;
    }

    /** How many run at once where nothing is said of it. */
    int concurrent() {
        return executor == null ? threadCount() : MOST_THREADS;
    }

    void requireSound() {
        if (executor != null && threads != null) {
            throw new IllegalArgumentException("threads of a shadow is " + threads
                    + ", beside an executor, which has threads of its own: keep one of them, and bound the executor's shadows with"
                    + " twin(t -> t.maxConcurrent(…))");
        }
    }
}
