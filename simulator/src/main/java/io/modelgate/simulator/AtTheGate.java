package io.modelgate.simulator;

import io.modelgate.Call;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one run, each made at a gate whose versions answer as the scenario says: for what hears of single calls. Who was answered is what
 * the version itself says, whatever the gate does. Not thread-safe.
 */
final class AtTheGate implements Calls {

    private static final double SECOND = 1e9;

    /** The gate hands over so many at once without loss. */
    private static final int AT_ONCE = 1_000;

    private final Scenario scenario;
    private final Course course;
    private final Draws draws;
    private final Gates gates;
    private final ModelGate<Object, Object> gate;

    private final BitSet answered = new BitSet();
    private final BitSet answeredBadly = new BitSet();
    private final BitSet answeredWhileBad = new BitSet();

    private double share;
    private boolean shut;
    private long bad;
    private long made;
    private @Nullable String everybody;
    private Consumer<Duration> unheard = latency -> {};
    private Runnable handOver;

    /**
     * What a version answers. Immutable.
     *
     * @param bad whether it is bad in truth
     * @param metrics its metrics, scaled as {@link Behaviour#metrics}
     */
    record Answer(boolean bad, List<Double> metrics) {

        Answer {
            metrics = List.copyOf(metrics);
        }
    }

    /** What a version throws that does not answer; where it was is no matter. */
    private static final class Missed extends Exception {
        private static final long serialVersionUID = 1;

        Missed() {
            super("missed", null, false, false);
        }
    }

    AtTheGate(Scenario scenario, Gates gates, String name, Draws draws, BiConsumer<Duration, String> news) {
        this.scenario = scenario;
        this.gates = gates;
        this.draws = draws;
        course = new Course(scenario, news);
        course.change(0);
        gate = gate(name);
        handOver = gates::flushServed;
    }

    private ModelGate<Object, Object> gate(String name) {
        return gates.gate(name, g -> {
            g.callAwareStable("stable", (caller, call) -> answer(course.stable()))
                    .callAwareVersion("candidate", this::candidate)
                    .router(Cohorts.router());
            for (int i = 0; i < scenario.metrics().size(); i++) {
                Metric<Object> metric = scenario.metrics().get(i);
                int number = i;
                double range = metric.most() - metric.least();
                g.metric(
                        metric.name(),
                        metric.least(),
                        metric.most(),
                        answer -> metric.least() + ((Answer) answer).metrics().get(number) * range);
            }
        });
    }

    ModelGate<Object, Object> gate() {
        return gate;
    }

    private Answer answer(Behaviour behaviour) throws Missed {
        if (draws.random().nextDouble() >= behaviour.answered()) {
            throw new Missed();
        }
        boolean isBad = draws.random().nextDouble() < behaviour.bad();
        List<Double> metrics = new ArrayList<>(scenario.metrics().size());
        for (int i = 0; i < scenario.metrics().size(); i++) {
            metrics.add(behaviour.metrics().get(i).one(draws));
        }
        return new Answer(isBad, metrics);
    }

    private Answer candidate(Object caller, Call call) throws Missed {
        if (call.shadow()) {
            unheard.accept(Duration.ofNanos((long) course.candidate().latency().one(draws)));
            return answer(course.candidate());
        }
        Answer answer = answer(course.candidate());
        int number = (Integer) caller;
        answered.set(number);
        if (answer.bad()) {
            answeredBadly.set(number);
        }
        if (course.turnedBad() != null) {
            answeredWhileBad.set(number);
        }
        return answer;
    }

    /** Has everybody's calls go to one version from now on, and fail the run if one does not. */
    void everybody(String version) {
        everybody = version;
        share(version.equals("candidate") ? Weight.FULL : Weight.NONE);
    }

    /** Lets so much time pass with each answer of the candidate that nobody gets. */
    void unheard(Consumer<Duration> pass) {
        unheard = pass;
    }

    /** Sets how calls are handed to who listens to them. */
    void handOver(Runnable how) {
        handOver = how;
    }

    @Override
    public void share(Weight weight) {
        share = weight.parts() / (double) Weight.FULL.parts();
        course.change(share);
    }

    @Override
    public void shut(boolean now) {
        shut = now;
    }

    @Override
    public double candidateShare() {
        return shut ? 0 : share;
    }

    @Override
    public void pass(long nanos) {
        long calls = draws.poisson(callsPerSecond() * (nanos / SECOND));
        for (long i = 0; i < calls; i++) {
            call();
            if (i % AT_ONCE == AT_ONCE - 1) {
                handOver.run();
            }
        }
        handOver.run();
        course.pass(nanos);
        course.change(share);
    }

    /** Somebody calls. */
    void call() {
        int caller = draws.random().nextInt(scenario.callers());
        Outcome<Object> outcome = gate.decide(caller, Caller.of(key(caller)));
        made++;
        String routed = outcome.routed().orElse("");
        if (everybody != null && !routed.equals(everybody)) {
            throw new IllegalStateException(
                    "a call went to \"" + routed + "\", and everybody's are to go to \"" + everybody + "\"");
        }
        if (routed.equals("candidate") && !good(outcome)) {
            bad++;
        }
    }

    private static boolean good(Outcome<Object> outcome) {
        return outcome instanceof Outcome.Answered<Object> answered
                && answered.value() instanceof Answer answer
                && !answer.bad();
    }

    /** The key of a caller. */
    static String key(int caller) {
        return "user-" + caller;
    }

    /** How many calls were made. */
    long made() {
        return made;
    }

    /** The numbers of the callers that the candidate answered. */
    BitSet answered() {
        return answered;
    }

    /** The numbers of those of them who got a bad answer. */
    BitSet answeredBadly() {
        return answeredBadly;
    }

    /** How many it answered once it had turned bad. */
    long answeredWhileBad() {
        return answeredWhileBad.cardinality();
    }

    @Override
    public double callsPerSecond() {
        return course.callsPerSecond();
    }

    @Override
    public Duration now() {
        return course.time();
    }

    @Override
    public long bad() {
        return bad;
    }

    @Override
    public long reached() {
        return answered.cardinality();
    }

    @Override
    public @Nullable Duration turnedBad() {
        return course.turnedBad();
    }

    /**
     * Makes sure that calls of this scenario can be made.
     *
     * @throws BadFileException if a version misses calls other than by an error
     */
    static void require(Scenario scenario) {
        List<Behaviour> all = new ArrayList<>(List.of(scenario.stable(), scenario.candidate()));
        scenario.changes().forEach(change -> all.add(scenario.candidate().shifted(change.shift())));
        for (Behaviour each : all) {
            for (Cause cause : each.missed().keySet()) {
                if (cause != Cause.ERROR) {
                    throw new BadFileException("scenario " + Quantity.quote(scenario.name()) + ": " + cause
                            + " in rates, where calls are made at the gate for blueGreen, exposures or records:"
                            + " expected ERROR alone");
                }
            }
        }
    }
}
