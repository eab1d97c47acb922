package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups in policies: in code, in a file and in the log, and what is refused. */
class GroupsTest {

    private static final Guardrail ERRORS = Guardrail.rate(Rate.ERRORS).requiredForPromotion();

    private static RolloutPolicy policy(Guardrail... guardrails) {
        return RolloutPolicy.of(p -> {
            p.name("groups").step(Weight.percent(10), Duration.ofMinutes(10), 100);
            List.of(guardrails).forEach(p::guardrail);
        });
    }

    @Test
    void codeFileAndLogSayTheSame() {
        RolloutPolicy code = policy(
                ERRORS.by("home", "own", "rent"),
                Guardrail.mean("approved").eitherIsWorse().worseByPoints(0.05).by("home", "own", "rent", "other"),
                Guardrail.groupRatio("approved").by("home", "own", "rent").atLeast(0.75),
                Guardrail.groupRatio("approved")
                        .name("ratio-to-stable")
                        .by("home", "own", "rent")
                        .worseBy(0.1),
                Guardrail.distribution("score").worseByPoints(0.08).by("region", "eu", "us"));
        String file = """
                name: groups
                steps:
                  - {weight: 10 %, time: 10m, callers: 100}
                guardrails:
                  - {rate: errors, worseBy: 20 %, required: true, by: {attribute: home, groups: [own, rent]}}
                  - mean: approved
                    worse: either
                    worseByPoints: 0.05
                    by: {attribute: home, groups: [own, rent, other]}
                  - {groupRatio: approved, atLeast: 0.75, by: {attribute: home, groups: [own, rent]}}
                  - groupRatio: approved
                    name: ratio-to-stable
                    worseBy: 10 %
                    by: {attribute: home, groups: [own, rent]}
                  - distribution: score
                    worseByPoints: 0.08
                    by: {attribute: region, groups: [eu, us]}
                """;
        assertThat(RolloutPolicy.parse("f.yaml", file)).isEqualTo(code);
        assertThat(RolloutPolicy.of(code.data())).contains(code);
    }

    @Test
    void theDefaultsOfTheNewKindsAreTheirRules() {
        assertThat(Guardrail.groupRatio("approved").limit()).isEqualTo(new Guardrail.Limit.Bound(0.8));
        assertThat(Guardrail.groupRatio("approved").atLeast(0.9).unit()).isEqualTo(Unit.CALLER);
        assertThat(Guardrail.distribution("score").limit()).isEqualTo(new Guardrail.Limit.Absolute(0.1));
        String file = """
                name: groups
                steps: [{weight: 10 %}]
                guardrails:
                  - {rate: errors, worseBy: 20 %, required: true}
                  - {groupRatio: approved, by: {attribute: home, groups: [own, rent]}}
                  - {distribution: score}
                """;
        assertThat(RolloutPolicy.parse("f.yaml", file).guardrails())
                .contains(Guardrail.groupRatio("approved").by("home", "own", "rent"), Guardrail.distribution("score"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {groupRatio: approved}                                                        | by is missing: say which groups to compare
                    {groupRatio: approved, worse: lower, by: {attribute: home, groups: [a, b]}}   | a lower ratio is always worse: remove it
                    {groupRatio: approved, atLeast: 3, by: {attribute: home, groups: [a, b]}}     | expected atLeast a ratio above 0 and below 1
                    {distribution: score, worseBy: 10 %}                                          | a distance has a worseByPoints: remove it
                    {distribution: score, worseByPoints: 2}                                       | expected worseByPoints a distance
                    {rate: errors, worseBy: 1 %, by: home}                                        | by is "home": expected keys with values
                    {rate: errors, worseBy: 1 %, by: {attribute: home}}                           | by.groups is missing
                    {rate: errors, worseBy: 1 %, by: {groups: [a, b]}}                            | by.attribute is missing
                    {rate: errors, worseBy: 1 %, by: {attribute: home, groups: [a]}}              | are 1: expected 2 to 50 values
                    {rate: errors, worseBy: 1 %, by: {attribute: home, groups: [a, a]}}           | expected each once
                    {rate: errors, worseBy: 1 %, by: {attribute: home, groups: [a, ""]}}          | expected 1 to 100 characters
                    {rate: errors, worseBy: 1 %, by: {attribute: home, group: [a, b]}}            | unknown
                    {sampleRatio: true, by: {attribute: home, groups: [a, b]}}                    | expected none for the kind SAMPLE_RATIO
                    {custom: own, by: {attribute: home, groups: [a, b]}}                          | expected none for the kind CUSTOM
                    """)
    void aFileIsRefusedWithThePlaceAndTheFix(String guardrail, String why) {
        String file =
                "name: groups\nsteps: [{weight: 10 %}]\nguardrails:\n  - {rate: refusals, worseBy: 1 %, required: true}\n  - "
                        + guardrail + "\n";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("f.yaml", file))
                .withMessageContaining(why)
                .withMessageContaining("f.yaml:5:");
    }

    @Test
    void codeIsRefusedAtOnceOrWhenThePolicyIsMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ERRORS.by("home", "own"))
                .withMessage("groups by \"home\" are 1: expected 2 to 50 values of the attribute");
        assertThatIllegalArgumentException().isThrownBy(() -> ERRORS.by("home", GroupRig.names(51)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(ERRORS, Guardrail.groupRatio("approved")))
                .withMessageContaining("guardrails[1].by is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(
                        ERRORS.by("a", "x", "y"),
                        ERRORS.name("b").by("b", "x", "y"),
                        ERRORS.name("c").by("c", "x", "y"),
                        ERRORS.name("d").by("d", "x", "y"),
                        ERRORS.name("e").by("e", "x", "y")))
                .withMessageContaining("groups by 5 attributes: expected at most 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(
                        ERRORS.by("a", GroupRig.names(50)), ERRORS.name("b").by("a", "another", "and-another")))
                .withMessageContaining("52 groups by \"a\" together: expected at most 50");
        Guardrail[] many = new Guardrail[11];
        for (int i = 0; i < many.length; i++) {
            many[i] = ERRORS.name("e" + i).by("a", GroupRig.names(50));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(many))
                .withMessageContaining("come to 551 findings");
    }

    @Test
    void anAttributeThatTheGateDoesNotDeclareIsRefusedAtTheStart() {
        try (Gates gates = Gates.open(g -> {});
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<String, String> gate = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "1")
                            .version("v2", input -> "2")
                            .attributes("home")
                            .metric("balance", -1, 1, answer -> 0)
                            .router(Cohorts.router()));
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            rollouts.start(gate, "v2", policy(ERRORS.by("Home", "own", "rent")), Rig.ALICE, "canary"))
                    .withMessageContaining(
                            "by \"Home\", which gate \"credit-risk\" does not declare; declared are [home]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rollouts.start(
                            gate,
                            "v2",
                            policy(ERRORS, Guardrail.groupRatio("balance").by("home", "own", "rent")),
                            Rig.ALICE,
                            "canary"))
                    .withMessageContaining("ranges from -1.0: expected one that begins at 0");
        }
    }
}
