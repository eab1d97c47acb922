package io.modelgate.budget;

import java.nio.file.Path;

/** Raises marks for ever, and prints each once it is raised. */
final class RaisingProcess {

    private RaisingProcess() {}

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
