package io.modelgate.examples.fleet;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** People who ask the gate of this process again and again, and what they and the model saw. Thread-safe. */
final class Callers {

    private static final int THREADS = 2;
    private static final long BETWEEN_CALLS = TimeUnit.MILLISECONDS.toNanos(4);

    private final Ticker ticker;
    private final Witness witness;
    private final LongAdder answered = new LongAdder();
    private final LongAdder safe = new LongAdder();
    private final LongAdder afterStop = new LongAdder();
    private final LongAdder startedAfterStop = new LongAdder();
    private final AtomicLong lastStart = new AtomicLong(Long.MIN_VALUE);
    private volatile long staleMillis;

    Callers(Ticker ticker, Witness witness) {
        this.ticker = ticker;
        this.witness = witness;
    }

    /** The model, which notes its invocations. */
    Decision score(Application application) {
        lastStart.accumulateAndGet(ticker.read(), Math::max);
        int stop = application.stop();
        if (stop != 0 && witness.stop() == stop) {
            startedAfterStop.increment();
        }
        return application.score();
    }

    /** Lets them ask until the process ends. */
    void ask(ModelGate<Application, Decision> gate) {
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            Thread thread = new Thread(() -> ask(gate, first), "callers-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void ask(ModelGate<Application, Decision> gate, int first) {
        for (int i = first; true; i += THREADS) {
            int stop = witness.stop();
            Outcome<Decision> outcome = gate.decide(
                    new Application(20_000 + i % 50_000, i % 20_000, stop), Caller.of("applicant-" + i % 1_000));
            (outcome instanceof Outcome.Answered ? answered : safe).increment();
            if (stop != 0) {
                afterStop.increment();
            }
            staleMillis = outcome.staleness().toMillis();
            LockSupport.parkNanos(BETWEEN_CALLS);
        }
    }

    Counts counts() {
        return new Counts(
                answered.sum(), safe.sum(), afterStop.sum(), startedAfterStop.sum(), lastStart.get(), staleMillis);
    }
}
