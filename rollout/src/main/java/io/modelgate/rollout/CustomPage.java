package io.modelgate.rollout;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user's own test. Not thread-safe. */
final class CustomPage extends Page {

    private final @Nullable GuardrailTest test;
    private Finding now = Finding.INCONCLUSIVE;
    private String text = "not looked at yet";
    private boolean failed;

    CustomPage(Guardrail guardrail, @Nullable GuardrailTest test, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.test = test;
    }

    @Override
    void begin() {
        now = Finding.INCONCLUSIVE;
        text = "not looked at yet";
    }

    @Override
    void look(StepCounts totals) {
        if (test == null) {
            text = noTest();
            return;
        }
        failed = false;
        try {
            Finding finding = test.look(totals, share, alpha);
            now = finding == null ? Finding.INCONCLUSIVE : finding;
            text = finding == null ? "the test answered null" : "the test says " + now;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            failed = true;
            now = Finding.INCONCLUSIVE;
            text = "the test failed: " + e;
        }
        regressed |= now == Finding.REGRESSED;
    }

    @Override
    @Nullable
    String hindrance() {
        if (test == null) {
            return noTest();
        }
        return failed ? "guardrail \"" + guardrail.name() + "\": " + text : null;
    }

    private String noTest() {
        return "no test of the name \"" + guardrail.name() + "\" is registered in this process";
    }

    @Override
    Evidence evidence() {
        return evidence(now == Finding.NOT_WORSE, text, Map.of());
    }
}
