package io.modelgate.rollout;

import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Twin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps whichever version of a pair does not serve warm, by calls off the scheduler's thread. Thread-safe. */
final class Warmth<I, O> {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final ModelGate<I, O> gate;
    private final BlueGreenBuilder<I, O> settings;
    private final Map<String, Twin<I, O>> twins;
    private final Supplier<Optional<String>> idle;
    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;

    /** A round that hangs is not joined by another. */
    private final AtomicBoolean asking = new AtomicBoolean();

    private volatile boolean closed;

    /** What the latest round came to. */
    private volatile Round last = new Round("", null, null);

    private record Round(
            String version,
            @Nullable Instant warmed,
            @Nullable String cold) {}

    /**
     * Begins.
     *
     * @param idle the version that does not serve, if one of the pair does
     */
    Warmth(
            ModelGate<I, O> gate,
            BlueGreenBuilder<I, O> settings,
            Map<String, Twin<I, O>> twins,
            Supplier<Optional<String>> idle) {
        this.gate = gate;
        this.settings = settings;
        this.twins = twins;
        this.idle = idle;
        own = settings.executor != null || settings.warming.isEmpty() ? null : thread();
        executor = settings.executor != null ? settings.executor : own == null ? Runnable::run : own;
        if (!settings.warming.isEmpty()) {
            due();
        }
    }

    private static ThreadPoolExecutor thread() {
        return new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "modelgate-warm");
            made.setDaemon(true);
            return made;
        });
    }

    private boolean over() {
        return closed || gate.gates().closed();
    }

    private void due() {
        if (over()) {
            return;
        }
        gate.gates().scheduler().schedule(this::due, settings.every);
        if (!asking.compareAndSet(false, true)) {
            idleIsCold("the calls of the round before have not come back");
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    idle.get().ifPresent(this::round);
                } catch (Throwable e) { // the next round is another
                    LOG.warn("gate \"{}\": what keeps a version warm threw", gate.name(), e);
                } finally {
                    asking.set(false);
                }
            });
        } catch (RuntimeException e) {
            asking.set(false);
            idleIsCold("its executor took no more: " + e);
        }
    }

    private void round(String version) {
        Twin<I, O> twin = twins.get(version);
        List<I> inputs = settings.warming;
        for (int i = 0; twin != null && i < inputs.size(); i++) {
            Outcome<O> outcome = twin.ask(inputs.get(i), settings.caller);
            if (!(outcome instanceof Outcome.Answered<O>)) {
                cold(version, "call " + (i + 1) + " of " + inputs.size() + ": " + Smoking.text(outcome));
                return;
            }
        }
        Round before = last;
        last = new Round(version, gate.gates().now(), null);
        if (before.cold() != null && before.version().equals(version)) {
            LOG.info("gate \"{}\": version \"{}\" is warm again", gate.name(), version);
        }
    }

    /** Of the version that does not serve now: the round before may have been the other one's. */
    private void idleIsCold(String why) {
        idle.get().ifPresent(version -> cold(version, why));
    }

    private void cold(String version, String why) {
        if (over()) {
            return; // it is kept warm no more, and the calls of a round that was under way are refused
        }
        Round before = last;
        boolean same = before.version().equals(version);
        last = new Round(version, same ? before.warmed() : null, why);
        if (same && before.cold() != null) {
            return; // said already
        }
        LOG.warn("gate \"{}\": version \"{}\" is not kept warm: {}", gate.name(), version, why);
        try {
            settings.cold.accept(
                    "version \"" + version + "\" of gate \"" + gate.name() + "\" is not kept warm: " + why);
        } catch (Throwable e) { // a user's listener
            LOG.warn("gate \"{}\": a listener of cold versions threw", gate.name(), e);
        }
    }

    @Nullable
    Instant warmed(@Nullable String version) {
        Round now = last;
        return now.version().equals(version) ? now.warmed() : null;
    }

    @Nullable
    String cold(@Nullable String version) {
        Round now = last;
        return now.version().equals(version) ? now.cold() : null;
    }

    void close() {
        closed = true;
        if (own != null) {
            own.shutdown();
        }
    }
}
