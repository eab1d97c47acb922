package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a policy must be to be carried out, whether it comes from code, from a file or from the log. */
final class PolicyRules {

    static final int MOST_STEPS = 100;
    static final int MOST_GUARDRAILS = 50;
    /** A guardrail counts once for each of its groups: so many findings a person may still look through. */
    static final int MOST_FINDINGS = 500;

    static final int MOST_HOURS = 100;
    static final int MOST_BLACKOUTS = 1_000;
    static final int MOST_PROCESSES = 10_000;
    static final long MOST_CALLERS = 100_000_000;
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration YEAR = Duration.ofDays(365);

    /** A smaller control arm says nothing before the soak is over; a larger one is no promotion. */
    static final Weight LEAST_HOLDBACK = Weight.percent(0.1);

    static final Weight MOST_HOLDBACK = Weight.percent(50);

    private final List<PolicyMistake> mistakes = new ArrayList<>();

    private PolicyRules() {}

    static List<PolicyMistake> mistakes(RolloutPolicy policy) {
        PolicyRules rules = new PolicyRules();
        rules.add(name(policy.name()));
        rules.steps(policy);
        rules.guardrails(policy.guardrails());
        rules.add(alpha("alpha", policy.alpha()));
        rules.add(alpha("promotionAlpha", policy.promotionAlpha()));
        rules.add(range("processes", policy.processes(), 1, MOST_PROCESSES));
        rules.add(time("inconclusive.patience", policy.inconclusive().patience(), SECOND));
        rules.holdback(policy);
        rules.add(time("soak", policy.soak(), Duration.ZERO));
        rules.add(time("pauseAlert.after", policy.pauseAlert().after(), SECOND));
        rules.add(time("pauseAlert.escalation", policy.pauseAlert().escalation(), SECOND));
        rules.calendar(policy.calendar());
        ShadowStage shadow = policy.shadow();
        if (shadow != null) {
            ShadowRules.mistakes(shadow).forEach(rules::add);
        } else if (policy.stakes().needsShadow()) {
            rules.add(
                    "shadow",
                    "is none, and high stakes ask for one before anybody gets the candidate: say what it takes, or say other stakes");
        }
        rules.add(time("holdDown", policy.holdDown(), Duration.ZERO));
        rules.windows(policy);
        return List.copyOf(rules.mistakes);
    }

    private void add(String path, String text) {
        mistakes.add(new PolicyMistake(path, text));
    }

    private void add(@Nullable PolicyMistake mistake) {
        if (mistake != null) {
            mistakes.add(mistake);
        }
    }

    /** For a setter: refuses at once. */
    static void require(@Nullable PolicyMistake mistake) {
        if (mistake != null) {
            throw new IllegalArgumentException(mistake.toString());
        }
    }

    static @Nullable PolicyMistake name(String name) {
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            return new PolicyMistake(
                    "name",
                    "is " + PolicyText.quote(name)
                            + ": expected 1 to 100 characters, none of them a control character");
        }
        return null;
    }

    private void steps(RolloutPolicy policy) {
        List<Step> steps = policy.steps();
        if (steps.isEmpty() || steps.size() > MOST_STEPS) {
            add(
                    "steps",
                    "are " + steps.size() + ": expected 1 to " + MOST_STEPS
                            + (steps.isEmpty() ? "; add one" : "; take larger ones"));
        }
        Weight full = Weight.of(Weight.FULL.parts() - policy.holdback().parts());
        for (int i = 0; i < Math.min(steps.size(), MOST_STEPS); i++) {
            Step step = steps.get(i);
            String path = "steps[" + i + "]";
            String weight = "is " + step.weight() + ": expected ";
            if (step.weight().parts() == 0 || step.weight().equals(Weight.FULL)) {
                add(path + ".weight", weight + "above 0 % and below 100 %" + (i == 0 ? "" : ", which promotion gives"));
            } else if (i > 0 && step.weight().compareTo(steps.get(i - 1).weight()) <= 0) {
                add(
                        path + ".weight",
                        weight + "above the step before, " + steps.get(i - 1).weight()
                                + "; put the steps in rising order");
            } else if (step.weight().compareTo(full) > 0) {
                add(
                        path + ".weight",
                        weight + "at most " + full + ", what the holdback of " + policy.holdback()
                                + " leaves; lower one of them");
            }
            add(time(path + ".time", step.leastTime(), SECOND));
            add(range(path + ".callers", step.leastCallers(), 0, MOST_CALLERS));
        }
    }

    private void guardrails(List<Guardrail> guardrails) {
        if (guardrails.isEmpty() || guardrails.size() > MOST_GUARDRAILS) {
            add("guardrails", "are " + guardrails.size() + ": expected 1 to " + MOST_GUARDRAILS);
            return;
        }
        Set<String> names = new HashSet<>();
        boolean sampleRatio = false;
        boolean required = false;
        for (int i = 0; i < guardrails.size(); i++) {
            Guardrail guardrail = guardrails.get(i);
            String path = "guardrails[" + i + "]";
            if (guardrail.required()) {
                canPass(path, guardrail);
            }
            if (!names.add(guardrail.name())) {
                add(
                        path + ".name",
                        "is " + PolicyText.quote(guardrail.name())
                                + ", as that of another guardrail: give one of them another name");
            }
            if (guardrail.kind() == Kind.SAMPLE_RATIO && sampleRatio) {
                add(path, "looks at the sample ratio a second time: remove one of them");
            }
            sampleRatio |= guardrail.kind() == Kind.SAMPLE_RATIO;
            required |= guardrail.required();
        }
        groups(guardrails);
        if (!required) {
            add(
                    "guardrails",
                    "have none that is required, so that nothing would be shown before promotion: "
                            + "mark one as required, with an absolute margin if in doubt");
        }
    }

    private void groups(List<Guardrail> guardrails) {
        for (int i = 0; i < guardrails.size(); i++) {
            if (guardrails.get(i).kind() == Kind.GROUP_RATIO
                    && guardrails.get(i).by() == null) {
                add(
                        "guardrails[" + i + "].by",
                        "is missing: say which groups to compare, for instance by(\"home\", \"own\", \"rent\")");
            }
        }
        List<Grouping> groupings = Grouping.of(guardrails);
        if (groupings.size() > Grouping.MOST) {
            add(
                    "guardrails",
                    "have groups by " + groupings.size() + " attributes: expected at most " + Grouping.MOST
                            + "; look at fewer in one policy");
        }
        for (Grouping grouping : groupings) {
            if (grouping.groups().size() > Groups.MOST) {
                add(
                        "guardrails",
                        "have " + grouping.groups().size() + " groups by \"" + grouping.attribute()
                                + "\" together: expected at most " + Groups.MOST + "; name the same ones in each");
            }
        }
        int findings = guardrails.stream().mapToInt(PolicyRules::findings).sum();
        if (findings > MOST_FINDINGS) {
            add(
                    "guardrails",
                    "come to " + findings + " findings, one for each group: expected at most " + MOST_FINDINGS
                            + "; name fewer groups");
        }
    }

    private static int findings(Guardrail guardrail) {
        Groups by = guardrail.by();
        return by == null || guardrail.kind() == Kind.GROUP_RATIO
                ? 1
                : by.groups().size();
    }

    private void holdback(RolloutPolicy policy) {
        Weight holdback = policy.holdback();
        add(holdback(holdback));
        boolean alone = policy.guardrails().stream()
                .anyMatch(each -> each.kind() == Kind.CUSTOM || each.limit() instanceof Limit.Bound);
        if (holdback.parts() == 0 && !policy.soak().isZero() && !alone) {
            add(
                    "holdback",
                    "is 0 %, and no guardrail judges the promoted version by itself, so that nothing would be "
                            + "watched in the soak: hold some callers back, add an absolute limit, or set the soak to 0s");
        }
    }

    /** Promotion would wait forever for a guardrail that can never be NOT_WORSE. */
    private void canPass(String path, Guardrail guardrail) {
        boolean none = guardrail.limit() instanceof Limit.Relative relative
                ? relative.share() == 0
                : guardrail.limit() instanceof Limit.Absolute absolute && absolute.points() == 0;
        if (none && guardrail.kind() != Kind.CUSTOM) {
            add(
                    path + (guardrail.limit() instanceof Limit.Relative ? ".worseBy" : ".worseByPoints"),
                    "is 0, and a version that is no better can never be shown to be NOT_WORSE by nothing: allow a "
                            + "margin, or do not require it");
        }
    }

    static @Nullable PolicyMistake holdback(Weight holdback) {
        if (holdback.parts() > 0 && (holdback.compareTo(LEAST_HOLDBACK) < 0 || holdback.compareTo(MOST_HOLDBACK) > 0)) {
            return new PolicyMistake(
                    "holdback",
                    "is " + holdback + ": expected 0 %, for none, or " + LEAST_HOLDBACK + " to " + MOST_HOLDBACK);
        }
        return null;
    }

    static @Nullable PolicyMistake alpha(String path, double alpha) {
        if (!(alpha > 0 && alpha <= 0.5)) {
            return new PolicyMistake(
                    path, "is " + PolicyText.decimal(alpha) + ": expected above 0 and at most 0.5, for instance 0.05");
        }
        return null;
    }

    static @Nullable PolicyMistake range(String path, long value, long least, long most) {
        if (value < least || value > most) {
            return new PolicyMistake(path, "is " + value + ": expected " + least + " to " + most);
        }
        return null;
    }

    static @Nullable PolicyMistake time(String path, Duration time, Duration least) {
        if (time.compareTo(least) < 0 || time.compareTo(YEAR) > 0) {
            return new PolicyMistake(
                    path,
                    "is " + PolicyText.text(time) + ": expected " + PolicyText.text(least) + " to "
                            + PolicyText.text(YEAR));
        }
        return null;
    }

    private void windows(RolloutPolicy policy) {
        Calendar windows = policy.windows();
        boolean sound = hours("windows", windows.open());
        if (!windows.blackouts().isEmpty()) {
            add("windows.blackouts", "are in the calendar: windows have hours only");
        }
        if (sound && !windows.open().isEmpty() && !policy.calendar().meets(windows)) {
            add(
                    "windows",
                    "are open only while the calendar is closed, so that it could never step up: let the two overlap");
        }
    }

    private boolean hours(String path, List<Calendar.Hours> hours) {
        PolicyMistake many = range(path + ".open", hours.size(), 0, MOST_HOURS);
        add(many);
        boolean sound = many == null;
        for (int i = 0; i < hours.size(); i++) {
            if (hours.get(i).days().isEmpty()) {
                add(path + ".open[" + i + "].days", "is empty: expected days, for instance mon-fri");
                sound = false;
            }
        }
        return sound;
    }

    private void calendar(Calendar calendar) {
        hours("calendar", calendar.open());
        add(range("calendar.blackouts", calendar.blackouts().size(), 0, MOST_BLACKOUTS));
        for (int i = 0; i < calendar.blackouts().size(); i++) {
            Calendar.Blackout blackout = calendar.blackouts().get(i);
            if (!blackout.from().isBefore(blackout.to())) {
                add(
                        "calendar.blackouts[" + i + "].to",
                        "is " + blackout.to() + ": expected after its beginning, " + blackout.from());
            }
        }
    }
}
