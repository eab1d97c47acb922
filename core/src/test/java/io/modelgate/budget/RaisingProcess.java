package io.modelgate.budget;

import java.io.IOException;
import java.nio.file.Path;

/** Raises marks for ever, and prints each once it is raised. */
final class RaisingProcess {

    private RaisingProcess() {}

    static Process start(Path ledger) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RaisingProcess.class.getName(),
                        ledger.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) {
        LedgerFile ledger = LedgerFile.open(Path.of(arguments[0]));
        for (long i = 1; ; i++) {
            String key = "k" + i % 3;
            long mark = ledger.mark("tenant", key, 7) + 1;
            ledger.raise("tenant", key, 7, mark);
            System.out.println(key + " " + mark);
        }
    }
}
