package io.modelgate.control;

/** The checks on what both logs are asked. */
final class Arguments {

    private Arguments() {}

    static void after(long after) {
        if (after < 0) {
            throw new IllegalArgumentException("after is " + after + ": expected 0 or more");
        }
    }

    static void limit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ": expected 1 or more");
        }
    }
}
