package io.modelgate.rollout;

import java.util.Map;

/** A guardrail that nothing here can judge: it is inconclusive, and says why. Not thread-safe. */
final class NoDataPage extends Page {

    private final String why;

    NoDataPage(Guardrail guardrail, String why) {
        super(guardrail, 0, 0);
        this.why = why;
    }

    @Override
    void begin() {}

    @Override
    void look(StepCounts totals) {}

    @Override
    String hindrance() {
        return "guardrail \"" + guardrail.name() + "\": " + why;
    }

    @Override
    Evidence evidence() {
        return evidence(false, why, Map.of());
    }
}
