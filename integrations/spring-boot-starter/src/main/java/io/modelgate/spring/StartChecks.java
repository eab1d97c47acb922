package io.modelgate.spring;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Rollouts;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Once all beans are made, refuses settings that nothing took: they are misspelt, or meant for a gate that is not there. */
final class StartChecks implements SmartInitializingSingleton, BeanFactoryAware {

    private final ModelGateProperties properties;
    private final GateSettings settings;
    private final Gates gates;
    private final ObjectProvider<Rollouts> rollouts;
    private @Nullable BeanFactory beans;

    StartChecks(ModelGateProperties properties, GateSettings settings, Gates gates, ObjectProvider<Rollouts> rollouts) {
        this.properties = properties;
        this.settings = settings;
        this.gates = gates;
        this.rollouts = rollouts;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = factory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<String> known = gates.gates().stream().map(ModelGate::name).toList();
        requireGates(known);
        PropertyMistakes mistakes = new PropertyMistakes();
        settings.requireKnown(known, mistakes);
        for (String gate : new TreeSet<>(properties.rollouts().keySet())) {
            if (PropertyNames.alike(gate, known).isEmpty()) {
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
        if (beans != null) {
            IgnoredSettings.refuse(properties, !settings.inUse(), beans, mistakes);
        }
        mistakes.refuse();
        if (!properties.rollouts().isEmpty()) {
            rollouts.ifAvailable(running -> {}); // whoever names a policy wants its rollouts looked after
        }
    }

    /** Whatever is annotated has its gate by now. */
    private void requireGates(List<String> known) {
        if (beans == null) {
            return;
        }
        for (GateCustomizer customizer : beans.getBeanProvider(GateCustomizer.class)) {
            if (customizer instanceof OneGate<?, ?> one && !known.contains(one.gate())) {
                throw new StartException(
                        "a GateCustomizer is for gate \"" + one.gate()
                                + "\", and no gate of this application is named so; its gates are "
                                + new TreeSet<>(known),
                        "Name one of them in GateCustomizer.of(…), or remove it.");
            }
        }
        beans.getBeanProvider(GatedBeans.class).ifAvailable(GatedBeans::requireAllProcessed);
        beans.getBeanProvider(VersionBeans.class).ifAvailable(versions -> versions.requireGates(known));
    }
}
