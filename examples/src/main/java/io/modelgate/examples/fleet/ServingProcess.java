package io.modelgate.examples.fleet;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.fallback.Ladder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One process of the fleet: serves credit-risk on the log it shares with the others, and says on its output what it has confirmed. It
 * does what the lines of its input say, and ends with its input, so that it does not outlive whoever started it.
 */
final class ServingProcess {

    static final String GATE = "credit-risk";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Ticker ticker = Ticker.system();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Witness witness;
    private final Callers callers;
    private final Gates gates;
    private final ModelGate<Application, Decision> credit;

    private ServingProcess(String uri, String log, Path directory, String name) {
        witness = new Witness(FleetLog.open(uri, log, directory, name), ticker, this::confirmed);
        callers = new Callers(ticker, witness);
        gates = Gates.open(g -> g.controlLog(witness));
        credit = gates.gate(
                GATE, g -> g.stable("v1", callers::score).fallback(Ladder.of(l -> l.degrade(Decision.REFER_TO_HUMAN))));
    }

    /** Arguments: the log's name, the directory, the process's name. The first line of the input is the URI: it may hold a password. */
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ServingProcess process = new ServingProcess(in.readLine(), args[0], Path.of(args[1]), args[2]);
        process.callers.ask(process.credit);
        process.say("serving " + ProcessHandle.current().pid());
        Runtime.getRuntime().halt(process.obey(in));
    }

    /** Returns when the input has ended, with the exit code. */
    private int obey(BufferedReader in) {
        ProcessHandle server = null;
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "counts" -> say("counts " + callers.counts().line());
                    case "clock" -> say("clock " + ticker.read());
                    case "kill" -> kill(words[1]);
                    case "guard" ->
                        server = ProcessHandle.of(Long.parseLong(words[1])).orElse(null);
                    case "end" -> {
                        gates.close();
                        return 0;
                    }
                    default -> throw new IllegalArgumentException("unknown line: " + line);
                }
            }
        } catch (IOException e) {
            // Whoever started this is gone, and says nothing more.
        }
        if (server != null) {
            server.destroyForcibly();
        }
        return 1;
    }

    private void kill(String reason) {
        long began = ticker.read();
        KillReceipt receipt = credit.kill(Actor.of("operator"), reason);
        long inForce = ticker.read();
        witness.killedHere();
        say("killed " + receipt.id() + " " + began + " " + inForce + " " + receipt.stored(Duration.ZERO));
        Thread thread = new Thread(
                () -> {
                    if (receipt.stored(PATIENCE)) {
                        say("stored " + receipt.id() + " " + ticker.read());
                    }
                },
                "stored");
        thread.setDaemon(true);
        thread.start();
    }

    private void confirmed(String kill, long seq, long nanos) {
        say("confirmed " + kill + " " + seq + " " + nanos);
    }

    private void say(String line) {
        out.println(line);
    }
}
