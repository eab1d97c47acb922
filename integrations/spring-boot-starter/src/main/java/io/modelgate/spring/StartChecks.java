package io.modelgate.spring;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Rollouts;
import java.util.List;
import java.util.TreeSet;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Once all beans are made, refuses settings that nothing took: they are misspelt, or meant for a gate that is not there. */
final class StartChecks implements SmartInitializingSingleton {

    private final ModelGateProperties properties;
    private final GateSettings settings;
    private final Gates gates;
    private final ObjectProvider<Rollouts> rollouts;

    StartChecks(ModelGateProperties properties, GateSettings settings, Gates gates, ObjectProvider<Rollouts> rollouts) {
        this.properties = properties;
        this.settings = settings;
        this.gates = gates;
        this.rollouts = rollouts;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<String> known = gates.gates().stream().map(ModelGate::name).toList();
        PropertyMistakes mistakes = new PropertyMistakes();
        settings.requireKnown(known, mistakes);
        for (String gate : new TreeSet<>(properties.rollouts().keySet())) {
            if (!known.contains(gate)) {
                mistakes.add(
                        PropertyNames.policy(gate),
                        "no gate of this application is named \"" + gate + "\"; its gates are " + new TreeSet<>(known));
            }
        }
        if (!settings.inUse() && !properties.gates().isEmpty()) {
            mistakes.add(
                    "modelgate.gates",
                    "the application has a bean of type Gates of its own, which knows nothing of these settings;"
                            + " remove that bean and say in a GatesCustomizer what it is for, or remove the settings");
        }
        mistakes.refuse();
        if (!properties.rollouts().isEmpty()) {
            rollouts.ifAvailable(running -> {}); // whoever names a policy wants its rollouts looked after
        }
    }
}
