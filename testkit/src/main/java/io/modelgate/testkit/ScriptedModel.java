package io.modelgate.testkit;

import io.modelgate.Model;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A model that does as it is told: each call takes the next step of its script, and the last step repeats. Thread-safe.
 *
 * <pre>{@code
 * ScriptedModel<String, String> model = ScriptedModel.<String, String>answering("fine")
 *         .thenThrow(new IllegalStateException("down"))
 *         .thenTake(time, Duration.ofSeconds(1), "late");
 * }</pre>
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class ScriptedModel<I, O> implements Model<I, O> {

    private final Deque<Model<I, O>> steps = new ArrayDeque<>();
    private final List<I> inputs = new ArrayList<>();

    private ScriptedModel(Model<I, O> first) {
        steps.add(first);
    }

    /** Starts a script with an answer. */
    public static <I, O> ScriptedModel<I, O> answering(O answer) {
        return new ScriptedModel<>(input -> answer);
    }

    /** Starts a script with an exception. */
    public static <I, O> ScriptedModel<I, O> throwing(Throwable thrown) {
        return new ScriptedModel<>(raising(thrown));
    }

    /** Adds an answer. */
    public ScriptedModel<I, O> thenAnswer(O answer) {
        return then(input -> answer);
    }

    /** Adds an exception or an error. */
    public ScriptedModel<I, O> thenThrow(Throwable thrown) {
        return then(raising(thrown));
    }

    /** Adds an answer that takes a while, by moving the given time. */
    public ScriptedModel<I, O> thenTake(ManualTime time, Duration duration, O answer) {
        return then(input -> {
            time.advance(duration);
            return answer;
        });
    }

    /** Adds a step that is itself a model. */
    public synchronized ScriptedModel<I, O> then(Model<I, O> step) {
        steps.add(step);
        return this;
    }

    /** What it was asked so far, in order. */
    public synchronized List<I> inputs() {
        return List.copyOf(inputs);
    }

    @Override
    public O answer(I input) throws Exception {
        return next(input).answer(input);
    }

    private synchronized Model<I, O> next(I input) {
        inputs.add(input);
        return steps.size() > 1 ? steps.removeFirst() : steps.getFirst();
    }

    private static <I, O> Model<I, O> raising(Throwable thrown) {
        return input -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }
}
