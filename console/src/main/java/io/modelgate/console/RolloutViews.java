package io.modelgate.console;

import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.console.Views.RolloutSummary;
import io.modelgate.rollout.Band;
import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Rollouts as the API shows them. Thread-safe. */
final class RolloutViews {

    private final Rollouts rollouts;
    private final BandSamples samples;
    private final RolloutHistory history;

    RolloutViews(Rollouts rollouts, Ticker ticker, RolloutHistory history) {
        this.rollouts = rollouts;
        this.history = history;
        samples = new BandSamples(ticker);
    }

    record StepView(double weight, double leastSeconds, long leastCallers, boolean manual) {}

    record BandView(String quantity, String unit, double low, double high, double limit, String worse) {}

    record EvidenceView(
            String guardrail,
            boolean required,
            String finding,
            String text,
            @Nullable Double regressed,
            @Nullable Double notWorse,
            @Nullable BandView band,
            List<BandSamples.Sample> samples) {}

    record RolloutView(
            RolloutSummary summary,
            String policy,
            int step,
            List<StepView> steps,
            String since,
            double inStepSeconds,
            long reached,
            boolean evidenceKnown,
            List<EvidenceView> evidence,
            @Nullable ShadowView shadow,
            List<String> risks,
            String reason,
            List<RolloutHistory.Row> history) {}

    /** The rollout of a gate; empty if it never had one under a policy, or has no router that could run one. */
    Optional<RolloutStatus> status(ModelGate<?, ?> gate) {
        try {
            return rollouts.status(gate);
        } catch (IllegalStateException noRouter) {
            return Optional.empty();
        }
    }

    /** In a row of a list; null if there is none. */
    @Nullable
    RolloutSummary summary(ModelGate<?, ?> gate) {
        return status(gate).map(RolloutViews::summary).orElse(null);
    }

    private static RolloutSummary summary(RolloutStatus status) {
        return new RolloutSummary(
                status.gate(),
                status.rollout(),
                status.candidate(),
                status.baseline(),
                status.stage().name(),
                share(status.weight()),
                status.paused(),
                status.waiting(),
                !status.stage().end());
    }

    /** Whether it is time to keep what the data says. */
    boolean sampleIsDue() {
        return samples.due();
    }

    /** Keeps what the data says now, so that it can be seen how that came to be. */
    void sample(ModelGate<?, ?> gate, String at) {
        status(gate)
                .filter(status ->
                        !status.stage().end() && status.stage() != Stage.DRAFT && status.stage() != Stage.SHADOW)
                .ifPresent(status -> samples.add(status, at));
    }

    /** All that is known of the rollout of a gate. */
    RolloutView view(ModelGate<?, ?> gate, RolloutStatus status) {
        return new RolloutView(
                summary(status),
                status.policy().name(),
                status.step(),
                status.policy().steps().stream()
                        .map(step -> new StepView(
                                share(step.weight()),
                                step.leastTime().toMillis() / 1_000.0,
                                step.leastCallers(),
                                step.manual()))
                        .toList(),
                status.since().toString(),
                status.inStep().toMillis() / 1_000.0,
                status.reached(),
                status.evidenceKnown(),
                status.evidence().stream().map(each -> evidence(status, each)).toList(),
                rollouts.shadow(gate)
                        .filter(shadow -> shadow.rollout().equals(status.rollout()))
                        .map(ShadowView::of)
                        .orElse(null),
                status.risks(),
                status.reason(),
                history.of(status.gate(), status.rollout()));
    }

    private EvidenceView evidence(RolloutStatus status, Evidence evidence) {
        return new EvidenceView(
                evidence.guardrail(),
                evidence.required(),
                evidence.finding().name(),
                evidence.text(),
                finite(evidence.regressed()),
                finite(evidence.notWorse()),
                evidence.band().map(RolloutViews::band).orElse(null),
                samples.of(status, evidence.guardrail()));
    }

    private static BandView band(Band band) {
        return new BandView(
                band.quantity(),
                band.unit().name(),
                band.low(),
                band.high(),
                band.limit(),
                band.worse().name());
    }

    /** An e-value may be beyond every number, which JSON does not know. */
    private static @Nullable Double finite(OptionalDouble value) {
        if (value.isEmpty() || Double.isNaN(value.getAsDouble())) {
            return null;
        }
        return Math.min(value.getAsDouble(), Double.MAX_VALUE);
    }

    private static double share(Weight weight) {
        return weight.parts() / (double) Weight.FULL.parts();
    }
}
