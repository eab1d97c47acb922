package io.modelgate.simulator;

/** How a simulated rollout ends. */
enum Ending {
    /** The candidate was taken back, before its promotion or after. */
    ROLLED_BACK("rolled back"),
    /** The rollout was completed. */
    COMPLETE("complete"),
    /** The simulation ended first. */
    UNDECIDED("still undecided when the simulation ends");

    private final String text;

    Ending(String text) {
        this.text = text;
    }

    /** In words. */
    String text() {
        return text;
    }
}
