package io.modelgate.rollout;

import io.modelgate.rollout.StepPlan.Pace;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link RolloutPolicy}. Handed to the function given to {@link RolloutPolicy#of(java.util.function.Consumer)}, and done
 * when that returns. Not thread-safe.
 *
 * <p>Only {@link #name} is needed: whatever else is not set comes from the {@link #stakes}. Times are at most 365 days.
 */
public final class PolicyBuilder {

    private record DraftStep(
            Weight weight,
            @Nullable Duration time,
            @Nullable Long callers,
            boolean manual) {}

    private @Nullable String name;
    private Stakes stakes = Stakes.MEDIUM;
    private final List<DraftStep> steps = new ArrayList<>();
    private @Nullable StepPlan plan;
    private @Nullable Duration every;
    private @Nullable Long callers;
    private @Nullable Weight upTo;
    private final List<Guardrail> guardrails = new ArrayList<>();
    private boolean sampleRatio = true;
    private double alpha = 0.05;
    private @Nullable Double promotionAlpha;
    private int processes = 1;
    private @Nullable Inconclusive inconclusive;
    private @Nullable Weight holdback;
    private @Nullable Duration soak;
    private PauseAlert pauseAlert = new PauseAlert(Duration.ofMinutes(15), Duration.ofMinutes(30));
    private @Nullable ZoneId zone;
    private final List<Calendar.Hours> open = new ArrayList<>();
    private final List<Calendar.Blackout> blackouts = new ArrayList<>();
    private @Nullable ShadowStageBuilder shadow;
    private boolean withoutShadow;
    private @Nullable Duration holdDown;
    private @Nullable ZoneId windowZone;
    private final List<Calendar.Hours> windows = new ArrayList<>();

    PolicyBuilder() {}

    /**
     * Sets what people call the policy.
     *
     * @param name 1 to 100 characters, none of them a control character
     * @throws IllegalArgumentException for another name
     */
    public PolicyBuilder name(String name) {
        PolicyRules.require(PolicyRules.name(name));
        this.name = name;
        return this;
    }

    /** Sets the defaults of what is set nowhere else, before or after; high ones ask for a shadow. Default: {@link Stakes#MEDIUM}. */
    public PolicyBuilder stakes(Stakes stakes) {
        this.stakes = stakes;
        return this;
    }

    /**
     * Adds a step with the time and the callers that the stakes ask for.
     *
     * @param weight above that of the step before, above 0 and below {@link Weight#FULL}
     * @throws IllegalArgumentException if the steps are given by a rule already
     */
    public PolicyBuilder step(Weight weight) {
        return step(weight, null, null, false);
    }

    /**
     * Adds a step.
     *
     * @param weight above that of the step before, above 0 and below {@link Weight#FULL}
     * @param leastTime how long at least; 1 second or more
     * @param leastCallers how many callers at least the candidate must have had at this weight; 0 to 100,000,000
     * @throws IllegalArgumentException for a value out of range; if the steps are given by a rule already
     */
    public PolicyBuilder step(Weight weight, Duration leastTime, long leastCallers) {
        return step(weight, leastTime, leastCallers, false);
    }

    /**
     * Adds a step that begins only once a person has approved it.
     *
     * @param weight above that of the step before, above 0 and below {@link Weight#FULL}
     * @param leastTime how long at least; 1 second or more
     * @param leastCallers how many callers at least the candidate must have had at this weight; 0 to 100,000,000
     * @throws IllegalArgumentException for a value out of range; if the steps are given by a rule already
     */
    public PolicyBuilder manualStep(Weight weight, Duration leastTime, long leastCallers) {
        return step(weight, leastTime, leastCallers, true);
    }

    PolicyBuilder step(Weight weight, @Nullable Duration time, @Nullable Long atLeast, boolean manual) {
        String path = "steps[" + steps.size() + "]";
        if (plan != null) {
            throw new IllegalArgumentException(path + " is given beside a rule for all steps: keep one of them");
        }
        pace(path, time, atLeast);
        steps.add(new DraftStep(weight, time, atLeast, manual));
        return this;
    }

    private static void pace(String path, @Nullable Duration time, @Nullable Long callers) {
        if (time != null) {
            PolicyRules.require(PolicyRules.time(path + ".time", time, PolicyRules.SECOND));
        }
        if (callers != null) {
            PolicyRules.require(PolicyRules.range(path + ".callers", callers, 0, PolicyRules.MOST_CALLERS));
        }
    }

    /**
     * Takes equal steps, as long as they are below what the holdback leaves, and not above {@link #upTo}.
     *
     * @param start the first weight, above 0
     * @param by how much each adds, above 0
     * @param every how long each takes at least; 1 second or more
     * @param callers how many callers at least the candidate must have had at each; 0 to 100,000,000
     * @throws IllegalArgumentException for a value out of range; if there are steps already
     */
    public PolicyBuilder linear(Weight start, Weight by, Duration every, long callers) {
        return plan(StepPlan.linear(start, by), every, callers);
    }

    /**
     * Takes steps each of which multiplies the weight, as long as they are below what the holdback leaves, and not above {@link #upTo}:
     * {@code exponential(Weight.percent(1), 2, …)} is 1 %, 2 %, 4 % … 64 %.
     *
     * @param start the first weight, above 0
     * @param factor above 1, at most 1,000
     * @param every how long each takes at least; 1 second or more
     * @param callers how many callers at least the candidate must have had at each; 0 to 100,000,000
     * @throws IllegalArgumentException for a value out of range; if there are steps already
     */
    public PolicyBuilder exponential(Weight start, double factor, Duration every, long callers) {
        return plan(StepPlan.exponential(start, factor), every, callers);
    }

    PolicyBuilder plan(StepPlan rule, @Nullable Duration time, @Nullable Long atLeast) {
        if (plan != null || !steps.isEmpty()) {
            throw new IllegalArgumentException("steps are given twice: give them one by one, or by one rule");
        }
        pace("steps", time, atLeast);
        plan = rule;
        every = time;
        callers = atLeast;
        return this;
    }

    /** Ends the steps of {@link #linear} or {@link #exponential} at or below this weight. Default: what the holdback leaves. */
    public PolicyBuilder upTo(Weight weight) {
        upTo = weight;
        return this;
    }

    /**
     * Begins with a shadow stage: calls are mirrored to the candidate, and nobody gets its answers, until they have agreed often enough with
     * stable's. Default: for high stakes one with the defaults of {@link ShadowStageBuilder}, for others none.
     */
    public PolicyBuilder shadow(Consumer<ShadowStageBuilder> configure) {
        ShadowStageBuilder builder = shadow == null ? new ShadowStageBuilder() : shadow;
        configure.accept(builder);
        shadow = builder;
        return this;
    }

    /** Begins with the first step, as is the default for low and medium stakes. High stakes refuse it. */
    public PolicyBuilder withoutShadow() {
        withoutShadow = true;
        return this;
    }

    /** Adds a guardrail, in the place of those that the stakes name. */
    public PolicyBuilder guardrail(Guardrail guardrail) {
        guardrails.add(guardrail);
        return this;
    }

    /** Sets whether the split of the callers is watched too. Default: true. */
    public PolicyBuilder sampleRatio(boolean watched) {
        sampleRatio = watched;
        return this;
    }

    /**
     * Sets how often a candidate that is no worse than allowed may be rolled back, over the whole rollout. Default: 0.05.
     *
     * @param alpha above 0, at most 0.5
     * @throws IllegalArgumentException for another value
     */
    public PolicyBuilder alpha(double alpha) {
        PolicyRules.require(PolicyRules.alpha("alpha", alpha));
        this.alpha = alpha;
        return this;
    }

    /**
     * Sets how often a required guardrail may call a candidate not worse that is worse by its margin. Default: 0.05, for high stakes
     * 0.01.
     *
     * @param alpha above 0, at most 0.5
     * @throws IllegalArgumentException for another value
     */
    public PolicyBuilder promotionAlpha(double alpha) {
        PolicyRules.require(PolicyRules.alpha("promotionAlpha", alpha));
        promotionAlpha = alpha;
        return this;
    }

    /**
     * Sets how many processes run the controller, each on its own part of the traffic; α is divided by it. Default: 1.
     *
     * @param processes 1 to 10,000
     * @throws IllegalArgumentException for another number
     */
    public PolicyBuilder processes(int processes) {
        PolicyRules.require(PolicyRules.range("processes", processes, 1, PolicyRules.MOST_PROCESSES));
        this.processes = processes;
        return this;
    }

    /**
     * Sets what happens where the evidence that promotion asks for stays inconclusive. Default: held after the time of four default
     * steps.
     *
     * @param patience how long it may stay so; 1 second or more
     * @throws IllegalArgumentException for a time out of range
     */
    public PolicyBuilder inconclusive(Duration patience, Inconclusive.Then then) {
        PolicyRules.require(PolicyRules.time("inconclusive.patience", patience, PolicyRules.SECOND));
        inconclusive = new Inconclusive(patience, then);
        return this;
    }

    /**
     * Sets the share of the callers that keeps the old version after the promotion, for comparison, until the soak is over. Default:
     * 5 %.
     *
     * @param holdback 0, for none, or 0.1 % to 50 %
     * @throws IllegalArgumentException for another weight
     */
    public PolicyBuilder holdback(Weight holdback) {
        PolicyRules.require(PolicyRules.holdback(holdback));
        this.holdback = holdback;
        return this;
    }

    /**
     * Sets how long the promoted version is watched. Default: by the stakes, 6 hours, 3 days or 14 days.
     *
     * @throws IllegalArgumentException for a time out of range
     */
    public PolicyBuilder soak(Duration soak) {
        PolicyRules.require(PolicyRules.time("soak", soak, Duration.ZERO));
        this.soak = soak;
        return this;
    }

    /**
     * Sets when a person hears that the rollout is held up. Default: after 15 minutes, and once more after another 30.
     *
     * @param after how long it is held up before the alert; 1 second or more
     * @param escalation how long after the alert it is escalated; 1 second or more
     * @throws IllegalArgumentException for a time out of range
     */
    public PolicyBuilder pauseAlert(Duration after, Duration escalation) {
        PolicyRules.require(PolicyRules.time("pauseAlert.after", after, PolicyRules.SECOND));
        PolicyRules.require(PolicyRules.time("pauseAlert.escalation", escalation, PolicyRules.SECOND));
        pauseAlert = new PauseAlert(after, escalation);
        return this;
    }

    /** Sets the zone of the business hours, which have none of their own. */
    public PolicyBuilder zone(ZoneId zone) {
        this.zone = zone;
        return this;
    }

    /**
     * Allows steps only within these hours, or others that are given. Needs a {@link #zone}. Default: at any time.
     *
     * @param days the days on which they begin
     * @param from the first moment
     * @param to the first moment after; at or before {@code from}, it is on the next day
     */
    public PolicyBuilder businessHours(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
        open.add(new Calendar.Hours(days, from, to));
        return this;
    }

    /**
     * Allows no step in this time.
     *
     * @param from the first moment
     * @param to the first moment after
     */
    public PolicyBuilder blackout(Instant from, Instant to) {
        blackouts.add(new Calendar.Blackout(from, to));
        return this;
    }

    /**
     * Sets how long the same candidate is not started again after an abort or a rollback. Default: as long as the steps of the stakes
     * take.
     *
     * @throws IllegalArgumentException for a time out of range
     */
    public PolicyBuilder holdDown(Duration holdDown) {
        PolicyRules.require(PolicyRules.time("holdDown", holdDown, Duration.ZERO));
        this.holdDown = holdDown;
        return this;
    }

    /**
     * Sends callers to the candidate only within these hours, or others that are given, until it is promoted: outside of them everyone gets
     * stable, and within them the same callers as before get the candidate. The time outside counts for no step. Default: at any time.
     *
     * @param zone whose clocks are meant; the same for all windows
     * @param days the days on which they begin
     * @param from the first moment
     * @param to the first moment after; at or before {@code from}, it is on the next day
     * @throws IllegalArgumentException for another zone than that of a window before
     */
    public PolicyBuilder window(ZoneId zone, Set<DayOfWeek> days, LocalTime from, LocalTime to) {
        if (windowZone != null && !windowZone.equals(zone)) {
            throw new IllegalArgumentException("windows.zone is " + zone + ", and that of a window before " + windowZone
                    + ": say all of them by the same clocks");
        }
        windowZone = zone;
        windows.add(new Calendar.Hours(days, from, to));
        return this;
    }

    void windowZone(ZoneId zone) {
        windowZone = zone;
    }

    void window(Calendar.Hours hours) {
        windows.add(hours);
    }

    RolloutPolicy build() {
        List<PolicyMistake> mistakes = mistakes();
        PolicyMistake.refuse("policy " + (name == null ? "without a name" : PolicyText.quote(name)), mistakes);
        return policy();
    }

    /** Everything that is wrong with what was set. */
    List<PolicyMistake> mistakes() {
        List<PolicyMistake> mistakes = new ArrayList<>();
        if (name == null) {
            mistakes.add(new PolicyMistake("name", "is missing: say what people call the policy"));
        }
        if (zone == null && !open.isEmpty()) {
            mistakes.add(new PolicyMistake(
                    "calendar.zone", "is missing: say whose clocks the hours are on, for instance Europe/Zurich"));
        }
        if (withoutShadow && shadow != null) {
            mistakes.add(new PolicyMistake("shadow", "is none and is set too: keep one of them"));
        }
        if (upTo != null && plan == null) {
            mistakes.add(new PolicyMistake(
                    "steps.upTo", "is " + upTo + ", without a rule that it ends: remove it, or give the rule"));
        } else if (plan != null && stepList().isEmpty()) {
            mistakes.add(new PolicyMistake(
                    "steps.start", "is above " + (upTo == null ? full() : upTo) + ", where the steps end: lower it"));
            return mistakes;
        }
        mistakes.addAll(PolicyRules.mistakes(policy()));
        return mistakes;
    }

    /** What was set, with defaults for the rest, checked or not. */
    RolloutPolicy policy() {
        return new RolloutPolicy(
                name == null ? "unnamed" : name,
                stepList(),
                guardrailList(),
                alpha,
                promotionAlpha == null ? stakes.promotionAlpha : promotionAlpha,
                processes,
                inconclusive == null ? stakes.inconclusive() : inconclusive,
                holdback(),
                soak(),
                pauseAlert,
                zone == null && blackouts.isEmpty()
                        ? Calendar.ALWAYS
                        : new Calendar(zone == null ? Calendar.ALWAYS.zone() : zone, open, blackouts),
                shadowStage(),
                holdDown == null ? stakes.holdDown() : holdDown,
                windowZone == null || windows.isEmpty()
                        ? Calendar.ALWAYS
                        : new Calendar(windowZone, windows, List.of()),
                stakes);
    }

    private @Nullable ShadowStage shadowStage() {
        if (shadow != null) {
            return shadow.stage(stakes.shadow());
        }
        return stakes.needsShadow() && !withoutShadow ? stakes.shadow() : null;
    }

    private Duration soak() {
        return soak == null ? stakes.soak : soak;
    }

    private Weight holdback() {
        return holdback == null ? Weight.percent(5) : holdback;
    }

    private Weight full() {
        return Weight.of(Weight.FULL.parts() - holdback().parts());
    }

    private List<Step> stepList() {
        Pace pace = new Pace(every == null ? stakes.leastTime : every, callers == null ? stakes.leastCallers : callers);
        if (plan != null) {
            return plan.steps(full(), pace, upTo);
        }
        if (steps.isEmpty()) {
            return stakes.steps(pace.time(), pace.callers());
        }
        return steps.stream()
                .map(step -> new Step(
                        step.weight(),
                        step.time() == null ? stakes.leastTime : step.time(),
                        step.callers() == null ? stakes.leastCallers : step.callers(),
                        step.manual()))
                .toList();
    }

    private List<Guardrail> guardrailList() {
        List<Guardrail> all = new ArrayList<>(guardrails.isEmpty() ? stakes.guardrails() : guardrails);
        if (sampleRatio && all.stream().noneMatch(each -> each.kind() == Guardrail.Kind.SAMPLE_RATIO)) {
            all.add(Guardrail.sampleRatio());
        }
        return all;
    }
}
