package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose calls a shadow is asked, and whose are evidence. */
class ShadowCallersTest {

    private final Rig rig = new Rig();

    /** What the candidate was asked. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    private final ModelGate<String, String> gate = rig.gates.gate(
            "letters",
            g -> g.stable("v1", input -> "yes")
                    .version("v2", input -> {
                        asked.add(input);
                        return input.startsWith("odd") ? "no" : "yes";
                    })
                    .attributes("region")
                    .router(Cohorts.router()));

    @AfterEach
    void close() {
        rig.close();
    }

    private void start(Consumer<RolloutBuilder> who) {
        shadowing();
        begin(who);
    }

    private void begin(Consumer<RolloutBuilder> who) {
        RolloutPolicy policy = Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.shadow(s -> s.sample(1).atLeast(Rig.MINUTE).calls(100).agreement(0.9));
        }));
        rig.rollouts.start(gate, "v2", policy, who, Rig.ALICE, "shadow");
        rig.rollouts.tick();
    }

    private void shadowing() {
        shadowing(s -> s.executor(Runnable::run));
    }

    private void shadowing(Consumer<ShadowBuilder<String, String>> more) {
        rig.rollouts.shadowing(gate, s -> more.accept(s.harmless()));
    }

    private void call(String input, Caller caller) {
        gate.call(input, caller);
        rig.gates.flushServed();
    }

    private static Caller in(String region, String key) {
        return Caller.of(key).with("region", region);
    }

    private Stage stage() {
        return rig.rollouts.status(gate).orElseThrow().stage();
    }

    private ShadowReport report() {
        return rig.rollouts.shadow(gate).orElseThrow();
    }

    @Test
    void whoIsDeniedTheCandidateIsNotShownToItsShadow() {
        start(who -> who.deny("ann"));
        call("of ann", Caller.of("ann"));
        call("of bob", Caller.of("bob"));
        assertThat(asked).containsExactly("of bob");
        assertThat(report().sampled()).isEqualTo(1);
    }

    @Test
    void whoIsInNoneOfItsSegmentsIsNotShownToItsShadow() {
        start(who -> who.only("region", "us"));
        call("of ann", in("eu", "ann"));
        call("of cho", Caller.of("cho"));
        call("of bob", in("us", "bob"));
        assertThat(asked).containsExactly("of bob");
        assertThat(report().sampled()).isEqualTo(1);
    }

    @Test
    void whomAListOrASegmentSendsToTheCandidateItsShadowIsAskedAbout() {
        start(who -> who.allow("ann").force("region", "eu").only("region", "us"));
        call("of ann", Caller.of("ann"));
        call("of bob", in("eu", "bob"));
        call("of cho", in("asia", "cho"));
        assertThat(asked).containsExactlyInAnyOrder("of ann", "of bob");
    }

    @Test
    void aThousandCallsOfOneCallerShowNoMoreThanOne() {
        start(who -> {});
        for (int i = 0; i < 1_000; i++) {
            call("again", Caller.of("bot"));
        }
        rig.minutes(10);
        assertThat(stage()).isEqualTo(Stage.SHADOW);
        assertThat(report().compared()).isEqualTo(1_000);
        assertThat(report().callers()).isEqualTo(1);
        assertThat(report().atLeast()).isLessThan(0.5);
        assertThat(rig.rollouts.status(gate).orElseThrow().reason())
                .contains("inconclusive: agreed in 1 of 1 compared calls, each caller's first");

        for (int i = 0; i < 200; i++) {
            call("once", Caller.of("user-" + i));
        }
        rig.minutes(2);
        assertThat(stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void theFirstCallOfACallerCounts() {
        start(who -> {});
        call("odd", Caller.of("ann"));
        call("even", Caller.of("ann"));
        call("even", Caller.of("bob"));
        call("odd", Caller.of("bob"));
        rig.rollouts.tick();
        assertThat(report().compared()).isEqualTo(4);
        assertThat(report().agreed()).isEqualTo(2);
        assertThat(report().callers()).isEqualTo(2);
        assertThat(report().callersAgreed()).isEqualTo(1);
        assertThat(report().worst()).hasSize(2);
    }

    @Test
    void whichCallOfACallerCountsIsSettledBeforeTheCandidateAnswersAny() {
        Deque<Runnable> asking = new ArrayDeque<>();
        shadowing(s -> s.executor(asking::add));
        begin(who -> {});
        call("odd", Caller.of("ann"));
        call("even", Caller.of("ann"));
        call("even", Caller.of("ann"));
        while (!asking.isEmpty()) {
            asking.removeLast().run(); // the first is slow
        }
        rig.rollouts.tick();
        assertThat(report().compared()).isEqualTo(3);
        assertThat(report().callers()).isEqualTo(1);
        assertThat(report().callersAgreed()).isZero();
    }

    @Test
    void whoseFirstCallIsNotComparedShowsNothing() {
        shadowing(s -> s.executor(Runnable::run).digests(String::valueOf, answer -> {
            throw new IllegalStateException("of disagreements only");
        }));
        begin(who -> {});
        call("odd", Caller.of("ann"));
        call("even", Caller.of("ann"));
        rig.rollouts.tick();
        assertThat(report().uncompared()).isEqualTo(1);
        assertThat(report().compared()).isEqualTo(1);
        assertThat(report().callers()).isZero();
    }

    @Test
    void aCallThatTheCandidateIsNotAskedAboutLeavesItToTheNext() {
        start(who -> {});
        KillReceipt kill = rig.gates.kill(Scope.version("letters", "v2").where("region", "eu"), Rig.BOB, "wrong there");
        call("even", in("eu", "ann"));
        rig.gates.revive(kill.id(), Rig.BOB, "right").stored(Duration.ofSeconds(5));
        call("odd", in("eu", "ann"));
        call("even", in("eu", "ann"));
        rig.rollouts.tick();
        assertThat(report().refused()).containsEntry(Cause.KILLED, 1L);
        assertThat(report().callers()).isEqualTo(1);
        assertThat(report().callersAgreed()).isZero();
    }

    @Test
    void aCallThatIsDroppedLeavesItToTheNext() {
        AtomicBoolean full = new AtomicBoolean(true);
        shadowing(s -> s.executor(task -> {
            if (full.get()) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        }));
        begin(who -> {});
        call("even", Caller.of("ann"));
        full.set(false);
        call("even", Caller.of("ann"));
        rig.rollouts.tick();
        assertThat(report().dropped()).isEqualTo(1);
        assertThat(report().callers()).isEqualTo(1);
    }

    @Test
    void callsOfNobodyInParticularShowNothing() {
        start(who -> {});
        for (int i = 0; i < 300; i++) {
            call("again", Caller.anonymous());
        }
        rig.minutes(2);
        assertThat(report().compared()).isEqualTo(300);
        assertThat(report().callers()).isZero();
        assertThat(report().agreement()).isEmpty();
        assertThat(stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void whoWasMetStaysSoWhenItsMirrorBeginsAnew() {
        start(who -> {});
        call("again", Caller.of("bot"));
        rig.rollouts.shadowing(gate, s -> {}); // may do harm now
        rig.rollouts.tick();
        shadowing();
        rig.rollouts.tick();
        call("again", Caller.of("bot"));
        rig.rollouts.tick();
        assertThat(report().compared()).isEqualTo(2);
        assertThat(report().callers()).isEqualTo(1);
    }
}
