package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Opens a list for each rollout that this process may have had calls of, and ends it with its rollout. Under the lock of the
 * {@link ExposureKeeper}.
 */
final class ExposureRollouts {

    private final Gates gates;
    private final ExposureLedgerBuilder config;
    private final ExposureFolder folder;
    private final ExposureLists lists;
    private final String instance =
            ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);

    /** Up to where the log had been applied as this began: what was over by then is on the lists of others, if it is on any. */
    private final long applied;

    /** The rollouts of each gate that had started at the last look, by id. */
    private final Map<String, Set<String>> started = new HashMap<>();

    ExposureRollouts(Gates gates, ExposureLedgerBuilder config, ExposureFolder folder, ExposureLists lists) {
        this.gates = gates;
        this.config = config;
        this.folder = folder;
        this.lists = lists;
        applied = gates.applied();
    }

    /** Opens and ends the lists of all gates. */
    void look() {
        for (ModelGate<?, ?> gate : gates.gates()) {
            if (gate.routing().orElse(null) instanceof CohortRouting routing) {
                open(gate, routing.memory().begun());
                end(gate, routing);
            }
        }
    }

    /**
     * A rollout may have started since the last look, and be over. The routing knows of it as soon as a call can: events may be told later. What began
     * before it is of the rollout of the same version before it.
     */
    private void open(ModelGate<?, ?> gate, List<GateMemory.Begun> begun) {
        Set<String> before = started.get(gate.name());
        for (GateMemory.Begun each : begun) {
            if (concerns(each, before) && lists.of(each.rollout()).isEmpty()) {
                lists.add(opened(gate, each));
            }
        }
        started.put( // last: what could not be opened is late once more
                gate.name(), begun.stream().map(GateMemory.Begun::rollout).collect(Collectors.toSet()));
    }

    /** Whether a rollout runs, or ended where this process may have had calls of it: at the first look, since this opened. */
    private boolean concerns(GateMemory.Begun rollout, @Nullable Set<String> before) {
        GateMemory.End end = rollout.end();
        return end == null || (before == null ? end.seq() > applied : !before.contains(rollout.rollout()));
    }

    private OpenExposures opened(ModelGate<?, ?> gate, GateMemory.Begun rollout) {
        ExposureFile.Header header = new ExposureFile.Header(
                rollout.rollout(),
                gate.name(),
                rollout.version(),
                !config.plainKeys,
                instance,
                gates.now().toEpochMilli());
        return new OpenExposures(
                header, gate, folder.of(rollout.rollout()), rollout.at().toEpochMilli());
    }

    private void end(ModelGate<?, ?> gate, CohortRouting routing) {
        List<OpenExposures> its = lists.all().stream()
                .filter(each -> each.header.gate().equals(gate.name()))
                .toList();
        for (OpenExposures each : its) {
            if (!each.ended() && !routing.runs(each.header.rollout())) {
                each.end(gates.ticker().read()); // now: it may have begun and ended within this look
                each.toRemedy = ExposureReports.asksForRemedy(routing.memory(), each.header);
            }
        }
        List<OpenExposures> ended = its.stream().filter(OpenExposures::ended).toList();
        if (!ended.isEmpty()) {
            String stable = gate.describe().stable().orElse(""); // after the calls that were taken: it may be so since
            ended.stream().filter(each -> each.header.version().equals(stable)).forEach(OpenExposures::bound);
        }
    }
}
