package io.modelgate.fallback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Answers what a version answered before to a call with the same key. */
final class LastGood<I, O> implements Rung<I, O> {

    private final String name;
    private final Set<Cause> causes;
    private final BiFunction<? super I, ? super Caller, ? extends @Nullable Object> key;
    private final Cache<Object, Remembered<O>> answers;

    LastGood(
            BiFunction<? super I, ? super Caller, ? extends @Nullable Object> key,
            LastGoodOptions options,
            Ticker ticker) {
        this.name = options.name();
        this.causes = options.rung().causes();
        this.key = key;
        Caffeine<Object, Object> cache = Caffeine.newBuilder().maximumSize(options.maximumSize());
        Duration age = options.expireAfter();
        if (age != null) {
            cache.expireAfterWrite(age).ticker(ticker::read);
        }
        this.answers = cache.build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Cause> causes() {
        return causes;
    }

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        Object k = key.apply(call.input(), call.caller());
        Remembered<O> last = k == null ? null : answers.getIfPresent(k);
        // Asked at every call and not once when a version is killed: a revive makes its answers good again.
        return last == null || !call.mayServe(last.version)
                ? Optional.empty()
                : Optional.of(new Rescue<>(name, last.answer, last.version));
    }

    void remember(I input, Caller caller, String version, O answer) {
        Object k = key.apply(input, caller);
        if (k != null) {
            answers.put(k, new Remembered<>(version, answer));
        }
    }

    private record Remembered<O>(String version, O answer) {}
}
