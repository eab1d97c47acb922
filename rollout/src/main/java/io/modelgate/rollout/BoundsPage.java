package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Values;
import java.util.Map;

/**
 * A guardrail that is judged by bounds which hold at every look: of a part of an epoch to show a regression, and of the whole epoch to show
 * that it is not worse. Not thread-safe.
 *
 * <p>Each part has its part of α, and each epoch that of promotion. A part ends where the page cuts, or with its epoch.
 */
abstract class BoundsPage extends Page {

    private long epoch;
    private long part;

    BoundsPage(Guardrail guardrail, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
    }

    /** A new epoch begins, its first part has begun. */
    abstract void epochBegan();

    /** A new part begins. */
    abstract void partBegan();

    @Override
    final void begin() {
        epoch++;
        cut();
        epochBegan();
    }

    /** Ends the part here and begins the next, with its own part of α. */
    final void cut() {
        part++;
        partBegan();
    }

    /** The α of all bounds that may show a regression in this part. */
    final double alphaOfPart() {
        return alpha * Epochs.part(part);
    }

    /** The α of all bounds that may show in this epoch that it is not worse. */
    final double alphaOfEpoch() {
        return promotionAlpha * Epochs.part(epoch);
    }

    /** What this guardrail counts once, of an arm. */
    final CallCounts calls(ArmCounts arm) {
        return guardrail.unit() == Unit.CALL ? arm.calls() : arm.firstCalls();
    }

    /** A metric's values there; nonsense is no data. */
    final Values values(ArmCounts arm, int metric) {
        Values values = calls(arm).values(metric);
        return values.count() >= 0 && values.sum() >= 0 && values.squares() >= 0 ? values : Values.NONE;
    }

    /** What {@link #calls} are, in words. */
    final String unitInWords() {
        return guardrail.unit() == Unit.CALL ? "calls" : "callers' first calls";
    }

    /** How a text ends that says where the quantity lies. */
    final String found(boolean notWorse) {
        return regressed ? "; shown to be worse than allowed" : notWorse ? "; shown to be not worse" : "";
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        into.put("epoch", epoch);
        into.put("part", part);
    }

    @Override
    void read(Saved from) {
        super.read(from);
        epoch = from.count("epoch");
        part = from.count("part");
    }
}
