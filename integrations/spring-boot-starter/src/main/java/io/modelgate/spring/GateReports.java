package io.modelgate.spring;

import io.modelgate.Cause;
import io.modelgate.GateDescription;
import io.modelgate.GateStats;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.ModelVersion;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.spring.ModelGateEndpoint.Calls;
import io.modelgate.spring.ModelGateEndpoint.Detail;
import io.modelgate.spring.ModelGateEndpoint.Engaged;
import io.modelgate.spring.ModelGateEndpoint.Gate;
import io.modelgate.spring.ModelGateEndpoint.Log;
import io.modelgate.spring.ModelGateEndpoint.Recorded;
import io.modelgate.spring.ModelGateEndpoint.State;
import io.modelgate.spring.ModelGateEndpoint.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what gates are like, in the words of the endpoint. Thread-safe. */
final class GateReports {

    private static final int LOOK_BACK = 1_000;
    private static final int SHOWN = 20;

    private final Gates gates;

    GateReports(Gates gates) {
        this.gates = gates;
    }

    State state() {
        Map<String, ModelGate<?, ?>> here = here();
        return new State(
                gates.describe().stream()
                        .map(gate -> report(gate, here.get(gate.name())))
                        .toList(),
                gates.kills().stream().map(GateReports::report).toList(),
                gates.unstoredKills(),
                log());
    }

    @Nullable
    Detail detail(String name) {
        return find(name)
                .map(gate -> new Detail(report(gate, here().get(name)), entries(name)))
                .orElse(null);
    }

    Optional<GateDescription> find(String name) {
        return gates.describe(name);
    }

    private Map<String, ModelGate<?, ?>> here() {
        return gates.gates().stream().collect(Collectors.toMap(ModelGate::name, gate -> gate));
    }

    private Log log() {
        Head head;
        String problem = null;
        try {
            head = gates.log().head();
        } catch (ControlLogException e) {
            head = new Head(gates.applied(), "");
            problem = e.getMessage();
        }
        return new Log(
                gates.applied(),
                head.seq(),
                head.hash(),
                gates.log().known(),
                gates.staleness().toString(),
                gates.closed(),
                problem);
    }

    private static Gate report(GateDescription gate, @Nullable ModelGate<?, ?> here) {
        return new Gate(
                gate.name(),
                gate.stable().orElse(null),
                gate.candidate().orElse(null),
                here != null,
                gate.state() != GateDescription.State.KILLED
                        && gate.kills().stream().allMatch(kill -> kill.scope().version() != null),
                gate.versions().stream().map(id -> version(id, gate, here)).toList(),
                List.copyOf(gate.attributes()),
                gate.kills().stream().map(GateReports::report).toList(),
                here == null ? null : calls(here.stats()));
    }

    private static Version version(String id, GateDescription gate, @Nullable ModelGate<?, ?> here) {
        boolean live = gate.live(id);
        if (here == null || !here.registered(id)) {
            return new Version(id, false, live, null, 0, 0);
        }
        ModelVersion version = here.version(id);
        return new Version(
                id, true, live, version.breaker().map(Enum::name).orElse(null), version.inFlight(), version.overdue());
    }

    private static Calls calls(GateStats stats) {
        Map<String, Long> byCause = new TreeMap<>();
        for (Map.Entry<Cause, Long> each : stats.byCause().entrySet()) {
            byCause.put(each.getKey().name(), each.getValue());
        }
        return new Calls(stats.answered(), stats.fellBack(), byCause, stats.refused(), stats.failed());
    }

    static Engaged report(Kill kill) {
        return new Engaged(
                kill.id(),
                kill.scope().toString(),
                kill.actor().name(),
                kill.actor().authentication(),
                kill.reason(),
                kill.at().toString());
    }

    /** Empty where the log cannot be read: the state says why. */
    private List<Recorded> entries(String gate) {
        List<Entry> last;
        try {
            last = gates.log().read(Math.max(0, gates.applied() - LOOK_BACK), LOOK_BACK);
        } catch (ControlLogException e) {
            return List.of();
        }
        List<Recorded> found = new ArrayList<>(last.stream()
                .filter(entry -> entry.gate().equals(gate) || entry.gate().equals(Decision.FLEET))
                .map(GateReports::report)
                .toList());
        Collections.reverse(found);
        return List.copyOf(found.subList(0, Math.min(SHOWN, found.size())));
    }

    private static Recorded report(Entry entry) {
        Decision decision = entry.decision();
        return new Recorded(
                entry.seq(),
                decision.at().toString(),
                decision.type(),
                decision.gate(),
                decision.actor(),
                decision.authentication(),
                decision.reason(),
                decision.id(),
                decision.data());
    }
}
