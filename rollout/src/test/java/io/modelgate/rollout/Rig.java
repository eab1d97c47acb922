package io.modelgate.rollout;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.Actor;
import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process with a gate and a controller that looks only when told to; time, counts and findings are the test's to say. */
final class Rig implements AutoCloseable {

    static final Actor ALICE = Actor.of("alice");
    static final Actor BOB = Actor.of("bob");
    static final Duration MINUTE = Duration.ofMinutes(1);

    /** What is the same for all processes of a test. */
    static final class World {
        final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        final ControlLog log;
        volatile Finding finding = Finding.INCONCLUSIVE;
        volatile long callers = 1_000;

        /** Whether callers go on to call, once a minute. */
        volatile boolean flowing = true;

        /** Where the gates' meters are, if they have any. */
        volatile @Nullable MeterRegistry meters;

        private volatile long calls;

        /** The candidate's calls up to now: ten, if it has as many callers, and one a minute. */
        long calls() {
            calls = !flowing || callers == 0
                    ? calls
                    : Math.min(callers, 10) + Duration.ofNanos(time.read()).toMinutes();
            return calls;
        }

        /** By a gate's name: what its guardrail finds, instead of {@link #finding}. */
        volatile @Nullable String failing;

        World() {
            this(new MemoryControlLog());
        }

        World(ControlLog log) {
            this.log = log;
        }
    }

    final World world;
    final Gates gates;
    final ModelGate<String, String> gate;
    final Rollouts rollouts;
    final List<RolloutEvent> events = new ArrayList<>();

    Rig() {
        this(new World(), r -> {});
    }

    Rig(World world, Consumer<RolloutsBuilder> more) {
        this(world, more, "v0", "v1", "v2", "v3");
    }

    /** A process that has these versions; stable is v1, or else the first. */
    Rig(World world, Consumer<RolloutsBuilder> more, String... versions) {
        this.world = world;
        gates = Gates.open(g -> {
            g.controlLog(world.log)
                    .ticker(world.time)
                    .instants(world.time)
                    .scheduler(world.time)
                    .eventExecutor(Runnable::run);
            if (world.meters != null) {
                g.meters(world.meters);
            }
        });
        gate = gate("credit-risk", versions);
        rollouts = Rollouts.open(gates, r -> {
            r.manual().observations(this::counts).guardrailTest("quality", (counts, share, alpha) -> world.finding);
            more.accept(r);
        });
        rollouts.onEvent(events::add);
    }

    ModelGate<String, String> gate(String name, String... versions) {
        List<String> all = List.of(versions);
        String stable = all.contains("v1") ? "v1" : all.get(0);
        return gates.gate(name, g -> {
            g.stable(stable, input -> stable).attributes("region").router(Cohorts.router());
            all.stream().filter(each -> !each.equals(stable)).forEach(each -> g.version(each, input -> each));
        });
    }

    private StepCounts counts(ModelGate<?, ?> of, String rollout, long since) {
        if (of.name().equals(world.failing)) {
            throw new IllegalStateException("no counts of " + rollout + " since " + since);
        }
        CallTally tally = new CallTally(0);
        for (long i = world.calls(); i > 0; i--) {
            tally.answered(1_000, 1);
        }
        CallCounts calls = tally.counts();
        ArmCounts arm = new ArmCounts(calls, CallCounts.NONE, world.callers, world.callers, Map.of());
        return new StepCounts(arm, arm, CallCounts.NONE, world.callers);
    }

    /** 1 %, 10 %, 50 %, each for ten minutes and a hundred callers, and an hour of soak with 5 % held back. */
    static RolloutPolicy policy(Consumer<PolicyBuilder> more) {
        return RolloutPolicy.of(p -> {
            p.name("quick")
                    .holdback(Weight.percent(5))
                    .soak(Duration.ofHours(1))
                    .sampleRatio(false)
                    .holdDown(Duration.ofHours(6))
                    .inconclusive(Duration.ofHours(1), Inconclusive.Then.HOLD)
                    .guardrail(Guardrail.custom("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE)
                            .requiredForPromotion());
            more.accept(p);
        });
    }

    static void steps(PolicyBuilder p) {
        p.step(Weight.percent(1), MINUTE.multipliedBy(10), 100)
                .step(Weight.percent(10), MINUTE.multipliedBy(10), 100)
                .step(Weight.percent(50), MINUTE.multipliedBy(10), 100);
    }

    static RolloutPolicy policy() {
        return policy(Rig::steps);
    }

    Rollout start(String candidate) {
        return start(candidate, policy());
    }

    Rollout start(String candidate, RolloutPolicy policy) {
        return rollouts.start(gate, candidate, read(policy), ALICE, "canary");
    }

    /** The policy as another process has it: without the test, which the rig gives by name. */
    static RolloutPolicy read(RolloutPolicy policy) {
        return RolloutPolicy.of(policy.data()).orElseThrow();
    }

    /** Ticks once a minute. */
    Rig minutes(int minutes) {
        for (int i = 0; i < minutes; i++) {
            world.time.advance(MINUTE);
            rollouts.tick();
            settle();
        }
        return this;
    }

    /** Lets what is on its way to a file arrive, as it would in a minute. */
    private void settle() {
        if (!world.log.immediate()) {
            String id = "settled-" + UUID.randomUUID();
            stored(gates.append(gates.decision(id, "drill", gate.name(), ALICE, "", Map.of())));
        }
    }

    /** Runs until the candidate is promoted: all steps, then evidence. */
    Rig promoted(String candidate) {
        start(candidate);
        world.finding = Finding.NOT_WORSE;
        return minutes(31);
    }

    RolloutStatus status() {
        return rollouts.status(gate).orElseThrow();
    }

    Stage stage() {
        return status().stage();
    }

    String stable() {
        return gate.describe().stable().orElseThrow();
    }

    List<Entry> entries(String type) {
        return world.log.read(0, 100_000).stream()
                .filter(entry -> entry.type().equals(type))
                .toList();
    }

    /** The events of a type. */
    <T extends RolloutEvent> List<T> heard(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static void stored(Receipt receipt) {
        if (!receipt.stored(Duration.ofSeconds(5))) {
            throw new AssertionError("not stored: " + receipt.failure());
        }
    }

    @Override
    public void close() {
        rollouts.close();
        gates.close();
    }
}
