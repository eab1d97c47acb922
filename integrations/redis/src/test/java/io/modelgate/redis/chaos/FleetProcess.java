package io.modelgate.redis.chaos;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Receipt;
import io.modelgate.Scope;
import io.modelgate.budget.FleetLedger;
import io.modelgate.budget.Usage;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Head;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A process of the fleet: serves its gates without end, does what its input says, and writes a journal to its output. Arguments: its name,
 * where the control log is, its directory, a seed, how many milliseconds a thread pauses between calls, where the shared budgets are.
 */
final class FleetProcess {

    static final List<String> GATES = List.of("credit", "fraud");
    static final List<String> VERSIONS = List.of("v1", "v2", "v3");
    static final int CALLERS = 20;

    private static final int THREADS = 2;
    private static final String ANY = "-";

    private final Journal journal = new Journal(new FileOutputStream(FileDescriptor.out));
    private final ThreadLocal<List<String>> started = ThreadLocal.withInitial(ArrayList::new);
    private final String name;
    private final long pauseNanos;
    private final Gates gates;
    private final ControlLog log;

    private FleetProcess(String[] args) {
        name = args[0];
        pauseNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[4]));
        log = FleetLogs.open(args[1], Path.of(args[2]), name);
        WatchedLog watched = new WatchedLog(log, journal);
        FleetLedger budgets = FleetBudgets.ledger(args[5], name);
        gates = Gates.open(g -> g.controlLog(watched).budgets(b -> b.fleet(budgets)));
        watched.inForce();
        Random random = new Random(Long.parseLong(args[3]));
        for (String gate : GATES) {
            ModelGate<String, String> served = gates.gate(
                    gate,
                    g -> g.stable("v1", input -> answer("v1"))
                            .version("v2", input -> answer("v2"))
                            .version("v3", input -> answer("v3"))
                            .router(new LogRouter()));
            for (int i = 0; i < THREADS; i++) {
                Random calls = new Random(random.nextLong());
                endlessly(gate + "-" + i, () -> serve(served, calls));
            }
        }
        for (String gate : List.of(FleetBudgets.LEASED, FleetBudgets.STRICT)) {
            ModelGate<Integer, Usage> served = FleetBudgets.gate(gates, gate);
            Random calls = new Random(random.nextLong());
            endlessly(gate, () -> FleetBudgets.spend(served, calls, journal));
        }
    }

    private void endlessly(String thread, Runnable call) {
        Thread caller = new Thread(
                () -> {
                    while (true) {
                        call.run();
                        LockSupport.parkNanos(pauseNanos);
                    }
                },
                thread);
        caller.setDaemon(true);
        caller.start();
    }

    public static void main(String[] args) throws IOException {
        FleetProcess process = new FleetProcess(args);
        process.journal.write("serving");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            try {
                process.obey(line.split(" "));
            } catch (IllegalStateException | IllegalArgumentException e) {
                process.journal.write("refused " + line + ": " + e.getMessage());
            }
        }
        process.gates.close();
        System.exit(0);
    }

    private String answer(String version) {
        started.get().add(version);
        return version;
    }

    private void serve(ModelGate<String, String> gate, Random random) {
        String caller = "caller-" + random.nextInt(CALLERS);
        started.get().clear();
        long begin = journal.stamp();
        Outcome<String> outcome = gate.decide("input", Caller.of(caller));
        long end = journal.stamp();
        String versions = started.get().isEmpty() ? ANY : String.join(",", started.get());
        journal.write("call " + gate.name() + " " + caller + " " + begin + " " + end + " "
                + outcome.routed().orElse(ANY) + " " + versions);
    }

    private void obey(String[] words) {
        switch (words[0]) {
            case "kill" -> kill(words[1], words[2]);
            case "revive" -> revive(Integer.parseInt(words[1]));
            case "weight" -> weight(words[1], words[2], Integer.parseInt(words[3]));
            case "promote" ->
                note("promote", gates.gate(words[1]).version(words[2]).promote(actor(), "chaos"));
            case "report" -> report(words[1]);
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private void kill(String gate, String version) {
        long begin = journal.stamp();
        journal.write("killing " + begin + " " + gate + " " + version);
        String id = gates.kill(new Scope(gate, version.equals(ANY) ? null : version, null, null), actor(), "chaos")
                .kill()
                .id();
        journal.write("killed " + begin + " " + journal.stamp() + " " + id + " " + gate + " " + version);
    }

    private void revive(int which) {
        List<Kill> engaged = gates.kills().stream()
                .filter(kill -> kill.id().startsWith("kill-"))
                .toList();
        if (!engaged.isEmpty()) {
            Kill kill = engaged.get(which % engaged.size());
            note("revive", gates.revive(kill.id(), actor(), "chaos"));
        }
    }

    private void weight(String gate, String candidate, int weight) {
        note(
                "weight",
                gates.append(gates.decision(
                        "weight-" + UUID.randomUUID(),
                        LogRouter.WEIGHT,
                        gate,
                        actor(),
                        "chaos",
                        Map.of("candidate", candidate, "weight", (long) weight))));
    }

    private void note(String what, Receipt receipt) {
        journal.write("submitted " + what + " " + receipt.id());
    }

    private Actor actor() {
        return Actor.of(name);
    }

    private void report(String number) {
        Head head = log.head();
        String kills = gates.kills().stream().map(Kill::id).sorted().collect(Collectors.joining(","));
        List<String> states = new ArrayList<>();
        for (String gate : GATES) {
            LogRouter.Share share = (LogRouter.Share) gates.gate(gate).routing().orElseThrow();
            states.add(gate + "=" + gates.gate(gate).describe().stable().orElse(ANY) + "/" + share.version() + "/"
                    + share.weight());
        }
        boolean settled = gates.applied() == head.seq() && log.owed().isEmpty() && gates.unstoredKills() == 0;
        journal.write("state " + number + " " + settled + " " + head.seq() + " " + head.hash() + " "
                + (kills.isEmpty() ? ANY : kills) + " " + String.join(",", states));
    }
}
