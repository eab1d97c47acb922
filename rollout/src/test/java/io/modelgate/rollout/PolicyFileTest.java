package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.rollout.Guardrail.Limit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies as files. */
class PolicyFileTest {

    private static final Path EXAMPLES = Path.of("..", "docs", "policies");

    private static RolloutPolicy example(String file) {
        return RolloutPolicy.load(EXAMPLES.resolve(file));
    }

    @Test
    void theCarefulExampleIsThePolicyOfTheBuilder() {
        assertThat(example("careful.yaml"))
                .isEqualTo(RolloutPolicy.of(p -> p.name("careful")
                        .exponential(Weight.percent(1), 2, Duration.ofMinutes(30), 200)
                        .guardrail(Guardrail.rate(Rate.ERRORS).worseBy(0.2))
                        .guardrail(Guardrail.rate(Rate.FALLBACK)
                                .worseByPoints(0.005)
                                .requiredForPromotion())
                        .guardrail(Guardrail.latency(0.99).worseBy(0.5))
                        .inconclusive(Duration.ofDays(1), Inconclusive.Then.HOLD)
                        .pauseAlert(Duration.ofMinutes(15), Duration.ofMinutes(30))
                        .soak(Duration.ofDays(7))));
    }

    @Test
    void theHoursExampleIsThePolicyOfTheBuilder() {
        assertThat(example("hours.yaml"))
                .isEqualTo(RolloutPolicy.of(p -> p.name("hours")
                        .stakes(Stakes.LOW)
                        .step(Weight.percent(5))
                        .step(Weight.percent(25), Duration.ofHours(1), 100)
                        .step(Weight.percent(50), Duration.ofHours(1), 100)
                        .zone(ZoneId.of("Europe/Zurich"))
                        .businessHours(
                                EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                                LocalTime.of(8, 0),
                                LocalTime.of(18, 0))));
    }

    @Test
    void theWeeksExampleSaysWhatItSays() {
        RolloutPolicy policy = example("weeks.yaml");
        assertThat(policy.steps()).last().isEqualTo(new Step(Weight.percent(50), Duration.ofDays(7), 10_000, true));
        assertThat(policy.guardrails())
                .extracting(Guardrail::name)
                .containsExactly("errors", "errors-limit", "fallback", "latency-p99", "approved", "sample-ratio");
        assertThat(policy.guardrails().get(1).limit()).isEqualTo(new Limit.Bound(0.01));
        assertThat(policy.guardrails().get(1).unit()).isEqualTo(Unit.CALL);
        assertThat(policy.guardrails().get(3).limit()).isEqualTo(new Limit.Bound(0.3));
        assertThat(policy.guardrails().get(4).worse()).isEqualTo(Guardrail.Worse.EITHER);
        assertThat(policy.guardrails().get(0).share()).isEqualTo(2);
        assertThat(policy.promotionAlpha()).as("of high stakes").isEqualTo(0.01);
        assertThat(policy.calendar().blackouts().get(0).from()).hasToString("2026-12-18T23:00:00Z");
        assertThat(policy.holdback()).isEqualTo(Weight.percent(10));
    }

    @Test
    void aFileCanSayEverythingThatTheBuilderCan() {
        assertThat(RolloutPolicy.parse("everything.yaml", """
                        name: everything
                        stakes: high
                        steps:
                          - {weight: 0.5 %, time: 1h30m, callers: 100}
                          - {weight: 2%}
                          - {weight: 50 %, time: 2d, callers: 5000, manual: true}
                        guardrails:
                          - {rate: errors, worseBy: 20 %}
                          - {rate: fallback, worseByPoints: 0.003, required: true}
                          - {latency: p99.9, atMost: 300ms}
                          - {mean: approved, name: approvals, worse: either, worseByPoints: 0.05, required: true, share: 0.30000000000000004}
                          - {custom: complaints}
                          - {sampleRatio: true}
                        alpha: 10 %
                        promotionAlpha: 0.02
                        processes: 3
                        inconclusive: {patience: 6h, then: abort}
                        holdback: 10 %
                        soak: 1w
                        pauseAlert: {after: 5m, escalation: 600s}
                        calendar:
                          zone: Europe/Zurich
                          open:
                            - {days: mon-fri, from: 09:00, to: 17:30}
                            - {days: [sat], from: 22:00, to: 24:00}
                          blackouts:
                            - {from: 2026-12-20T01:00, to: "2027-01-03T00:00Z"}
                        holdDown: 3d
                        """)).isEqualTo(PolicyTest.full());
    }

    @ParameterizedTest
    @CsvSource({"30m, PT30M", "1h30m, PT1H30M", "7d, P7D", "15s, PT15S", "1w2d, P9D", "250ms, PT0.25S", "1m1s, PT1M1S"})
    void durationsAreShort(String text, Duration duration) {
        assertThat(PolicyText.duration(text)).isEqualTo(duration);
        assertThat(PolicyText.duration(PolicyText.text(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "30 m", "m", "-1m", "1m1h", "1.5h", "PT30M", "9999999d", "30M"})
    void otherDurationsAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PolicyText.duration(text));
    }

    record Bad(String yaml, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    static List<Bad> refused() {
        return List.of(
                new Bad(
                        "name: n\nsteps:\n  - weight: 1 %\n  - weight: 5 %\n  - weight: 150 %\n",
                        "f.yaml:5:13: steps[2].weight is \"150 %\": expected above 0 % and below 100 %"),
                new Bad(
                        "name: n\nsteps:\n  - weight: 0.5\n",
                        "f.yaml:3:13: steps[0].weight is \"0.5\": expected a percentage such as 0.5 %; write 0.5 %"),
                new Bad(
                        "name: n\nsteps:\n  - weight: 0.0005 %\n",
                        "f.yaml:3:13: steps[0].weight is \"0.0005 %\": expected at most three decimals"),
                new Bad("name: n\nsteps:\n  - time: 1h\n", "f.yaml:3:5: steps[0].weight is missing: add"),
                new Bad(
                        "name: n\nsteps:\n  - {weight: 5 %}\n  - {weight: 1 %}\n",
                        "f.yaml:4:14: steps[1].weight is 1 %: expected above the step before, 5 %"),
                new Bad(
                        "name: n\nsteps: [{weight: 96 %}]\n",
                        "f.yaml:2:18: steps[0].weight is 96 %: expected at most 95 %"),
                new Bad("name: n\nsteps: []\n", "f.yaml:2:8: steps is empty"),
                new Bad(
                        "name: n\nsteps: {start: 1 %, factor: 2, by: 1 %}\n",
                        "f.yaml:2:36: steps have both factor and by"),
                new Bad("name: n\nsteps: {start: 1 %}\n", "f.yaml:2:8: steps have neither factor nor by"),
                new Bad("name: n\nsteps: {factor: 2}\n", "f.yaml:2:8: steps.start is missing"),
                new Bad(
                        "name: n\nsteps: {start: 1 %, factor: 1}\n",
                        "f.yaml:2:29: steps.factor is 1: expected above 1"),
                new Bad("name: n\nsteps: 5 %\n", "f.yaml:2:8: steps is \"5 %\": expected keys with values"),
                new Bad("name: n\nsoek: 7d\n", "f.yaml:2:1: key \"soek\" is unknown: did you mean \"soak\"?"),
                new Bad(
                        "name: n\npause-alert: 7d\n",
                        "f.yaml:2:1: key \"pause-alert\" is unknown: did you mean \"pauseAlert\"?"),
                new Bad(
                        "name: n\nzzzzzzzzzzzz: 7d\n",
                        "f.yaml:2:1: key \"zzzzzzzzzzzz\" is unknown: expected one of name, stakes"),
                new Bad("name: n\nsoak: 7d\nsoak: 8d\n", "f.yaml:3:1: key \"soak\" stands twice"),
                new Bad("name: n\nsoak:\n", "f.yaml:2:1: soak has no value"),
                new Bad("name: n\nsoak: 7\n", "f.yaml:2:7: soak is \"7\": expected a duration such as"),
                new Bad("name: n\nsoak: 400d\n", "f.yaml:2:7: soak is 400d: expected 0s to 365d"),
                new Bad("name: n\nsoak: [7d]\n", "f.yaml:2:7: soak is a list: expected one value"),
                new Bad(
                        "name: n\nstakes: mediun\n",
                        "f.yaml:2:9: stakes is \"mediun\": expected one of low, medium, high; did you mean \"medium\"?"),
                new Bad("name: n\nalpha: 60 %\n", "f.yaml:2:8: alpha is 0.6: expected above 0 and at most 0.5"),
                new Bad("name: n\nprocesses: 1.5\n", "f.yaml:2:12: processes is \"1.5\": expected a whole number"),
                new Bad("name: n\nholdback: 0 %\n", "f.yaml:2:11: holdback is 0 %, and no guardrail judges"),
                new Bad("name: n\nsampleRatio: yes\n", "f.yaml:2:14: sampleRatio is \"yes\": expected true or false"),
                new Bad("name: n\ninconclusive: {then: hold}\n", "f.yaml:2:15: inconclusive.patience is missing"),
                new Bad(
                        "name: n\npauseAlert: {after: 1m, escalation: 0s}\n",
                        "pauseAlert.escalation is 0s: expected 1s to 365d"),
                new Bad("soak: 7d\n", "f.yaml:1:1: name is missing"),
                new Bad(
                        "name: n\nguardrails:\n  - worseBy: 5 %\n",
                        "f.yaml:3:5: guardrails[0] does not say what it looks at"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: eror\n    worseBy: 5 %\n",
                        "f.yaml:3:11: guardrails[0].rate is \"eror\": expected one of errors"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n",
                        "f.yaml:3:5: guardrails[0].worseBy is missing: expected one of"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: 5 %\n    atMost: 1 %\n",
                        "f.yaml:5:13: guardrails[0].atMost stands beside worseBy"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    atLeast: 1 %\n",
                        "f.yaml:4:14: guardrails[0].atLeast is for a mean"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: 0 %\n    required: true\n",
                        "f.yaml:4:14: guardrails[0].worseBy is 0, and a version"),
                new Bad(
                        "name: n\nguardrails:\n  - latency: p100\n    worseBy: 5 %\n",
                        "f.yaml:3:14: guardrails[0].latency is \"p100\": expected above 0 and below 1"),
                new Bad(
                        "name: n\nguardrails:\n  - mean: score\n    worseBy: 5 %\n",
                        "f.yaml:3:5: guardrails[0].worse is missing"),
                new Bad(
                        "name: n\nguardrails:\n  - mean: score\n    atMost: 5\n    worse: lower\n",
                        "f.yaml:5:12: guardrails[0].worse is lower, against atMost"),
                new Bad(
                        "name: n\nguardrails:\n  - custom: c\n    atMost: 5\n",
                        "f.yaml:4:13: guardrails[0].atMost has no place here"),
                new Bad(
                        "name: n\nguardrails:\n  - sampleRatio: false\n",
                        "f.yaml:3:18: guardrails[0].sampleRatio is false: to switch it off"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    atMost: 150 %\n",
                        "f.yaml:4:13: guardrails[0].atMost is \"150 %\": expected above 0 and below 1"),
                new Bad(
                        "name: n\nguardrails:\n  - latency: p99\n    atMost: 0.3\n",
                        "f.yaml:4:13: guardrails[0].atMost is \"0.3\": expected a duration"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: -5 %\n",
                        "f.yaml:4:14: guardrails[0].worseBy is \"-5 %\": expected 0 or more"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: 5 %\n    share: 0\n",
                        "f.yaml:5:12: guardrails[0].share is \"0\": expected a finite number above 0"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: 5 %\n    name: a b\n",
                        "f.yaml:5:11: guardrails[0].name is \"a b\": expected 1 to 100 letters"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    atMost: 5 %\n    unit: caller\n",
                        "f.yaml:5:11: guardrails[0].unit is \"caller\": expected CALL for an absolute limit"),
                new Bad(
                        "name: n\nguardrails:\n  - rate: errors\n    worseBy: 5 %\n  - rate: errors\n    atMost: 5 %\n    required: true\n",
                        "f.yaml:5:5: guardrails[1].name is \"errors\", as that of another guardrail: give one of them another name"),
                new Bad("name: n\ncalendar: {open: []}\n", "f.yaml:2:11: calendar.zone is missing"),
                new Bad(
                        "name: n\ncalendar: {zone: Mars/Base}\n",
                        "f.yaml:2:18: calendar.zone is \"Mars/Base\": expected a zone"),
                new Bad(
                        "name: n\ncalendar:\n  zone: UTC\n  open: [{days: mon-xyz, from: 09:00, to: 17:00}]\n",
                        "f.yaml:4:17: calendar.open[0].days is \"mon-xyz\": expected days"),
                new Bad(
                        "name: n\ncalendar:\n  zone: UTC\n  open: [{days: mon, from: 9am, to: 17:00}]\n",
                        "calendar.open[0].from is \"9am\": expected a time of day"),
                new Bad(
                        "name: n\ncalendar:\n  zone: UTC\n  blackouts: [{from: 2026-12-20, to: 2026-12-21T00:00}]\n",
                        "calendar.blackouts[0].from is \"2026-12-20\": expected a day and a time"),
                new Bad(
                        "name: n\ncalendar:\n  zone: UTC\n  blackouts: [{from: 2026-12-21T00:00, to: 2026-12-20T00:00}]\n",
                        "f.yaml:4:44: calendar.blackouts[0].to is 2026-12-20T00:00:00Z: expected after"),
                new Bad("", "f.yaml:1:1: is empty"),
                new Bad("# only a comment\n", "f.yaml:1:1: is empty"),
                new Bad("- name: n\n", "f.yaml:1:1: the file is a list: expected keys with values"),
                new Bad("name: n\n---\nname: m\n", "f.yaml:2:1: begins a second document"),
                new Bad("name: n\nsteps:\n\t- weight: 1 %\n", "f.yaml:3:1: is no YAML:"),
                new Bad("name: n\n soak: 7d\n", "f.yaml:2:6: is no YAML:"),
                new Bad("name: &a n\nsoak: 7d\n", "f.yaml:1:7: has an anchor or an alias"),
                new Bad("name: !!str n\n", "f.yaml:1:7: has a tag"),
                new Bad("name: n\nsoak: \u0000 7d\n", "f.yaml:2:7: is the character U+0000, which YAML does not allow"),
                new Bad("name: " + "[".repeat(5_000), "f.yaml:1:16: is nested deeper than 10 levels"),
                new Bad(
                        "name: n\n" + "#".repeat(Yaml.MOST_CHARACTERS),
                        "f.yaml:1:1: is larger than 262144 characters"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Bad bad) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("f.yaml", bad.yaml()))
                .withMessageStartingWith(bad.message().startsWith("f.yaml") ? bad.message() : "f.yaml:")
                .withMessageContaining(bad.message());
    }

    @Test
    void aTabIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("f.yaml", "name: n\nsteps:\n\t- weight: 1 %\n"))
                .withMessageContaining("a tab cannot indent: use blanks");
    }

    @Test
    void allMistakesAreNamedAtOnceInTheOrderOfTheFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("f.yaml", """
                        name: n
                        steps:
                          - weight: 5 %
                          - weight: 1 %
                        soak: long
                        guardrails:
                          - rate: errors
                            worseby: 5 %
                            share: many
                        """))
                .withMessageStartingWith("policy file f.yaml has 5 mistakes:\n  f.yaml:4:13: steps[1].weight")
                .withMessageContaining("\n  f.yaml:5:7: soak")
                .withMessageContaining(
                        "\n  f.yaml:8:5: key \"guardrails[0].worseby\" is unknown: did you mean \"worseBy\"?");
    }

    @Test
    void anAliasBombIsRefusedAtItsFirstAnchor() {
        StringBuilder bomb = new StringBuilder("name: n\na: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char c = 'b'; c < 'm'; c++) {
            bomb.append(c)
                    .append(": &")
                    .append(c)
                    .append(" [")
                    .append(("*" + (char) (c - 1) + ", ").repeat(9))
                    .append("x]\n");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("f.yaml", bomb.toString()))
                .withMessageStartingWith("f.yaml:2:4: has an anchor or an alias");
    }

    @Test
    void onlyUtf8IsReadAndAByteOrderMarkIsNoMistake(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("p.yaml");
        Files.write(file, "name: n\n# gr\u00fc\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.load(file))
                .withMessageContaining("p.yaml:2:5: is not UTF-8");
        Files.writeString(file, "\uFEFFname: gr\u00fc\u00dfe\n");
        assertThat(RolloutPolicy.load(file).name()).isEqualTo("gr\u00fc\u00dfe");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.load(file))
                .withMessageContaining("larger");
        assertThatThrownBy(() -> RolloutPolicy.load(folder.resolve("absent.yaml")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent.yaml");
    }

    /** The page for users names every key. */
    @Test
    void thePageHasEveryKey() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "policies.md"));
        for (String known : PolicyFile.KEYS) {
            assertThat(page).contains("| `" + known + "`");
        }
        for (String known : GuardrailSection.KEYS) {
            assertThat(page).contains("`" + known + "`");
        }
        int example = page.indexOf("```yaml") + 8;
        String yaml = page.substring(example, page.indexOf("```", example));
        assertThat(RolloutPolicy.parse("docs/policies.md", yaml).name()).isEqualTo("careful");
    }

    /** Whatever is in a file, it is a policy, or refused with a place. */
    @Test
    void noFileThrowsAnythingElse() throws IOException {
        String whole = Files.readString(EXAMPLES.resolve("weeks.yaml"));
        String alphabet = "{}[]:,-#&*!|>'\"%@` \n\t0aé\uD83D";
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(whole);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                } else {
                    text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
                }
            }
            try {
                assertThat(PolicyRules.mistakes(RolloutPolicy.parse("f.yaml", text.toString())))
                        .as("seed %d", seed)
                        .isEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).*f\\.yaml:\\d+:\\d+: .*");
            }
        }
    }
}
