package io.modelgate.console;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that serves one gate on the log of its first argument until its input ends, and says when its answers change. */
final class ServingProcess {

    private static final long BETWEEN_CALLS = TimeUnit.MILLISECONDS.toNanos(5);

    private ServingProcess() {}

    public static void main(String[] args) throws IOException {
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(Path.of(args[0]))))) {
            ModelGate<String, String> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", input -> "model")
                            .version("v2", input -> "candidate")
                            .fallback(Ladder.of(l -> l.degrade("safe"))));
            String before = "";
            while (System.in.available() == 0) {
                String answer = gate.call("application", Caller.of("user-42"));
                if (!answer.equals(before)) {
                    System.out.println(answer);
                    before = answer;
                }
                LockSupport.parkNanos(BETWEEN_CALLS);
            }
        }
    }
}
