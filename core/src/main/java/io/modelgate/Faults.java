package io.modelgate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a test has versions do in place of their models: fail, take long, answer something else. Given to {@link GatesBuilder#faults}, it
 * reaches every version of those gates, however it was made. Thread-safe.
 *
 * <pre>{@code
 * Faults faults = new Faults();
 * Gates gates = Gates.open(g -> g.faults(faults));
 * faults.put("credit-risk", "v1", () -> { throw new IOException("down"); });
 * }</pre>
 *
 * <p>Everything around the model stays as it is: a fault is admitted, timed, judged and counted like an answer of the model. The model of a
 * {@link Permit} is run by its caller, and no fault reaches it.
 */
public final class Faults {

    // Guarded by this.
    private final Map<String, Map<String, Place>> places = new TreeMap<>();
    private final List<Runnable> restarts = new ArrayList<>();

    /** Starts without any. */
    public Faults() {}

    /**
     * Has a version do something each time that it is invoked, ahead of its model, from now on and in place of what was said before.
     *
     * @param fault throws what the version is to fail with; returns what it is to answer, or null to have its model asked. The answer is the
     *     one that the gate sees: itself, where a {@link Gated} method returns it in an {@link java.util.Optional} or later
     * @throws IllegalArgumentException if there is no such gate or version, listing those there are
     */
    public void put(String gate, String version, Callable<? extends @Nullable Object> fault) {
        place(gate, version).fault = fault;
    }

    /**
     * Has a version give this answer each time that it is invoked, in place of its model's, as {@link #put} does.
     *
     * @param answer the one that the gate sees: itself, where a {@link Gated} method returns it in an {@link java.util.Optional} or later; the
     *     whole stream, where it returns one
     * @throws IllegalArgumentException if there is no such gate or version, listing those there are; or if the gate is that of a {@link Gated} method,
     *     whose answers are of another class
     */
    public void answer(String gate, String version, Object answer) {
        Objects.requireNonNull(answer, "answer");
        Place place = place(gate, version);
        if (!place.answers.isInstance(answer)) {
            throw new IllegalArgumentException(
                    "answer is a " + answer.getClass().getName() + ": gate \"" + gate + "\" expects a "
                            + place.answers.getName() + " of its versions");
        }
        place.fault = () -> answer;
    }

    private synchronized Place place(String gate, String version) {
        Map<String, Place> versions = places.get(gate);
        if (versions == null) {
            throw new IllegalArgumentException(
                    "gate " + Names.quote(gate) + " is not in this process; it has " + places.keySet());
        }
        Place place = versions.get(version);
        if (place == null) {
            throw new IllegalArgumentException(
                    "gate \"" + gate + "\" has no version " + Names.quote(version) + "; it has " + versions.keySet());
        }
        return place;
    }

    /**
     * Takes all faults away, and has the safety layers forget what they saw: breakers are closed and rate limits full again, as at the start.
     * Calls that run keep their concurrency permits, kills stay engaged, and what was spent of a budget is spent.
     */
    public void clear() {
        List<Runnable> all;
        synchronized (this) {
            places.values().forEach(versions -> versions.values().forEach(place -> place.fault = null));
            all = List.copyOf(restarts);
        }
        all.forEach(Runnable::run);
    }

    /** Has something forget what it saw whenever all is cleared. */
    synchronized void onClear(Runnable restart) {
        restarts.add(restart);
    }

    /** The place ahead of a version that is being made, and of what class its answers are. */
    synchronized Place ahead(String gate, String version, Class<?> answers) {
        Place place = new Place(answers);
        places.computeIfAbsent(gate, any -> new TreeMap<>()).put(version, place);
        return place;
    }

    /** What comes ahead of the model of one version. Thread-safe. */
    static final class Place {

        private final Class<?> answers;
        private volatile @Nullable Callable<? extends @Nullable Object> fault;

        private Place(Class<?> answers) {
            this.answers = answers;
        }

        <I, O> Model<I, O> of(Model<I, O> model) {
            return input -> {
                O answer = answer();
                return answer == null ? model.answer(input) : answer;
            };
        }

        <I, O> CallAwareModel<I, O> ofCallAware(CallAwareModel<I, O> model) {
            return (input, call) -> {
                O answer = answer();
                return answer == null ? model.answer(input, call) : answer;
            };
        }

        <I, O> AsyncModel<I, O> ofAsync(AsyncModel<I, O> model) {
            return (input, call) -> {
                O answer = answer();
                return answer == null ? model.answer(input, call) : CompletableFuture.completedFuture(answer);
            };
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the test says what the version answers
        private <O> @Nullable O answer() throws Exception {
            Callable<? extends @Nullable Object> now = fault;
            return now == null ? null : (O) now.call();
        }
    }
}
