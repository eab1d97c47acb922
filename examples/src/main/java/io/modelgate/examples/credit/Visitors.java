package io.modelgate.examples.credit;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Callers who ask at a steady rate from when this is made, each about one of the held-out applications, until it is ended. Thread-safe. */
final class Visitors {

    /** How many of them there are. At this rate each comes back after a quarter of an hour or so. */
    private static final int CALLERS = 40_000;

    private final ScheduledExecutorService clock;
    private final Tally tally = new Tally();
    private final ScheduledFuture<?> calls;

    /** So many calls a second; the same callers with the same applications for the same seed. */
    Visitors(ModelGate<Applicant, Decision> gate, List<Application> applications, int callsPerSecond, long seed) {
        Random random = new Random(seed);
        clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "visitors");
            thread.setDaemon(true);
            return thread;
        });
        calls = clock.scheduleAtFixedRate(
                () -> {
                    int number = random.nextInt(CALLERS);
                    ask(gate, number, applications.get(number % applications.size()));
                },
                0,
                TimeUnit.SECONDS.toNanos(1) / callsPerSecond,
                TimeUnit.NANOSECONDS);
    }

    private void ask(ModelGate<Applicant, Decision> gate, int number, Application application) {
        tally.ask();
        tally.count(gate.decide(application.applicant(), Caller.of("applicant-" + (number + 1))), application.bad());
    }

    /** The count so far. */
    Tally tally() {
        return tally;
    }

    /** Lets the call under way finish, and returns the count. */
    Tally end() {
        boolean broken = !calls.cancel(false); // it is over already only where a call threw
        clock.shutdown();
        try {
            if (broken) {
                calls.get();
            }
            if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a call has not ended within ten seconds");
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the callers broke off", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a call ends", e);
        }
        return tally;
    }
}
