package io.modelgate.rollout;

import io.modelgate.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link BlueGreen}. Handed to the function given to {@link Rollouts#blueGreen}, and done when that returns. Not thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class BlueGreenBuilder<I, O> {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** A smoke call. */
    record Smoke<I, O>(I input, Predicate<? super O> check) {}

    final Map<String, Smoke<I, O>> smokes = new LinkedHashMap<>();
    final List<I> warming = new ArrayList<>();
    boolean harmless;
    Duration every = Duration.ofSeconds(30);
    Caller caller = Caller.anonymous();
    Consumer<String> cold = what -> {};

    @Nullable
    Executor executor;

    BlueGreenBuilder() {}

    /**
     * Adds a call that the version must answer before it is switched to, in the order given. At least one is needed.
     *
     * @param name what a failure calls it; 1 to 100 characters, none of them a control character
     * @param input what is asked
     * @param check whether the answer is right; it has passed the gate's own checks
     * @throws IllegalArgumentException for another name, or one that is given twice
     */
    public BlueGreenBuilder<I, O> smoke(String name, I input, Predicate<? super O> check) {
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("smoke call is named " + PolicyText.quote(name)
                    + ": expected 1 to 100 characters, none of them a control character");
        }
        if (smokes.putIfAbsent(name, new Smoke<>(input, check)) != null) {
            throw new IllegalArgumentException("smoke call \"" + name + "\" is given twice");
        }
        return this;
    }

    /**
     * Says that smoke calls and those that keep a version warm leave nothing behind, so that versions may be of the pair that cannot be told that nobody gets their
     * answers.
     */
    public BlueGreenBuilder<I, O> harmless() {
        harmless = true;
        return this;
    }

    /**
     * Adds an input with which the version that does not serve is kept warm. Default: none, so that nothing is kept warm.
     *
     * @param input what is asked
     */
    public BlueGreenBuilder<I, O> warm(I input) {
        warming.add(input);
        return this;
    }

    /**
     * Sets how often it is asked all of them. Default: 30 seconds.
     *
     * @param period 1 second to 1 hour
     * @throws IllegalArgumentException if it is out of range
     */
    public BlueGreenBuilder<I, O> every(Duration period) {
        if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "every of a blue-green pair is " + period + ": expected " + SHORTEST + " to " + LONGEST);
        }
        every = period;
        return this;
    }

    /** Sets who asks. Default: an anonymous caller; while a kill narrowed to an attribute stands, one without it is killed. */
    public BlueGreenBuilder<I, O> caller(Caller caller) {
        this.caller = caller;
        return this;
    }

    /**
     * Tells a listener, once, when the version that does not serve no longer answers the calls that keep it warm, with what went wrong. The log of the process
     * and {@link BlueGreen#status} say so too.
     */
    public BlueGreenBuilder<I, O> onCold(Consumer<String> listener) {
        cold = listener;
        return this;
    }

    /** Sets what runs the calls that keep the version warm. Default: one daemon thread. */
    public BlueGreenBuilder<I, O> executor(Executor executor) {
        this.executor = executor;
        return this;
    }
}
