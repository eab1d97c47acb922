package io.modelgate.control;

import java.nio.file.Path;

/** Prints what it sees of a log, until its input ends. */
final class FollowingProcess {

    private FollowingProcess() {}

    public static void main(String... arguments) throws Exception {
        try (FileControlLog log = FileControlLog.open(Path.of(arguments[0]))) {
            log.follow(
                    0,
                    entries -> entries.forEach(entry -> System.out.println(
                            entry.seq() + " " + entry.decision().id())));
            while (System.in.read() >= 0) {
                // The parent closes it, or dies.
            }
        }
    }
}
