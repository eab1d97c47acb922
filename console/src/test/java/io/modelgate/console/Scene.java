package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.List;

/** A process in the middle of a working day, the same each time: a rollout that has come some way, and a model that is off for some. */
final class Scene implements AutoCloseable {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofSeconds(3);
    private static final int CALLERS_A_MINUTE = 400;
    private static final List<String> REGIONS = List.of("eu", "us", "apac");
    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(5), Duration.ofMinutes(10), 100)
            .step(Weight.percent(25), Duration.ofMinutes(30), 1_000)
            .manualStep(Weight.percent(50), Duration.ofHours(1), 1_000)
            .sampleRatio(false)
            .soak(Duration.ofDays(7))
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.05))
            .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.02).requiredForPromotion()));

    final ConsoleRig rig = new ConsoleRig();
    final ModelGate<Integer, String> credit;
    private int callers;

    Scene() {
        credit = gate("credit-risk", 0.01);
        for (String name :
                List.of("chat-assistant", "document-summary", "fraud-score", "limit-advice", "price-forecast")) {
            gate(name, name.equals("fraud-score") ? 0.07 : 0.002);
        }
        ModelGate<String, String> agent = rig.gates.gate(
                "claims-agent",
                g -> g.stable("v1", input -> "done")
                        .tokens(t -> t.input(String::length).maxOutput(100))
                        .attributes("tenant")
                        .budget(Budget.tokens("tenant", 5_000, Per.attribute("tenant")))
                        .runaway(Runaway.callsPerSession(30, Reaction.KILL_SESSION)));
        for (int i = 0; i < 40; i++) {
            agent.decide(
                    "what is covered?",
                    Caller.of("agent-7").session("session-7").with("tenant", "acme"));
        }
        agent.decide(
                "what is covered?", Caller.of("agent-9").session("session-9").with("tenant", "globex"));
    }

    private ModelGate<Integer, String> gate(String name, double errors) {
        int every = (int) Math.round(1 / errors);
        return rig.gates.gate(
                name,
                g -> g.stable("v3", input -> answer("v3", input, every))
                        .version("v4", input -> answer("v4", input, every))
                        .attributes("region", "segment")
                        .router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.previousVersion()
                                .rule("debt-ratio", input -> input % 2 == 0 ? "by rule" : null)
                                .degrade("refer to a human"))));
    }

    private static String answer(String version, int input, int every) {
        if (input % every == 0) {
            throw new IllegalStateException("the model failed");
        }
        return version;
    }

    /** Starts a rollout of v4. */
    Scene rollout() {
        rig.rollouts.start(credit, "v4", POLICY, Actor.of("maria"), "trained on the data of 2025");
        return this;
    }

    /** Lets minutes pass, in which callers call and the rollout is looked at. */
    Scene minutes(int minutes) {
        Client viewer = rig.viewer();
        for (int i = 0; i < minutes; i++) {
            for (ModelGate<?, ?> each : rig.gates.gates()) {
                if (!each.name().equals("claims-agent")) {
                    calls(each);
                }
            }
            int before = samples(viewer);
            rig.time.advance(MINUTE.minus(MOMENT));
            rig.rollouts.tick();
            rig.time.advance(MOMENT); // the console has to look after the rollout did
            Await.until(() -> samples(viewer) > before || before < 0);
        }
        return this;
    }

    @SuppressWarnings("unchecked") // every gate but the agent's is one of gate(…)
    private void calls(ModelGate<?, ?> gate) {
        for (int i = 0; i < CALLERS_A_MINUTE; i++) {
            int number = callers++;
            String region = REGIONS.get(number % REGIONS.size());
            ((ModelGate<Integer, String>) gate)
                    .call(number + 1, Caller.of("user-" + number).with("region", region));
        }
    }

    /** How often the bands of the rollout were kept; -1 if none runs. */
    private static int samples(Client viewer) {
        Client.Answer rollout = viewer.get("/api/v1/gates/credit-risk/rollout");
        boolean runs = rollout.status() == 200 && rollout.at("/summary/running").asBoolean();
        return runs ? rollout.at("/evidence/0/samples").size() : -1;
    }

    /** Kills a model for some. */
    Scene killed() {
        rig.gates.kill(
                Scope.gate("document-summary").where("region", "eu"),
                Actor.of("olga"),
                "summaries of the eu leave out the totals");
        return this;
    }

    @Override
    public void close() {
        rig.close();
    }
}
