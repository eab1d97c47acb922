package io.modelgate.spring;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** What the info endpoint says of the gates: which version is stable where, and what is off. No reason, no actor
 * and no attribute of a caller: others read it too. */
final class GateInfo implements InfoContributor {

    private final Gates gates;

    GateInfo(Gates gates) {
        this.gates = gates;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (GateDescription gate : gates.describe()) {
            Map<String, Object> about = new LinkedHashMap<>();
            gate.stable().ifPresent(version -> about.put("stable", version));
            gate.candidate().ifPresent(version -> about.put("candidate", version));
            about.put(
                    "killed",
                    gate.kills().stream()
                            .map(kill ->
                                    new Scope(kill.scope().gate(), kill.scope().version(), null, null).toString())
                            .sorted()
                            .distinct()
                            .toList());
            byName.put(gate.name(), about);
        }
        builder.withDetail("modelgate", Map.of("gates", byName, "applied", gates.applied()));
    }
}
