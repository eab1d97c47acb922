package io.modelgate.spring.test;

import io.modelgate.Actor;
import io.modelgate.Faults;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.ReviveReceipt;
import io.modelgate.Scope;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a test does to the gates of its application; all of it is undone when the test is over, except that time does not run backwards. A bean of
 * tests annotated {@link ModelGateTest}. Thread-safe.
 *
 * <p>A gate or a version that is not there is refused with an {@link IllegalArgumentException} that lists those that are. What a
 * {@link io.modelgate.Permit} is taken for runs as it is.
 */
public final class GatesUnderTest {

    private static final Actor TEST = Actor.of("test");

    /** In memory a revive is stored when it returns; more than this is a defect. */
    private static final Duration STORED = Duration.ofSeconds(10);

    private final Supplier<Gates> gates;
    private final ManualTime time;
    private final Faults faults;

    GatesUnderTest(Supplier<Gates> gates, ManualTime time, Faults faults) {
        this.gates = gates;
        this.time = time;
        this.faults = faults;
    }

    /** Kills a gate, as an operator does. */
    public KillReceipt kill(String gate) {
        return kill(Scope.gate(gate));
    }

    /** Kills a version, as an operator does. */
    public KillReceipt kill(String gate, String version) {
        return kill(Scope.version(gate, version));
    }

    /** Kills what a scope says, as an operator does: all of the process's gates, or the callers of a gate that have an attribute. */
    public KillReceipt kill(Scope scope) {
        return gates().kill(scope, TEST, "killed by the test");
    }

    /** Has a version fail each time that it is invoked: the exception is thrown in place of its model. */
    public void fail(String gate, String version, Exception thrown) {
        Objects.requireNonNull(thrown, "thrown");
        faults.put(gate, version, () -> {
            throw thrown;
        });
    }

    /**
     * Has a version take so long each time that it is invoked: time moves on by that much before its model is asked.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public void slow(String gate, String version, Duration takes) {
        if (takes.isNegative()) {
            throw new IllegalArgumentException("takes is " + takes + ": expected zero or more");
        }
        faults.put(gate, version, () -> {
            time.advance(takes);
            return null;
        });
    }

    /**
     * Has a version give this answer each time that it is invoked, in place of its model's: the answer itself, where the method returns it in an
     * {@link java.util.Optional} or later, and the whole stream where it returns a stream, as {@code Flux.just("a", "b")}.
     *
     * @throws IllegalArgumentException if the gated method's versions answer with another class, which the message names; of a gate that is made in
     *     code it is not known
     */
    public void answer(String gate, String version, Object answer) {
        faults.answer(gate, version, answer);
    }

    /**
     * Lets time pass for the gates, and runs on this thread what is due by then: breakers try again, rate limits fill up, deadlines end, rollouts look.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public void advance(Duration duration) {
        time.advance(duration);
    }

    /**
     * Undoes it all, as between two tests: revives what is killed, whoever killed it, takes faults away, closes breakers, fills rate limits up. What is done
     * to gates before a test, by a start of the application or {@code @BeforeAll}, is undone too.
     */
    public void restore() {
        faults.clear();
        for (Kill kill : gates().kills()) {
            ReviveReceipt revive = gates().revive(kill.id(), TEST, "the test is over");
            if (!revive.stored(STORED)) {
                throw new IllegalStateException("the revive of " + kill + " is not stored");
            }
        }
    }

    Gates gates() {
        return gates.get();
    }
}
