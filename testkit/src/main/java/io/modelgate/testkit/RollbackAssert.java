package io.modelgate.testkit;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rehearses a rollback, for the tests of a service: a rollback that nobody has tried is a hope.
 *
 * <pre>{@code
 * RollbackAssert.assertRollbackRestores(credit, "v2", backend::fail, goodApplicant, badApplicant);
 * }</pre>
 */
public final class RollbackAssert {

    private static final Actor REHEARSAL = new Actor("rollback rehearsal", "automation");
    private static final Caller CALLER = Caller.of("rollback-rehearsal");
    private static final Duration SOON = Duration.ofSeconds(10);

    private RollbackAssert() {}

    /**
     * Promotes the candidate, breaks it, rolls back, and verifies that the version that was stable is so again and answers every probe as
     * before. Leaves the gate with that version, also where the rehearsal fails and the gate can still be rolled back; the candidate is
     * marked as rolled back then. For a gate whose traffic is the test's alone, and models that answer equal probes with equal answers.
     *
     * @param candidate a version that is not stable
     * @param brokenBy breaks it, as a bad deployment would
     * @param probes what the gate is asked before, meanwhile and after; with any, breaking has to show in the answer to one of them
     * @throws AssertionError if the candidate does not serve once it is promoted, if breaking it changes nothing, or if the rollback does
     *     not bring the former version and its answers back
     * @throws IllegalArgumentException if the gate has no such version
     */
    @SafeVarargs
    public static <I, O> void assertRollbackRestores(
            ModelGate<I, O> gate, String candidate, Runnable brokenBy, I... probes) {
        gate.version(candidate); // throws if unknown
        String baseline = stable(gate).orElseThrow(() -> new AssertionError(of(gate) + "no version is stable"));
        if (baseline.equals(candidate)) {
            throw new AssertionError(of(gate) + "<" + candidate + "> is stable already, so it cannot be deployed");
        }
        List<I> all = new ArrayList<>();
        for (I probe : probes) {
            all.add(probe);
        }
        new Rehearsal<>(gate, baseline, candidate, all).run(brokenBy);
    }

    private static Optional<String> stable(ModelGate<?, ?> gate) {
        return gate.describe().stable();
    }

    private static String of(ModelGate<?, ?> gate) {
        return "Rollback of gate <" + gate.name() + ">: ";
    }

    private record Rehearsal<I, O>(ModelGate<I, O> gate, String baseline, String candidate, List<I> probes) {

        void run(Runnable brokenBy) {
            List<Outcome<O>> before = served(baseline, "before anything was deployed");
            try {
                stored(gate.version(candidate).promote(REHEARSAL, "rollback rehearsal: deploy"), "the promotion");
                List<Outcome<O>> healthy = served(candidate, "once it is promoted and before it is broken");
                brokenBy.run();
                requireBroken(healthy);
            } catch (RuntimeException | Error e) {
                restore(e);
                throw e;
            }
            rollback();
            requireServes(baseline, "after the rollback");
            List<Outcome<O>> after = asked();
            for (int i = 0; i < probes.size(); i++) {
                if (!same(before.get(i), after.get(i))) {
                    throw new AssertionError(of(gate) + probe(i) + " was answered " + shown(before.get(i))
                            + " before the deployment and " + shown(after.get(i)) + " after the rollback");
                }
            }
        }

        private void rollback() {
            Receipt receipt;
            try {
                receipt = gate.rollback(REHEARSAL, "rollback rehearsal: restore");
            } catch (IllegalStateException e) {
                throw new AssertionError(of(gate) + "it cannot be rolled back: " + e.getMessage(), e);
            }
            stored(receipt, "the rollback");
        }

        /** Takes a candidate back whose rehearsal has failed; what went wrong first is what is thrown. */
        private void restore(Throwable failure) {
            try {
                if (stable(gate).equals(Optional.of(candidate))) {
                    gate.rollback(REHEARSAL, "rollback rehearsal: it failed").stored(SOON);
                }
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }

        private void stored(Receipt receipt, String what) {
            if (!receipt.stored(SOON)) {
                Throwable failure = receipt.failure().orElse(null);
                throw new AssertionError(of(gate) + what + " was not stored", failure);
            }
        }

        private void requireServes(String version, String when) {
            Optional<String> stable = stable(gate);
            Optional<String> serves = gate.versionFor(CALLER);
            if (!stable.equals(Optional.of(version)) || !serves.equals(Optional.of(version))) {
                throw new AssertionError(of(gate) + "expected <" + version + "> to serve " + when + ", but stable is "
                        + stable.map(id -> "<" + id + ">").orElse("unknown") + " and callers get "
                        + serves.map(id -> "<" + id + ">").orElse("none, because of a kill"));
            }
        }

        /** The answers to all probes, which a version has to give. */
        private List<Outcome<O>> served(String version, String when) {
            requireServes(version, when);
            List<Outcome<O>> outcomes = asked();
            for (int i = 0; i < outcomes.size(); i++) {
                if (!(outcomes.get(i) instanceof Outcome.Answered<O> answered)
                        || !answered.version().equals(version)) {
                    throw new AssertionError(of(gate) + "expected <" + version + "> to answer " + probe(i) + " " + when
                            + ", but it was " + shown(outcomes.get(i)));
                }
            }
            return outcomes;
        }

        private List<Outcome<O>> asked() {
            List<Outcome<O>> outcomes = new ArrayList<>();
            probes.forEach(probe -> outcomes.add(gate.decide(probe, CALLER)));
            return outcomes;
        }

        private void requireBroken(List<Outcome<O>> healthy) {
            List<Outcome<O>> broken = asked();
            for (int i = 0; i < broken.size(); i++) {
                if (!same(healthy.get(i), broken.get(i))) {
                    return;
                }
            }
            if (!probes.isEmpty()) {
                throw new AssertionError(
                        of(gate) + "brokenBy broke nothing: <" + candidate
                                + "> answers every probe as it did before; break it as a bad deployment would, or add a probe that shows it");
            }
        }

        private boolean same(Outcome<O> one, Outcome<O> other) {
            return one.answer().equals(other.answer())
                    && one.answeredBy().equals(other.answeredBy())
                    && one.cause().equals(other.cause());
        }

        private String probe(int index) {
            return "probe " + (index + 1) + " <" + probes.get(index) + ">";
        }

        private String shown(Outcome<O> outcome) {
            @Nullable Object answer = outcome.answer().orElse(null);
            return "<" + Objects.toString(answer, "nothing") + "> by "
                    + outcome.answeredBy().map(id -> "<" + id + ">").orElse("no version")
                    + outcome.cause().map(cause -> " because of " + cause).orElse("");
        }
    }
}
