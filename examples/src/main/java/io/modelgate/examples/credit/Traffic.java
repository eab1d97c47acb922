package io.modelgate.examples.credit;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Callers with distinct keys, each with one of the held-out applications, who ask a gate from several threads at once. Used by one
 * thread, which runs one {@link Run} at a time.
 */
final class Traffic {

    /** How many callers a thread lets ask in a row before it pauses: arrivals come in bursts. */
    private static final int BURST = 20;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

    private record Person(String key, Application application) {}

    private final List<Person> people = new ArrayList<>();
    private final List<Tape> tapes = new ArrayList<>();

    /** Who answered each caller last. */
    private final @Nullable String[] answeredBy;

    /** The callers, by number, whom each version or rung ever answered. */
    private final Map<String, Set<Integer>> reached = new ConcurrentHashMap<>();

    /** Resamples the applications for so many callers, the same way for the same seed. */
    Traffic(List<Application> applications, int callers, int threads, long seed) {
        Random random = new Random(seed);
        for (int i = 1; i <= callers; i++) {
            people.add(new Person("applicant-" + i, applications.get(random.nextInt(applications.size()))));
        }
        for (int i = 0; i < threads; i++) {
            tapes.add(new Tape());
        }
        answeredBy = new String[callers];
    }

    int callers() {
        return people.size();
    }

    /** What the threads measured in all runs that have ended. */
    List<Tape> tapes() {
        return tapes;
    }

    /** The callers, by number, whom this version or rung has ever answered. */
    int[] reachedBy(String who) {
        return reached.getOrDefault(who, Set.of()).stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** Every caller asks once. */
    Run once(ModelGate<Applicant, Decision> gate) {
        return new Run(gate, IntStream.range(0, people.size()).toArray(), false);
    }

    /** Some callers ask once. */
    Run once(ModelGate<Applicant, Decision> gate, int[] some) {
        return new Run(gate, some, false);
    }

    /** All callers ask in turn, again and again, until the run is ended. */
    Run endless(ModelGate<Applicant, Decision> gate) {
        return new Run(gate, IntStream.range(0, people.size()).toArray(), true);
    }

    /** Calls that are under way from when this is made. */
    final class Run {

        private final ModelGate<Applicant, Decision> gate;
        private final int[] callers;
        private final boolean endless;
        private final Tally tally = new Tally();
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
        private volatile boolean ended;

        private Run(ModelGate<Applicant, Decision> gate, int[] callers, boolean endless) {
            this.gate = gate;
            this.callers = callers;
            this.endless = endless;
            for (int i = 0; i < tapes.size(); i++) {
                int first = i;
                Thread thread = new Thread(() -> run(first), "callers-" + (i + 1));
                thread.setDaemon(true);
                threads.add(thread);
            }
            threads.forEach(Thread::start);
        }

        private void run(int first) {
            Tape tape = tapes.get(first);
            tape.insert();
            try {
                do {
                    for (int i = first; i < callers.length && !ended; i += tapes.size()) {
                        ask(callers[i], tape);
                        if ((i / tapes.size() + 1) % BURST == 0) {
                            LockSupport.parkNanos(PAUSE_NANOS);
                        }
                    }
                } while (endless && !ended);
            } catch (
                    Throwable
                            thrown) { // reported by end(): calls that are missing would look like calls that were lost
                broken.set(thrown);
            }
        }

        private void ask(int number, Tape tape) {
            Person person = people.get(number);
            Caller caller = Caller.of(person.key);
            tally.ask();
            tape.begin();
            Outcome<Decision> outcome = gate.decide(person.application.applicant(), caller);
            tape.end();
            tally.count(outcome, person.application.bad());
            String who = outcome instanceof Outcome.FellBack<Decision> fell
                    ? fell.rung()
                    : outcome.answeredBy().orElse(null);
            if (who != null && !who.equals(answeredBy[number])) {
                reached.computeIfAbsent(who, w -> ConcurrentHashMap.newKeySet()).add(number);
            }
            answeredBy[number] = who;
        }

        /** The count so far. */
        Tally tally() {
            return tally;
        }

        boolean running() {
            return threads.stream().anyMatch(Thread::isAlive);
        }

        /** Lets everyone finish asking, or stops an endless run, and returns the count. */
        Tally end() {
            ended = endless;
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while callers ask", e);
                }
            }
            Throwable thrown = broken.get();
            if (thrown != null) {
                throw new IllegalStateException("a thread of callers broke", thrown);
            }
            return tally;
        }
    }
}
