package io.modelgate.examples.agent;

/** What an agent asks of its model. */
enum Step {
    THINK(800, 220, 120),
    CALL_TOOL(120, 45, 0),
    SUMMARISE(500, 320, 80),
    /** One of many small questions at once; the answer is as long as it may be. */
    BATCH(40, 40, 0),
    /** A long answer that comes bit by bit. */
    STREAM(400, 400, 0);

    private final long most;
    private final long output;
    private final long reasoning;

    Step(long most, long output, long reasoning) {
        this.most = most;
        this.output = output;
        this.reasoning = reasoning;
    }

    /** The most output tokens that the agent lets the model produce. */
    long most() {
        return most;
    }

    /** The output tokens of the model's answer, if nothing cuts it short. */
    long output() {
        return output;
    }

    /** Those of them that are reasoning, which comes first. */
    long reasoning() {
        return reasoning;
    }
}
