package io.modelgate.rollout;

import java.util.ArrayList;
import java.util.List;

/** Asks everyone who has a say in a promotion. */
final class PromotionGates {

    private final List<PromotionGate> gates;

    PromotionGates(List<PromotionGate> gates) {
        this.gates = List.copyOf(gates);
    }

    /** What they object; empty if all consent. One that throws objects. */
    List<String> objections(RolloutStatus rollout) {
        List<String> objections = new ArrayList<>();
        for (PromotionGate gate : gates) {
            try {
                gate.objection(rollout).ifPresent(objections::add);
            } catch (Throwable e) { // it is asked before a kill is seen to as well
                objections.add("a promotion gate threw " + e);
            }
        }
        return objections;
    }
}
