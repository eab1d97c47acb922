package io.modelgate.rollout;

import io.modelgate.rollout.ShadowStage.Alike;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy's shadow stage must be to be carried out. */
final class ShadowRules {

    private ShadowRules() {}

    static List<PolicyMistake> mistakes(ShadowStage shadow) {
        List<PolicyMistake> mistakes = new ArrayList<>();
        add(mistakes, sample(shadow.sample()));
        add(mistakes, PolicyRules.time("shadow.time", shadow.leastTime(), PolicyRules.SECOND));
        add(mistakes, PolicyRules.range("shadow.calls", shadow.leastCalls(), 1, PolicyRules.MOST_CALLERS));
        add(mistakes, agreement(shadow.agreement()));
        if (shadow.alike() instanceof Alike.Within within) {
            add(mistakes, within(within.tolerance()));
        } else if (shadow.alike() instanceof Alike.By by) {
            add(mistakes, by(by.name()));
        }
        return mistakes;
    }

    private static void add(List<PolicyMistake> mistakes, @Nullable PolicyMistake mistake) {
        if (mistake != null) {
            mistakes.add(mistake);
        }
    }

    static @Nullable PolicyMistake sample(double sample) {
        return sample > 0 && sample <= 1
                ? null
                : new PolicyMistake(
                        "shadow.sample", "is " + PolicyText.percent(sample) + ": expected above 0 % and at most 100 %");
    }

    static @Nullable PolicyMistake agreement(double agreement) {
        return agreement >= 0.01 && agreement < 1
                ? null
                : new PolicyMistake(
                        "shadow.agreement",
                        "is " + PolicyText.percent(agreement)
                                + ": expected 1 % or more and below 100 %, which no number of calls could show");
    }

    static @Nullable PolicyMistake within(double tolerance) {
        return tolerance >= 0 && Double.isFinite(tolerance)
                ? null
                : new PolicyMistake("shadow.within", "is " + PolicyText.decimal(tolerance) + ": expected 0 or more");
    }

    static @Nullable PolicyMistake by(String name) {
        return name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)
                ? new PolicyMistake(
                        "shadow.by",
                        "is " + PolicyText.quote(name)
                                + ": expected 1 to 100 characters, none of them a control character")
                : null;
    }
}
