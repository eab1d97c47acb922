package io.modelgate.console;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.control.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate status}: what is off, and what there is. It writes nothing and waits for no lock. */
@CommandLine.Command(
        name = "status",
        customSynopsis = "modelgate status [GATE] " + Subcommand.PLACE,
        description = "What is off, and what there is.")
final class StatusCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "GATE", description = "Only this gate.")
    private @Nullable String gate;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    StatusCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        ApiClient api = logs.api(options, through);
        if (api != null) {
            return gate == null ? ApiStatus.all(api, logs, screen) : ApiStatus.gate(api, gate, logs, screen);
        }
        LogPlace place = logs.place(options);
        try (Gates gates = logs.view(place)) {
            Map<String, ServingHistory> histories = ServingHistory.of(gates.log(), gates.applied());
            if (gate == null) {
                all(gates, place, histories);
            } else {
                gates.preview(Scope.gate(gate)); // refuses what is unknown
                one(gates, gate, histories.get(gate));
            }
        }
        return Command.DONE;
    }

    private void all(Gates gates, LogPlace place, Map<String, ServingHistory> histories) {
        Instant now = gates.now();
        List<Kill> kills = gates.kills();
        screen.line(kills.isEmpty() ? "no kill is engaged" : Wording.count(kills.size(), "kill") + " engaged:");
        kills.forEach(kill -> screen.line("  " + Wording.kill(kill, now)));
        List<GateDescription> all = gates.describe();
        screen.line(Wording.count(all.size(), "gate") + (all.isEmpty() ? "" : ":"));
        all.forEach(each -> gate(gates, each, histories.get(each.name())));
        List<Instance> running = Processes.of(gates.log(), screen);
        if (running != null) {
            Processes.list(screen, running);
        }
        head(gates, place, now);
        screen.object(() -> CommandJson.object(
                "asOf", now.toString(),
                "kills", Views.KillView.of(kills),
                "total", all.size(),
                "gates",
                        all.stream()
                                .map(each -> CommandJson.gateSummary(each, running(histories.get(each.name()))))
                                .toList(),
                "instances", running == null ? null : CommandJson.instances(running),
                "log",
                        CommandJson.object(
                                "applied", gates.applied(),
                                "seq", gates.log().head().seq(),
                                "hash", gates.log().head().hash(),
                                "known", gates.log().known(),
                                "stalenessMillis", gates.staleness().toMillis(),
                                "verifiedSeq", gates.applied())));
    }

    private void one(Gates gates, String name, @Nullable ServingHistory history) {
        for (GateDescription each : gates.describe()) {
            if (each.name().equals(name)) {
                gate(gates, each, history);
                if (!each.attributes().isEmpty()) {
                    screen.line("    switches may be narrowed by: " + String.join(", ", each.attributes()));
                }
                each.kills().forEach(kill -> screen.line("    killed  " + Wording.kill(kill, gates.now())));
                screen.object(() -> CommandJson.gate(each, running(history)));
            }
        }
    }

    private static ServingHistory.@Nullable Running running(@Nullable ServingHistory history) {
        return history == null ? null : history.running();
    }

    private void gate(Gates gates, GateDescription gate, @Nullable ServingHistory history) {
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
        if (history == null) {
            return;
        }
        ServingHistory.Running running = history.running();
        if (running != null) {
            screen.line("    rollout: " + running.version() + " has "
                    + (running.halted()
                            ? "no callers, because a kill halted it"
                            : Wording.percent(running.weight()) + " of the callers")
                    + ", since " + Wording.time(running.start().decision().at(), gates.now()));
        }
        var last = history.lastOfRollout();
        if (last != null) {
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

    private void head(Gates gates, LogPlace place, Instant now) {
        long seq = gates.applied();
        String last = seq == 0
                ? ""
                : ", "
                        + Wording.time(
                                gates.log().read(seq - 1, 1).get(0).decision().at(), now);
        screen.line("head: entry " + seq + last + ", " + place);
    }
}
