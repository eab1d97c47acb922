package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.RolloutBuilder;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One gate of a run: its callers and versions, its rollout, and what is heard of it. Not thread-safe. */
final class Simulated {

    private static final Actor PERSON = Actor.of("simulator");

    private final Calls calls;
    private final Chronicle chronicle;
    private final ModelGate<Object, Object> gate;
    private final Probes probes;
    private final Mirrored mirrored;
    private @Nullable RolloutStatus status;
    private Consumer<RolloutBuilder> order = start -> {};

    /** With nobody on the candidate. */
    Simulated(
            Gates gates, String name, Scenario scenario, Needs needs, Draws draws, Draws shadows, Chronicle chronicle) {
        this.chronicle = chronicle;
        if (scenario.setting().atTheGate()) {
            AtTheGate made = new AtTheGate(scenario, gates, name, draws, chronicle::add);
            calls = made;
            gate = made.gate();
        } else {
            calls = new World(scenario, needs, draws, chronicle::add);
            gate = gate(gates, name, scenario);
        }
        probes = new Probes(gate);
        mirrored = new Mirrored(gates, gate, shadows);
    }

    private static ModelGate<Object, Object> gate(Gates gates, String name, Scenario scenario) {
        return gates.gate(name, g -> {
            double agreement = scenario.agreement() == null ? 1 : scenario.agreement();
            g.stable("stable", input -> 0)
                    .version("candidate", input -> Mirrored.answer(input, agreement))
                    .router(Cohorts.router());
            if (!scenario.attribute().isEmpty()) {
                g.attributes(scenario.attribute());
            }
            for (Metric<Object> metric : scenario.metrics()) {
                g.metric(metric.name(), metric.least(), metric.most(), metric.of());
            }
            for (Scenario.Label label : scenario.labels()) {
                g.label(
                        label.truth().name(),
                        label.truth().least(),
                        label.truth().most());
            }
        });
    }

    String name() {
        return gate.name();
    }

    /** Who of those probed gets the candidate. */
    BitSet asked() {
        return probes.asked();
    }

    boolean promoted() {
        return chronicle.promoted() != null;
    }

    Calls calls() {
        return calls;
    }

    /** Has the candidate's callers come in another system's order; those who had it there have to keep it. */
    void keep(BitSet callers, Moved from) {
        order = start -> start.bucketing(from.bucketing());
        probes.keep(callers, from.at().parts() / (double) Weight.FULL.parts());
    }

    /** Has the candidate's callers come in the order of one run, whatever its rollout's id is, which no two runs share. */
    void order(String run) {
        order = start -> start.exclusive(run, Weight.FULL);
    }

    void hear(RolloutEvent event) {
        chronicle.hear(event);
    }

    void start(Rollouts rollouts, RolloutPolicy policy, Consumer<RolloutBuilder> who) {
        Mirrored.configure(rollouts, gate);
        rollouts.start(gate, "candidate", policy, who.andThen(order), PERSON, "simulated");
    }

    /** Lets the callers call for the time of a look, the shadow included with its share of the calls. */
    void pass(Duration look, double shadowed) {
        calls.pass(look.toNanos());
        if (status().stage() == Stage.SHADOW) {
            mirrored.pass(look, calls.callsPerSecond() * shadowed);
        }
    }

    /**
     * Draws the conclusions of what the controller did at its look: approves at once what waits for it, and lets the callers go where they
     * are sent.
     *
     * @return whether anything happened
     */
    boolean follow(Rollouts rollouts) {
        chronicle.requireUnhindered();
        if (!chronicle.moved()) {
            return false;
        }
        if (asked(rollouts).waiting()) {
            rollouts.approve(gate, PERSON, "approved at once");
        }
        status = asked(rollouts);
        calls.shut(chronicle.shut());
        if (!chronicle.shut()) {
            calls.share(status.weight());
        }
        probes.require(calls.candidateShare());
        return true;
    }

    /** What the controller says now, with all evidence. */
    RolloutStatus asked(Rollouts rollouts) {
        return rollouts.status(gate).orElseThrow(() -> new IllegalStateException("the rollout has no status"));
    }

    /** The same when anything last happened. */
    private RolloutStatus status() {
        if (status == null) {
            throw new IllegalStateException("the rollout has not started");
        }
        return status;
    }

    /** Whether nothing more comes. */
    boolean over() {
        return status().stage().end() || chronicle.escalated();
    }

    Run run(int number) {
        return new Run(
                number,
                ending(status().stage()),
                calls.now(),
                chronicle.promoted(),
                calls.turnedBad(),
                calls.bad(),
                calls.reached(),
                chronicle.alerts(),
                null,
                Run.Heard.NOTHING,
                chronicle.lines());
    }

    Duration now() {
        return calls.now();
    }

    private static Ending ending(Stage stage) {
        return switch (stage) {
            case ABORTED, ROLLED_BACK -> Ending.ROLLED_BACK;
            case COMPLETE -> Ending.COMPLETE;
            default -> Ending.UNDECIDED;
        };
    }
}
