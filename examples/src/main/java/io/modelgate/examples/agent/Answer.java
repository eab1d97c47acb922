package io.modelgate.examples.agent;

import io.modelgate.budget.Usage;

/**
 * What a model says.
 *
 * @param text words, each followed by a space
 * @param usage what it used
 */
record Answer(String text, Usage usage) {

    /** The safe answer when no model may be asked: the agent stops, and a person takes over. */
    static final Answer STOP = new Answer("I have to stop here; a person will look at it. ", Usage.of(0, 0));
}
