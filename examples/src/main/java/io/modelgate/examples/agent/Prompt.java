package io.modelgate.examples.agent;

import java.util.Collections;

/**
 * What the model is asked: all that was said so far. A word is a token here.
 *
 * @param step what for
 * @param text words, each followed by a space
 */
record Prompt(Step step, String text) {

    long tokens() {
        return tokens(text);
    }

    /** The tokens of a text. */
    static long tokens(String text) {
        return text.chars().filter(c -> c == ' ').count();
    }

    /** So many words. */
    static String words(String word, long count) {
        return String.join("", Collections.nCopies((int) count, word + " "));
    }
}
