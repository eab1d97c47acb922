package io.modelgate.examples.agent;

import io.modelgate.budget.Usage;

/**
 * One line of a bill: what a model used for one call, as the model itself says.
 *
 * @param session that asked
 * @param tenant whose session it is
 * @param model that answered, by the name of its price
 * @param step what it was asked for
 * @param input all input tokens
 * @param cached those of them that it had in its cache
 * @param output all output tokens
 * @param reasoning those of them that were reasoning
 * @param asked output tokens that the agent allowed
 * @param granted output tokens that the budgets left
 * @param end how it ended
 */
record Line(
        String session,
        String tenant,
        String model,
        Step step,
        long input,
        long cached,
        long output,
        long reasoning,
        long asked,
        long granted,
        End end) {

    /** How a call ended, and so how much of its usage is known. */
    enum End {
        ANSWERED("", true),
        /** Refused by the model once it had read its input. */
        OVERLOADED("overloaded, input charged", true),
        /** Nothing came back: output is what was reserved. */
        LOST("lost, charged as reserved", false),
        /** Ended half-way: output is what had come by then. */
        CUT("cut, what came is charged", false);

        private final String remark;
        private final boolean byKind;

        End(String remark, boolean byKind) {
            this.remark = remark;
            this.byKind = byKind;
        }

        String remark() {
            return remark;
        }

        /** Whether it is known how much was cached or reasoning; if not, the dearer price is charged for all. */
        boolean byKind() {
            return byKind;
        }
    }

    Usage usage() {
        return Usage.of(input, output).cachedInput(cached).reasoning(reasoning);
    }

    /** Whether the budgets left less output than the agent allowed. */
    boolean clamped() {
        return granted < asked;
    }

    long tokens() {
        return input + output;
    }

    String remark() {
        return end != End.ANSWERED ? end.remark() : clamped() ? "clamped to " + granted + " of " + asked : "";
    }
}
