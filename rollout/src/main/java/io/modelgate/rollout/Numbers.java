package io.modelgate.rollout;

import java.util.Arrays;
import java.util.List;

/** Writes numbers into a checkpoint, as {@link Saved#numbers} and {@link Saved#counts} read them. */
final class Numbers {

    private Numbers() {}

    static List<String> list(double... values) {
        return Arrays.stream(values).mapToObj(Double::toString).toList();
    }

    static List<Long> list(long... values) {
        return Arrays.stream(values).boxed().toList();
    }
}
