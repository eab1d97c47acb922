package io.modelgate.rollout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies made in code, and as the control log holds them. */
class PolicyTest {

    private static final Duration HOUR = Duration.ofHours(1);

    /** Every setting away from its default. */
    static RolloutPolicy full() {
        return RolloutPolicy.of(p -> p.name("everything")
                .stakes(Stakes.HIGH)
                .step(Weight.percent(0.5), Duration.ofMinutes(90), 100)
                .step(Weight.percent(2))
                .manualStep(Weight.percent(50), Duration.ofDays(2), 5_000)
                .guardrail(Guardrail.rate(Rate.ERRORS).worseBy(0.2))
                .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.003).requiredForPromotion())
                .guardrail(Guardrail.latency(0.999).atMost(0.3))
                .guardrail(new Guardrail(
                        "approvals",
                        Kind.MEAN,
                        null,
                        0,
                        "approved",
                        Guardrail.Worse.EITHER,
                        new Limit.Absolute(0.05),
                        Unit.CALLER,
                        true,
                        0.1 + 0.2,
                        null,
                        null))
                .guardrail(new Guardrail(
                        "complaints",
                        Kind.CUSTOM,
                        null,
                        0,
                        null,
                        Guardrail.Worse.HIGHER,
                        new Limit.Relative(0),
                        Unit.CALL,
                        false,
                        1,
                        null,
                        null))
                .alpha(0.1)
                .promotionAlpha(0.02)
                .processes(3)
                .inconclusive(Duration.ofHours(6), Inconclusive.Then.ABORT)
                .holdback(Weight.percent(10))
                .soak(Duration.ofDays(7))
                .pauseAlert(Duration.ofMinutes(5), Duration.ofMinutes(10))
                .zone(ZoneId.of("Europe/Zurich"))
                .businessHours(
                        EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), LocalTime.of(9, 0), LocalTime.of(17, 30))
                .businessHours(EnumSet.of(DayOfWeek.SATURDAY), LocalTime.of(22, 0), LocalTime.MIDNIGHT)
                .blackout(Instant.parse("2026-12-20T00:00:00Z"), Instant.parse("2027-01-03T00:00:00Z"))
                .holdDown(Duration.ofDays(3)));
    }

    @ParameterizedTest
    @EnumSource(Stakes.class)
    void aNameIsACompletePolicy(Stakes stakes) {
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("short").stakes(stakes));
        assertThat(PolicyRules.mistakes(policy)).isEmpty();
        assertThat(policy.guardrails())
                .extracting(Guardrail::name)
                .containsExactly("errors", "fallback", "latency-p99", "sample-ratio");
        assertThat(policy.guardrails())
                .filteredOn(Guardrail::required)
                .allSatisfy(required -> assertThat(required.limit())
                        .as("what promotion asks for can be shown within the time of a rollout")
                        .isInstanceOf(Limit.Absolute.class));
        assertThat(policy.holdback()).isEqualTo(Weight.percent(5));
        assertThat(policy.calendar()).isEqualTo(Calendar.ALWAYS);
        Duration steps = policy.steps().stream().map(Step::leastTime).reduce(Duration.ZERO, Duration::plus);
        Duration most = switch (stakes) {
            case LOW -> Duration.ofHours(8);
            case MEDIUM -> Duration.ofDays(3);
            case HIGH -> Duration.ofDays(21);
        };
        assertThat(steps).isBetween(most.dividedBy(8), most);
    }

    @Test
    void theStakesAreOnlyTheDefaultsWhereverTheyAreSet() {
        RolloutPolicy before =
                RolloutPolicy.of(p -> p.name("n").stakes(Stakes.LOW).soak(HOUR).step(Weight.percent(7)));
        RolloutPolicy after = RolloutPolicy.of(
                p -> p.name("n").step(Weight.percent(7)).soak(HOUR).stakes(Stakes.LOW));
        assertThat(after).isEqualTo(before);
        assertThat(before.soak()).isEqualTo(HOUR);
        assertThat(before.steps())
                .containsExactly(new Step(Weight.percent(7), Stakes.LOW.leastTime, Stakes.LOW.leastCallers, false));
    }

    private static List<String> weights(Consumer<PolicyBuilder> steps) {
        return RolloutPolicy.of(p -> steps.accept(p.name("n"))).steps().stream()
                .map(step -> step.weight().toString())
                .toList();
    }

    @Test
    void exponentialStepsMultiplyAndEndBelowWhatTheHoldbackLeaves() {
        assertThat(weights(p -> p.exponential(Weight.percent(1), 2, HOUR, 10)))
                .containsExactly("1 %", "2 %", "4 %", "8 %", "16 %", "32 %", "64 %");
        assertThat(weights(p -> p.exponential(Weight.percent(1), 2, HOUR, 10).holdback(Weight.percent(36))))
                .last()
                .isEqualTo("32 %");
        assertThat(weights(p -> p.exponential(Weight.percent(1), 1.5, HOUR, 10).upTo(Weight.percent(4))))
                .as("each rounded from the exact value")
                .containsExactly("1 %", "1.5 %", "2.25 %", "3.375 %");
    }

    @Test
    void linearStepsAddAndEndBelowWhatTheHoldbackLeaves() {
        assertThat(weights(p -> p.linear(Weight.percent(20), Weight.percent(20), HOUR, 10)))
                .containsExactly("20 %", "40 %", "60 %", "80 %");
        assertThat(weights(p -> p.linear(Weight.percent(5), Weight.percent(45), HOUR, 10)))
                .as("95 % is what the holdback leaves: that is the promotion")
                .containsExactly("5 %", "50 %");
    }

    @Test
    void theLogGivesBackTheSamePolicy() {
        for (RolloutPolicy policy : List.of(full(), RolloutPolicy.of(p -> p.name("short")))) {
            assertThat(RolloutPolicy.of(policy.data())).contains(policy);
        }
    }

    @Test
    void theLogHoldsOnlyWhatItsFormatCan() {
        assertFits(full().data());
    }

    static void assertFits(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> assertThat(key).isInstanceOf(String.class));
            map.values().forEach(PolicyTest::assertFits);
        } else if (value instanceof List<?> list) {
            list.forEach(PolicyTest::assertFits);
        } else {
            assertThat(value).isInstanceOfAny(String.class, Long.class, Boolean.class);
        }
    }

    /** Garbage at any place of the data is refused as a whole, or is a policy that keeps the rules; it never throws. */
    @Test
    void garbageInTheLogIsNoPolicyAndNeverThrows() {
        List<Object> garbage = new ArrayList<>(List.of(
                "",
                "x",
                "-1",
                "NaN",
                "1e99",
                "PT",
                "PT-1S",
                "P400D",
                0L,
                -1L,
                Long.MAX_VALUE,
                true,
                List.of(),
                List.of("x"),
                Map.of(),
                Map.of("x", 1L),
                "9".repeat(500)));
        garbage.add(full().data());
        int refused = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Map<String, Object> data = spoil(full().data(), garbage, random);
            var read = RolloutPolicy.of(data);
            refused += read.isEmpty() ? 1 : 0;
            read.ifPresent(policy -> assertThat(PolicyRules.mistakes(policy)).isEmpty());
        }
        assertThat(refused).as("of 2,000 spoilt ones").isGreaterThan(1_500);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> spoil(Map<String, Object> data, List<Object> garbage, Random random) {
        Map<String, Object> spoilt = new HashMap<>(data);
        List<String> keys = data.keySet().stream().sorted().toList();
        String key = keys.get(random.nextInt(keys.size()));
        Object value = spoilt.get(key);
        if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(4) > 0 && list.get(0) instanceof Map) {
            List<Object> copy = new ArrayList<>(list);
            int at = random.nextInt(copy.size());
            copy.set(at, spoil((Map<String, Object>) copy.get(at), garbage, random));
            spoilt.put(key, copy);
        } else if (random.nextInt(10) == 0) {
            spoilt.put("unknown", garbage.get(random.nextInt(garbage.size())));
        } else if (random.nextInt(10) == 0) {
            spoilt.remove(key);
        } else {
            spoilt.put(key, garbage.get(random.nextInt(garbage.size())));
        }
        return spoilt;
    }

    @Test
    void aFieldThatThisVersionDoesNotKnowIsNotPassedOver() {
        Map<String, Object> data = new HashMap<>(full().data());
        data.put("fromTheFuture", "1");
        assertThat(RolloutPolicy.of(data)).isEmpty();
    }

    record Bad(Consumer<PolicyBuilder> settings, String message) {}

    static List<Bad> bad() {
        Weight one = Weight.percent(1);
        Guardrail required = Guardrail.rate(Rate.ERRORS).worseByPoints(0.01).requiredForPromotion();
        return List.of(
                new Bad(p -> p.name(" "), "name is \" \": expected 1 to 100 characters"),
                new Bad(p -> p.step(Weight.NONE), "steps[0].weight is 0 %: expected above 0 % and below 100 %"),
                new Bad(
                        p -> p.step(one).step(Weight.FULL),
                        "steps[1].weight is 100 %: expected above 0 % and below 100 %"),
                new Bad(p -> p.step(one).step(one), "steps[1].weight is 1 %: expected above the step before, 1 %"),
                new Bad(
                        p -> p.step(Weight.percent(96)),
                        "steps[0].weight is 96 %: expected at most 95 %, what the holdback of 5 %"),
                new Bad(p -> p.step(one, Duration.ofMillis(999), 1), "steps[0].time is 999ms: expected 1s to 365d"),
                new Bad(p -> p.step(one, HOUR, -1), "steps[0].callers is -1: expected 0 to 100000000"),
                new Bad(p -> p.step(one, HOUR, 1L << 40), "steps[0].callers is 1099511627776"),
                new Bad(p -> p.step(one).linear(one, one, HOUR, 0), "steps are given twice"),
                new Bad(p -> p.linear(one, one, HOUR, 0).step(one), "steps[0] is given beside a rule"),
                new Bad(p -> p.linear(one, Weight.NONE, HOUR, 0), "steps.by is 0 %: expected above 0 %"),
                new Bad(
                        p -> p.linear(one, Weight.percent(0.5), HOUR, 0),
                        "steps are 101: expected 1 to 100; take larger ones"),
                new Bad(p -> p.exponential(one, 1, HOUR, 0), "steps.factor is 1: expected above 1"),
                new Bad(p -> p.exponential(one, Double.NaN, HOUR, 0), "steps.factor is NaN"),
                new Bad(
                        p -> p.exponential(Weight.of(1), 1.1, HOUR, 0),
                        "steps[1].weight is 0.001 %: expected above the step"),
                new Bad(p -> p.exponential(one, 2, HOUR, 0).upTo(Weight.percent(0.5)), "steps.start is above 0.5 %"),
                new Bad(p -> p.upTo(one), "steps.upTo is 1 %, without a rule"),
                new Bad(p -> p.alpha(0), "alpha is 0: expected above 0 and at most 0.5"),
                new Bad(p -> p.alpha(0.51), "alpha is 0.51"),
                new Bad(p -> p.promotionAlpha(Double.NaN), "promotionAlpha is NaN"),
                new Bad(p -> p.processes(0), "processes is 0: expected 1 to 10000"),
                new Bad(p -> p.inconclusive(Duration.ZERO, Inconclusive.Then.HOLD), "inconclusive.patience is 0s"),
                new Bad(
                        p -> p.holdback(Weight.of(99)),
                        "holdback is 0.099 %: expected 0 %, for none, or 0.1 % to 50 %"),
                new Bad(p -> p.holdback(Weight.percent(60)), "holdback is 60 %"),
                new Bad(
                        p -> p.holdback(Weight.NONE),
                        "holdback is 0 %, and no guardrail judges the promoted version by itself"),
                new Bad(p -> p.soak(Duration.ofSeconds(-1)), "soak is PT-1S: expected 0s to 365d"),
                new Bad(p -> p.pauseAlert(Duration.ZERO, HOUR), "pauseAlert.after is 0s"),
                new Bad(p -> p.holdDown(Duration.ofDays(366)), "holdDown is 366d"),
                new Bad(
                        p -> p.businessHours(EnumSet.of(DayOfWeek.MONDAY), LocalTime.NOON, LocalTime.MIDNIGHT),
                        "calendar.zone is missing"),
                new Bad(
                        p -> p.zone(ZoneId.of("UTC"))
                                .businessHours(EnumSet.noneOf(DayOfWeek.class), LocalTime.NOON, LocalTime.MIDNIGHT),
                        "calendar.open[0].days is empty"),
                new Bad(p -> p.blackout(Instant.EPOCH, Instant.EPOCH), "calendar.blackouts[0].to is 1970"),
                new Bad(
                        p -> p.guardrail(Guardrail.rate(Rate.ERRORS).worseBy(0.2)),
                        "guardrails have none that is required"),
                new Bad(
                        p -> p.guardrail(required).guardrail(required),
                        "guardrails[1].name is \"errors\", as that of another guardrail"),
                new Bad(
                        p -> p.guardrail(
                                Guardrail.rate(Rate.ERRORS).worseByPoints(0).requiredForPromotion()),
                        "guardrails[0].worseByPoints is 0, and a version"),
                new Bad(
                        p -> p.guardrail(required)
                                .guardrail(Guardrail.sampleRatio().requiredForPromotion()),
                        "required of the guardrail \"sample-ratio\" is true: expected false"),
                new Bad(p -> p.guardrail(Guardrail.sampleRatio()), "guardrails have none that is required"));
    }

    @ParameterizedTest
    @MethodSource
    void bad(Bad bad) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> bad.settings().accept(p.name("n"))))
                .withMessageContaining(bad.message());
    }

    @Test
    void aPolicyNeedsAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> {}))
                .withMessageContaining("policy without a name: name is missing");
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> p.name("n")
                        .step(Weight.percent(5))
                        .step(Weight.percent(1))
                        .blackout(Instant.EPOCH, Instant.EPOCH)))
                .withMessageContaining("policy \"n\" has 2 mistakes:")
                .withMessageContaining("steps[1].weight")
                .withMessageContaining("calendar.blackouts[0].to");
    }

    @Test
    void theSampleRatioIsWatchedUnlessSwitchedOffAndOnlyOnce() {
        assertThat(RolloutPolicy.of(p -> p.name("n").sampleRatio(false)).guardrails())
                .noneMatch(each -> each.kind() == Kind.SAMPLE_RATIO);
        assertThat(RolloutPolicy.of(p -> p.name("n")
                                .guardrail(Guardrail.sampleRatio())
                                .guardrail(Guardrail.rate(Rate.ERRORS)
                                        .worseByPoints(0.01)
                                        .requiredForPromotion()))
                        .guardrails())
                .filteredOn(each -> each.kind() == Kind.SAMPLE_RATIO)
                .hasSize(1);
    }

    @Test
    void aPolicyMadeByItsConstructorCanBeChecked() {
        RolloutPolicy made = full();
        made.requireSound();
        RolloutPolicy unsound = new RolloutPolicy(
                made.name(),
                List.of(),
                made.guardrails(),
                2,
                made.promotionAlpha(),
                made.processes(),
                made.inconclusive(),
                made.holdback(),
                made.soak(),
                made.pauseAlert(),
                made.calendar(),
                made.shadow(),
                made.holdDown(),
                made.windows(),
                made.stakes());
        assertThatIllegalArgumentException()
                .isThrownBy(unsound::requireSound)
                .withMessageContaining("policy \"everything\" has 2 mistakes:")
                .withMessageContaining("steps are 0: expected 1 to 100; add one")
                .withMessageContaining("alpha is 2: expected");
    }

    @Test
    void highStakesBeginWithAShadowAndRefuseAPolicyWithoutOne() {
        ShadowStage shadow = requireNonNull(
                RolloutPolicy.of(p -> p.name("weeks").stakes(Stakes.HIGH)).shadow());
        assertThat(shadow)
                .isEqualTo(new ShadowStage(0.1, Duration.ofDays(1), 1_000, 0.95, new ShadowStage.Alike.Equal()));
        assertThat(RolloutPolicy.of(p -> p.name("days")).shadow()).isNull();
        assertThat(RolloutPolicy.of(p -> p.name("days").withoutShadow()).shadow())
                .isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RolloutPolicy.of(p -> p.name("weeks").withoutShadow().stakes(Stakes.HIGH)))
                .withMessageContaining("shadow is none, and high stakes ask for one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("weeks.yaml", "name: weeks\nstakes: high\nshadow: none"))
                .withMessageContaining("weeks.yaml:3:9")
                .withMessageContaining("high stakes ask for one");
    }

    @Test
    void aShadowIsTheSameInCodeInAFileAndInTheLog() {
        RolloutPolicy inCode = RolloutPolicy.of(p -> p.name("shadowed")
                .shadow(s -> s.sample(0.5)
                        .atLeast(Duration.ofHours(2))
                        .calls(500)
                        .agreement(0.98)
                        .within("score", 0.02)));
        RolloutPolicy inFile = RolloutPolicy.parse("shadowed.yaml", """
                name: shadowed
                shadow: {sample: 50 %, time: 2h, calls: 500, agreement: 98 %, metric: score, within: 0.02}
                """);
        assertThat(inFile).isEqualTo(inCode);
        assertThat(RolloutPolicy.of(inCode.data())).contains(inCode);
        RolloutPolicy byName = RolloutPolicy.parse("by.yaml", "name: n\nshadow: {by: same-band}");
        assertThat(requireNonNull(byName.shadow()).alike()).isEqualTo(new ShadowStage.Alike.By("same-band"));
        assertThat(RolloutPolicy.of(byName.data())).contains(byName);
        assertThat(RolloutPolicy.of(p -> p.name("days")).data()).doesNotContainKey("shadow");
    }

    @Test
    void whatIsWrongWithAShadowIsSaidWithItsFix() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> p.name("n").shadow(s -> s.agreement(1))))
                .withMessageContaining("shadow.agreement is 100 %: expected 1 % or more and below 100 %");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> p.name("n").shadow(s -> s.sample(0))))
                .withMessageContaining("shadow.sample is 0 %: expected above 0 %");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RolloutPolicy.of(p -> p.name("n").shadow(s -> s.by("a").within("score", 1))))
                .withMessageContaining("shadow says twice when answers agree");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse(
                        "n.yaml", "name: n\nshadow: {sample: 200 %, metric: score, agreement: 100 %}"))
                .withMessageContaining("shadow.sample is")
                .withMessageContaining("shadow.within is missing")
                .withMessageContaining("shadow.agreement is");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("n.yaml", "name: n\nshadow: yes"))
                .withMessageContaining("expected none, or a map");
    }

    @Test
    void highStakesWithoutAShadowAreRefusedFromAConstructorAndFromTheLogToo() {
        RolloutPolicy high = full();
        assertThat(high.stakes()).isEqualTo(Stakes.HIGH);
        RolloutPolicy without = new RolloutPolicy(
                high.name(),
                high.steps(),
                high.guardrails(),
                high.alpha(),
                high.promotionAlpha(),
                high.processes(),
                high.inconclusive(),
                high.holdback(),
                high.soak(),
                high.pauseAlert(),
                high.calendar(),
                null,
                high.holdDown(),
                high.windows(),
                high.stakes());
        assertThatIllegalArgumentException()
                .isThrownBy(without::requireSound)
                .withMessageContaining("shadow is none, and high stakes ask for one");
        assertThat(RolloutPolicy.of(without.data())).isEmpty();
        high.afterShadow().requireSound();
    }

    @Test
    void aPolicyInAnOlderEntrySaysNothingOfItsStakesAndReadsAsMedium() {
        RolloutPolicy medium = RolloutPolicy.of(p -> p.name("n"));
        assertThat(medium.data()).doesNotContainKey("stakes");
        assertThat(RolloutPolicy.of(medium.data())).contains(medium);
        RolloutPolicy low = RolloutPolicy.of(p -> p.name("n").stakes(Stakes.LOW));
        assertThat(RolloutPolicy.of(low.data())).contains(low);
    }
}
