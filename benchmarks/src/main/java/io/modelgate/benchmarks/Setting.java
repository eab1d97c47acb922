package io.modelgate.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.Actor;
import io.modelgate.AsyncModel;
import io.modelgate.Caller;
import io.modelgate.GateBuilder;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.Model;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.ExposureLedger;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Gates as a service has them: metrics with the latency histogram, the default breaker, a ladder, a rollout at ten percent. */
final class Setting implements AutoCloseable {

    static final Actor ACTOR = Actor.of("benchmark");

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private @Nullable Rollouts rollouts;
    private final Gates gates;

    /** On a control log in memory. */
    Setting() {
        this(MemoryControlLog::new);
    }

    Setting(Supplier<? extends ControlLog> log) {
        gates = Gates.open(g -> g.controlLog(log).meters(new SimpleMeterRegistry()));
    }

    /** On a control log in memory, with more of the gates, and with a ledger of exposures. */
    Setting(Consumer<GatesBuilder> more, ExposureLedger exposures) {
        gates = Gates.open(g -> more.accept(g.meters(new SimpleMeterRegistry())));
        rollouts = Rollouts.open(gates, r -> r.exposures(exposures));
    }

    /** Hands on the calls that were made. */
    void flush() {
        gates.flushServed();
    }

    /** How many calls nobody heard of who listens. */
    long dropped() {
        return gates.servedDropped();
    }

    ModelGate<Applicant, Answer> gate(
            String name,
            Model<Applicant, Answer> stable,
            Model<Applicant, Answer> candidate,
            Consumer<GateBuilder<Applicant, Answer>> more) {
        ModelGate<Applicant, Answer> gate = open(name, stable, candidate, more);
        roll(gate);
        return gate;
    }

    private ModelGate<Applicant, Answer> open(
            String name,
            Model<Applicant, Answer> stable,
            Model<Applicant, Answer> candidate,
            Consumer<GateBuilder<Applicant, Answer>> more) {
        return gates.gate(name, g -> {
            g.stable("v1", stable)
                    .version("v2", candidate)
                    .latencyHistogram()
                    .router(Cohorts.router())
                    .fallback(Ladder.of(l -> l.degrade(Answer.REFER)));
            more.accept(g);
        });
    }

    /** A gate like those of {@link #gate} whose rollout is under a policy that begins at ten percent, looked at once a second. */
    ModelGate<Applicant, Answer> guardedGate(
            String name, Model<Applicant, Answer> stable, Model<Applicant, Answer> candidate, RolloutPolicy policy) {
        ModelGate<Applicant, Answer> gate = open(name, stable, candidate, g -> {});
        rollouts = Rollouts.open(gates);
        requireRunning(gate, rollouts.start(gate, "v2", policy, ACTOR, "benchmark"));
        if (gate.routing().orElseThrow().watch() == null) {
            throw new IllegalStateException("nothing counts the calls of the rollout");
        }
        return gate;
    }

    /** A gate whose rollout under a policy has given the candidate to nobody yet, looked at once a second, and is at this stage. */
    ModelGate<Applicant, Answer> unservedGate(
            String name,
            Model<Applicant, Answer> stable,
            Model<Applicant, Answer> candidate,
            RolloutPolicy policy,
            Stage stage) {
        ModelGate<Applicant, Answer> gate = open(name, stable, candidate, g -> {});
        Rollouts opened = Rollouts.open(gates);
        rollouts = opened;
        opened.shadowing(gate, s -> s.harmless());
        if (!opened.start(gate, "v2", policy, ACTOR, "benchmark").stored(PATIENCE)) {
            throw new IllegalStateException("the rollout did not start");
        }
        opened.tick();
        Stage now = opened.status(gate).orElseThrow().stage();
        if (now != stage || opened.shadow(gate).isPresent() != (stage == Stage.SHADOW)) {
            throw new IllegalStateException("the rollout is at " + now + ", expected " + stage);
        }
        return gate;
    }

    /** An object whose only gate is like those of {@link #gate}, guarded by its annotations. */
    <T> T guard(Class<T> type, String name, Object stable, Object candidate) {
        T guarded = gates.guard(
                type,
                g -> g.gate(
                        name,
                        Answer.class,
                        gate -> gate.latencyHistogram()
                                .router(Cohorts.router())
                                .fallback(Ladder.of(l -> l.degrade(Answer.REFER)))),
                stable,
                candidate);
        roll(gates.gate(name));
        return guarded;
    }

    /** A gate like those of {@link #gate} whose versions answer with a stage, in time. */
    ModelGate<Applicant, Answer> asyncGate(
            String name, AsyncModel<Applicant, Answer> stable, AsyncModel<Applicant, Answer> candidate) {
        ModelGate<Applicant, Answer> gate = gates.gate(
                name,
                g -> g.asyncStable("v1", stable, v -> {})
                        .asyncVersion("v2", candidate, v -> {})
                        .latencyHistogram()
                        .modelTimeout(Duration.ofSeconds(1))
                        .deadline(Duration.ofSeconds(2))
                        .router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.degrade(Answer.REFER))));
        roll(gate);
        return gate;
    }

    private static void roll(ModelGate<?, ?> gate) {
        requireRunning(gate, Rollout.start(gate, "v2", r -> r.weight(Weight.percent(10)), ACTOR, "benchmark"));
    }

    private static void requireRunning(ModelGate<?, ?> gate, Rollout rollout) {
        if (!rollout.stored(PATIENCE)) {
            throw new IllegalStateException("the rollout did not start");
        }
        requireATenth(IntStream.range(0, Keys.COUNT)
                .filter(i ->
                        gate.versionFor(Caller.of(Keys.at(i))).orElseThrow().equals("v2"))
                .count());
    }

    /** A benchmark whose rollout does not run would look better than it is. */
    static void requireATenth(long toCandidate) {
        if (toCandidate < Keys.COUNT / 20 || toCandidate > Keys.COUNT / 6) {
            throw new IllegalStateException(
                    toCandidate + " of " + Keys.COUNT + " callers go to the candidate, expected about a tenth");
        }
    }

    void kill(ModelGate<Applicant, Answer> gate) {
        gate.kill(ACTOR, "benchmark");
        if (gate.live()) {
            throw new IllegalStateException("the kill had no effect");
        }
    }

    @Override
    public void close() {
        if (rollouts != null) {
            rollouts.close();
        }
        gates.close();
    }
}
