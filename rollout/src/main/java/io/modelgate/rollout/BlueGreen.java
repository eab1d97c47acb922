package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Twin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two versions of a gate of which one serves everybody and the other is kept ready: it is smoke-tested, switched to by one entry, and switched
 * back by another. A handle, thread-safe; each process that serves the gate has its own and keeps its own models warm, and each switches when it
 * applies the entry, whichever process made it.
 *
 * <pre>{@code
 * BlueGreen<Applicant, Decision> pair = rollouts.blueGreen(credit, "v1", "v2", b -> b
 *         .harmless()
 *         .smoke("a good applicant", good, d -> d.approved())
 *         .warm(typical));
 * pair.switchTo("v2", Actor.of("alice"), "trained on 2026");
 * pair.switchBack(Actor.of("bob"), "approvals fell");
 * }</pre>
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class BlueGreen<I, O> implements AutoCloseable {

    private final ModelGate<I, O> gate;
    private final List<String> pair;
    private final BlueGreenBuilder<I, O> settings;
    private final Interventions interventions;
    private final Conditional conditional;
    private final Map<String, Twin<I, O>> twins;
    private final Warmth<I, O> warmth;
    private final SwitchRules rules;

    private BlueGreen(
            ModelGate<I, O> gate,
            List<String> pair,
            BlueGreenBuilder<I, O> settings,
            Interventions interventions,
            SwitchRules rules) {
        this.rules = rules;
        this.gate = gate;
        this.pair = pair;
        this.settings = settings;
        this.interventions = interventions;
        conditional = new Conditional(gate.gates());
        twins = Map.of(
                pair.get(0), gate.twin(pair.get(0), t -> {}),
                pair.get(1), gate.twin(pair.get(1), t -> {}));
        warmth = new Warmth<>(gate, settings, twins, this::idle);
    }

    static <I, O> BlueGreen<I, O> of(
            ModelGate<I, O> gate,
            String blue,
            String green,
            BlueGreenBuilder<I, O> settings,
            Interventions interventions,
            SwitchRules rules) {
        GateMemory memory = Routings.of(gate).memory();
        if (blue.equals(green)) {
            throw new IllegalArgumentException("blue and green are both " + PolicyText.quote(blue)
                    + ": expected two versions of gate \"" + gate.name() + "\"");
        }
        if (settings.smokes.isEmpty()) {
            throw new IllegalArgumentException("blue-green of gate \"" + gate.name()
                    + "\" has no smoke call: add one with smoke(name, input, check)");
        }
        for (String version : List.of(blue, green)) {
            if (!gate.registered(version)) {
                throw new IllegalArgumentException("version " + PolicyText.quote(version) + " of gate \"" + gate.name()
                        + "\" is not registered in this process: register it, or name another");
            }
            String obstacle = Unheard.obstacle(gate, memory, version, settings.harmless);
            if (obstacle != null) {
                throw new IllegalArgumentException(obstacle);
            }
        }
        return new BlueGreen<>(gate, List.of(blue, green), settings, interventions, rules);
    }

    /**
     * Asks a version of the pair the smoke calls, on this thread, and changes nothing.
     *
     * @return what went wrong, by the name of the call; empty if nothing did
     * @throws IllegalArgumentException if it is not one of the pair
     */
    public Map<String, String> smoke(String version) {
        return Smoking.failures(twin(version), settings, thrown -> {});
    }

    private Twin<I, O> twin(String version) {
        Twin<I, O> twin = twins.get(version);
        if (twin == null) {
            throw new IllegalArgumentException(
                    "version " + PolicyText.quote(version) + " is not one of the pair " + pair);
        }
        return twin;
    }

    /**
     * Makes the other version of the pair stable, for everybody and by one entry, if it answers all smoke calls as their checks want and nothing that concerns the
     * gate has come in between. It is stored and in force in this process when this returns. If one check fails, nothing has changed.
     *
     * <p>What holds a rollout back holds it back too: a {@link PromotionGate} that objects, such as a freeze; a feature that stable takes and the version dropped
     * or retyped; the hold-down of a policy that took the version back. There is no evidence that could. In an emergency {@code gate.version(…).promote(…)}
     * asks nobody.
     *
     * @param version the one of the pair that does not serve
     * @return the receipt, of what is stored
     * @throws IllegalArgumentException if it is not one of the pair
     * @throws SmokeFailedException if it fails smoke calls, with each of them
     * @throws IllegalStateException if it is killed, the gate or the fleet is; if it is stable already, or stable is not of the pair; if a rollout runs on the gate;
     *     if a promotion gate objects or throws; if it does not take what stable takes, or is held down;
     *     if something of this came in between; if the gates are closed
     * @throws io.modelgate.control.ControlLogException if it cannot be stored, so that nothing has changed
     */
    public Receipt switchTo(String version, Actor actor, String reason) {
        Twin<I, O> twin = twin(version);
        String from = other(version);
        Object before = ready(from, version, false);
        rules.require(gate, Routings.of(gate), from, version);
        List<Throwable> thrown = new ArrayList<>();
        Map<String, String> failures = Smoking.failures(twin, settings, thrown::add);
        if (!failures.isEmpty()) {
            SmokeFailedException failed = new SmokeFailedException(
                    "version \"" + version + "\" of gate \"" + gate.name() + "\" failed " + failures.size() + " of "
                            + settings.smokes.size() + " smoke calls and was not switched to",
                    failures);
            thrown.forEach(failed::addSuppressed);
            throw failed;
        }
        return interventions.receipt(conditional.make(gate, () -> {
            if (!ready(from, version, false).equals(before)) {
                throw new IllegalStateException("gate \"" + gate.name() + "\" was changed while version \"" + version
                        + "\" was smoke-tested; nothing was switched, try again");
            }
            rules.require(gate, Routings.of(gate), from, version);
            Map<String, Object> data = new HashMap<>();
            data.put(EntryTypes.VERSION, version);
            data.put(EntryTypes.FROM, from);
            data.put("smoke", List.copyOf(settings.smokes.keySet()));
            return interventions.decision(gate, EntryTypes.PROMOTE, actor, reason, data);
        }));
    }

    /**
     * Makes the version of the pair stable again that was before the present one, by one entry and without smoke calls. It is stored and in force in this
     * process when this returns. It takes back, and so asks nobody: no promotion gate and no hold-down keeps it from that.
     *
     * @return what that came to, with what the side effects of the version that was taken back ask for
     * @throws IllegalStateException if the other version is killed, has never been stable or is not registered here; if stable is not of the pair; if a
     *     rollout runs on the gate; if the gates are closed
     * @throws io.modelgate.control.ControlLogException if it cannot be stored, so that nothing has changed; a kill does not wait for that
     */
    public Rollback switchBack(Actor actor, String reason) {
        return interventions.rollback(gate, conditional.make(gate, () -> {
            String from = stable();
            String to = other(from);
            var unused = ready(from, to, true);
            if (!gate.previous().equals(Optional.of(to))) {
                throw new IllegalStateException("gate \"" + gate.name() + "\" cannot be switched back to \"" + to
                        + "\": it was not stable before \"" + from + "\"; smoke-test it and switch to it");
            }
            return interventions.goingBack(gate, from, to, actor, reason);
        }));
    }

    private String other(String version) {
        return pair.get(0).equals(version) ? pair.get(1) : pair.get(0);
    }

    private String stable() {
        return serving()
                .orElseThrow(() -> new IllegalStateException("gate \"" + gate.name() + "\" has \""
                        + gate.describe().stable().orElse("?") + "\" as stable, which is not one of the pair " + pair));
    }

    /**
     * Refuses a switch for which the gate is not ready; else what it was ready by, which a change in between makes another.
     *
     * @param from what has to be stable
     * @param back whether it is no matter that the gate is killed as a whole: nobody gets either of them
     */
    private Object ready(String from, String to, boolean back) {
        CohortRouting routing = Routings.of(gate);
        RolloutStart running = routing.running();
        if (running != null) {
            throw new IllegalStateException("rollout \"" + running.id() + "\" of version \"" + running.version()
                    + "\" runs on gate \"" + gate.name() + "\": end or abort it before a switch");
        }
        if (!stable().equals(from)) {
            throw new IllegalStateException("version \"" + to + "\" is the stable version of gate \"" + gate.name()
                    + "\" already: there is nothing to switch");
        }
        List<Kill> kills = gate.describe().kills().stream()
                .filter(kill -> !kill.scope().narrowed())
                .filter(kill -> kill.scope().version() == null
                        ? !back
                        : to.equals(kill.scope().version()))
                .toList();
        if (!kills.isEmpty()) {
            throw new IllegalStateException("version \"" + to + "\" of gate \"" + gate.name() + "\" is killed by "
                    + kills.get(0).actor().name() + " (" + kills.get(0).id() + "): revive it before it gets callers");
        }
        ServingChange change = routing.memory().changes().latest();
        return List.of(
                change == null ? 0L : change.entry().seq(), gate.describe().kills());
    }

    private Optional<String> serving() {
        return gate.describe().stable().filter(pair::contains);
    }

    private Optional<String> idle() {
        return serving().map(this::other);
    }

    /** Which of the two serves, and whether the other one is warm. */
    public BlueGreenStatus status() {
        String serving = serving().orElse(null);
        String idle = serving == null ? null : other(serving);
        return new BlueGreenStatus(serving, idle, warmth.warmed(idle), warmth.cold(idle));
    }

    /** Keeps nothing warm any more, and changes nothing else. Idempotent. */
    @Override
    public void close() {
        warmth.close();
        twins.values().forEach(Twin::close);
    }
}
