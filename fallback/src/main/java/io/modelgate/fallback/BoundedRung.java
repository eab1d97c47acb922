package io.modelgate.fallback;

import io.modelgate.Caller;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A rung as the ladder asks it: within its bound, while there is time, counted, and never throwing an exception. */
final class BoundedRung<I, O> {

    private static final Logger log = LoggerFactory.getLogger(Ladder.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Rung<I, O> rung;
    private final int maxConcurrent;
    private final AtomicInteger running = new AtomicInteger();

    private final LongAdder answered = new LongAdder();
    private final LongAdder noAnswer = new LongAdder();
    private final LongAdder skippedFull = new LongAdder();
    private final LongAdder skippedNoTime = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private final Supplier<String> gate;
    private final Ticker ticker;
    private final AtomicLong nextLog;

    /** A rung of the gate that the supplier names, bounded unless it ends the ladder. */
    BoundedRung(Rung<I, O> rung, int maxConcurrent, Supplier<String> gate, Ticker ticker) {
        this.rung = rung;
        this.maxConcurrent = maxConcurrent;
        this.gate = gate;
        this.ticker = ticker;
        this.nextLog = new AtomicLong(ticker.read());
    }

    Rung<I, O> rung() {
        return rung;
    }

    Optional<Rescue<O>> answer(Fallen<I, O> call) {
        if (rung.ends()) {
            return ask(call);
        }
        // The flag is looked at here and not kept by the ladder, so that it counts whoever restored it.
        if (Thread.currentThread().isInterrupted() || !timeIsLeft(call)) {
            skippedNoTime.increment();
            return Optional.empty();
        }
        if (!enter()) {
            skippedFull.increment();
            return Optional.empty();
        }
        try {
            return ask(call);
        } finally {
            running.decrementAndGet();
        }
    }

    /** Hears of a good answer, if the rung is one that remembers. */
    void remember(I input, Caller caller, String version, O answer) {
        if (rung instanceof LastGood<I, O> lastGood) {
            try {
                lastGood.remember(input, caller, version, answer);
            } catch (Exception e) {
                passOver(e);
            }
        }
    }

    RungStats stats() {
        return new RungStats(
                rung.name(), answered.sum(), noAnswer.sum(), skippedFull.sum(), skippedNoTime.sum(), failed.sum());
    }

    private Optional<Rescue<O>> ask(Fallen<I, O> call) {
        try {
            Optional<Rescue<O>> rescue = rung.answer(call);
            (rescue.isPresent() ? answered : noAnswer).increment();
            return rescue;
        } catch (Exception e) {
            passOver(e);
            return Optional.empty();
        } catch (Error e) {
            failed.increment();
            throw e;
        }
    }

    private static boolean timeIsLeft(Fallen<?, ?> call) {
        return call.timeLeft().compareTo(Duration.ZERO) > 0;
    }

    /** Takes a permit if one is free. Exact: it neither overshoots nor refuses while one is free. */
    private boolean enter() {
        for (int n = running.get(); n < maxConcurrent; n = running.get()) {
            if (running.compareAndSet(n, n + 1)) {
                return true;
            }
        }
        return false;
    }

    private void passOver(Exception e) {
        failed.increment();
        // A lambda can throw it undeclared, so it is looked for wherever the user's code ran.
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        long now = ticker.read();
        long due = nextLog.get();
        if (now - due >= 0 && nextLog.compareAndSet(due, now + MINUTE)) {
            // The class only: a message may quote the input or the answer.
            log.warn(
                    "Rung {} of gate {} threw {} and was passed over. Further failures of this rung are counted, and"
                            + " logged at most once a minute.",
                    rung.name(),
                    gate.get(),
                    e.getClass().getName());
        }
    }
}
