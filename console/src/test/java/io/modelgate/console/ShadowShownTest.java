package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.RolloutBuilder;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shadow came to, as people see it. */
@Timeout(180)
class ShadowShownTest {

    private static final String FAR = "a private input";
    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .shadow(s -> s.sample(1).atLeast(Duration.ofDays(1)).calls(1_000).agreement(0.9))
            .step(Weight.percent(10), Duration.ofMinutes(10), 100));

    private final ConsoleRig rig = new ConsoleRig();
    private ModelGate<String, Double> credit;

    @BeforeEach
    void mirror() {
        credit = rig.gates.gate(
                "credit-risk",
                g -> g.stable("v3", input -> 1.0)
                        .version("v4", ShadowShownTest::candidate)
                        .router(Cohorts.router()));
        rig.rollouts.shadowing(credit, s -> s.harmless().executor(Runnable::run).keepInputs());
        ConsoleRig.stored(rig.rollouts.start(credit, "v4", POLICY, ConsoleRig.ALICE, "trained on 2026"));
        tick();
        for (int i = 0; i < 20; i++) {
            credit.call("alike", Caller.of("user-" + i));
        }
        credit.call(FAR, Caller.of("user-20"));
        credit.call("nothing", Caller.of("user-21"));
        rig.gates.flushServed();
        tick();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static double candidate(String input) {
        return switch (input) {
            case FAR -> 11.5;
            case "nothing" -> throw new IllegalStateException("no answer");
            default -> 1;
        };
    }

    private void tick() {
        rig.time.advance(Duration.ofSeconds(2));
        rig.rollouts.tick();
    }

    private Client.Answer rollout() {
        return rig.viewer().get("/api/v1/gates/credit-risk/rollout");
    }

    @Test
    void theApiHasItsFiguresAndTheWorstAsDigests() {
        JsonNode shadow = rollout().at("/shadow");

        assertThat(shadow.at("/running").asBoolean()).isTrue();
        assertThat(shadow.at("/sampled").asLong()).isEqualTo(22);
        assertThat(shadow.at("/compared").asLong()).isEqualTo(22);
        assertThat(shadow.at("/agreed").asLong()).isEqualTo(20);
        assertThat(shadow.at("/callers").asLong()).isBetween(21L, 22L); // two may be in one unit
        assertThat(shadow.at("/callersAgreed").asLong()).isBetween(19L, 20L);
        assertThat(shadow.at("/needed").asDouble()).isEqualTo(0.9);
        assertThat(shadow.at("/failed/0/cause").asText()).isEqualTo("ERROR");
        assertThat(shadow.at("/failed/0/calls").asLong()).isEqualTo(1);
        assertThat(shadow.at("/differences/0/of").asText()).isEqualTo("answer");
        assertThat(shadow.at("/differences/0/most").asDouble()).isEqualTo(10.5);
        assertThat(shadow.at("/worst")).hasSize(2);
        assertThat(shadow.at("/worst/0/difference").asDouble()).isEqualTo(10.5);
        assertThat(shadow.at("/worst/0/shadow").asText()).hasSizeGreaterThan(20);
        assertThat(shadow.at("/worst/1/failed").asText()).isEqualTo("ERROR");
        assertThat(shadow.at("/worst/1").has("shadow")).isFalse();
    }

    @Test
    void whatWasAskedIsNeverShownThoughItIsKept() {
        assertThat(rig.rollouts.shadow(credit).orElseThrow().worst().get(0).kept())
                .isNotNull();
        assertThat(rollout().text()).doesNotContain(FAR);
    }

    @Test
    void theShadowOfAnEarlierRolloutIsNotThisOnes() {
        assertThat(rig.rollouts.abort(credit, ConsoleRig.ALICE, "to try again").stored(Duration.ofSeconds(5)))
                .isTrue();
        tick();
        assertThat(rollout().at("/shadow/running").asBoolean()).isFalse();
        ConsoleRig.stored(rig.rollouts.start(
                credit,
                "v4",
                RolloutPolicy.of(p -> p.name("bold").step(Weight.percent(10), Duration.ofMinutes(10), 100)),
                RolloutBuilder::afterAbort,
                ConsoleRig.ALICE,
                "without"));
        tick();

        assertThat(rig.rollouts.shadow(credit)).isPresent();
        assertThat(rollout().json().has("shadow")).isFalse();
    }

    @Test
    void theCommandSaysItInALine() {
        CommandRun run = CommandRun.of(
                Map.of(
                        "MODELGATE_API",
                        rig.console().address().toString(),
                        "MODELGATE_TOKEN",
                        rig.token(Role.VIEWER).text()),
                "rollout",
                "status",
                "credit-risk");

        assertThat(run.out())
                .contains("shadow  20 answers of 22 agree, at least ", ", needed 90%; of 22 sampled calls 0 dropped");
    }

    @Test
    void thePageShowsItToAPerson() {
        try (Browser browser = Browser.start()) {
            browser.open(rig.console().address(), rig.token(Role.VIEWER));
            browser.go("rollouts/credit-risk");

            browser.see("#shadow", "20 of 22 answers agreed");
            browser.see("#shadow", "the policy asks for 90 %");
            browser.holds(() -> assertThat(browser.texts("#differences tbody tr"))
                    .singleElement()
                    .asString()
                    .contains("answer", "10.5"));
            browser.holds(() -> assertThat(browser.texts("#worst tbody tr")).hasSize(2));
            browser.holds(
                    () -> assertThat(browser.texts("#worst tbody tr").get(1)).contains("ERROR"));
            String asked = rollout().at("/shadow/worst/0/input").asText();
            browser.holds(() -> assertThat(browser.texts("#worst tbody tr").get(0))
                    .contains(asked.substring(asked.indexOf(':') + 1).substring(0, 12)));
            assertThat(browser.inaccessible()).isEmpty();
            browser.requireNoErrors();
        }
    }
}
