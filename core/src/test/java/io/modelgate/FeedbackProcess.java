package io.modelgate;

import java.nio.file.Path;
import java.time.Instant;

/** A program that gives ids 0 to 1,999 to the file of its first argument, once its input says so, and prints those that it was first with. */
final class FeedbackProcess {

    static final int IDS = 2_000;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private FeedbackProcess() {}

    public static void main(String[] args) throws Exception {
        try (FeedbackIds ids = FeedbackIds.inFile(Path.of(args[0]))) {
            System.out.println("ready");
            if (System.in.read() < 0) {
                return;
            }
            for (int i = 0; i < IDS; i++) {
                if (ids.first(String.format("%022d", i), NOW, NOW.plusSeconds(60))) {
                    System.out.println(i);
                }
            }
        }
    }
}
