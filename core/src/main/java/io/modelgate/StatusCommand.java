package io.modelgate;

import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code modelgate status}: what is off, and what there is. It writes nothing and waits for no lock. */
final class StatusCommand {

    static final String USAGE = "status " + LogAccess.USAGE;

    private static final Set<String> ROLLOUT = Set.of("rollout", "rollout-weight", "rollout-end", "rollout-abort");

    private StatusCommand() {}

    static int run(CommandArguments arguments, LogAccess logs, Screen screen) throws UsageException {
        LogPlace path = logs.place(arguments);
        try (Gates gates = logs.view(path)) {
            Instant now = gates.now();
            List<Kill> kills = gates.kills();
            screen.line(kills.isEmpty() ? "no kill is engaged" : Wording.count(kills.size(), "kill") + " engaged:");
            kills.forEach(kill -> screen.line("  " + Wording.kill(kill, now)));
            List<GateDescription> all = gates.describe();
            screen.line(Wording.count(all.size(), "gate") + (all.isEmpty() ? "" : ":"));
            Map<String, ServingHistory> histories = ServingHistory.of(gates.log(), gates.applied());
            all.forEach(gate -> gate(gates, gate, histories.get(gate.name()), screen));
            Instances.list(screen, gates.log());
            head(gates, path, now, screen);
        }
        return Command.DONE;
    }

    private static void gate(Gates gates, GateDescription gate, @Nullable ServingHistory history, Screen screen) {
        String versions = gate.versions().stream()
                .map(version -> version
                        + mark(gate.kills().stream()
                                .filter(kill -> version.equals(kill.scope().version()))
                                .toList()))
                .collect(Collectors.joining(", "));
        List<Kill> whole = gate.kills().stream()
                .filter(kill -> kill.scope().version() == null)
                .toList();
        screen.line("  " + gate.name() + (whole.isEmpty() ? "" : mark(whole)) + ": stable "
                + gate.stable().orElse("(none declared)") + ", versions " + versions);
        ServingHistory.Running running = history == null ? null : history.running();
        if (running != null) {
            screen.line("    rollout: " + running.version() + " has "
                    + (running.halted()
                            ? "no callers, because a kill halted it"
                            : Wording.percent(running.weight()) + " of the callers")
                    + ", since " + Wording.time(running.start().decision().at(), gates.now()));
        }
        List<Entry> rollout = gates.control().locked(() -> {
            GateFold fold = gates.control().foldOrNull(gate.name());
            return fold == null
                    ? List.<Entry>of()
                    : fold.pending().stream()
                            .filter(entry -> ROLLOUT.contains(entry.type()))
                            .toList();
        });
        if (!rollout.isEmpty()) {
            Entry last = rollout.get(rollout.size() - 1);
            screen.line("    last of its rollout: #" + last.seq() + " " + last.type() + Wording.details(last));
        }
    }

    /** How much of something a few kills turn off. */
    private static String mark(List<Kill> kills) {
        if (kills.isEmpty()) {
            return "";
        }
        return kills.stream().anyMatch(kill -> !kill.scope().narrowed())
                ? " KILLED"
                : " KILLED for "
                        + kills.stream()
                                .map(kill -> Wording.where(kill.scope()))
                                .distinct()
                                .collect(Collectors.joining(" and "));
    }

    private static void head(Gates gates, LogPlace path, Instant now, Screen screen) {
        long seq = gates.applied();
        String last = seq == 0
                ? ""
                : ", "
                        + Wording.time(
                                gates.log().read(seq - 1, 1).get(0).decision().at(), now);
        screen.line("head: entry " + seq + last + ", " + path);
    }
}
