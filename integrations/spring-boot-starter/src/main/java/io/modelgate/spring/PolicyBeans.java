package io.modelgate.spring;

import io.modelgate.rollout.RolloutPolicy;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/** Adds a bean for each policy file under {@code modelgate.rollouts}, so that it is checked at the start and read whenever it is asked for. */
final class PolicyBeans implements BeanFactoryPostProcessor, EnvironmentAware {

    private static final Bindable<Map<String, ModelGateProperties.Rollout>> ROLLOUTS =
            Bindable.mapOf(String.class, ModelGateProperties.Rollout.class);

    private @Nullable Environment environment;

    @Override
    public void setEnvironment(Environment given) {
        environment = given;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        if (environment == null || !(factory instanceof BeanDefinitionRegistry beans)) {
            return;
        }
        Map<String, ModelGateProperties.Rollout> rollouts =
                Binder.get(environment).bind("modelgate.rollouts", ROLLOUTS).orElse(Map.of());
        for (String gate : new TreeSet<>(rollouts.keySet())) {
            String same = PropertyNames.alike(gate, rollouts.keySet()).get(0);
            if (!Objects.equals(rollouts.get(gate), rollouts.get(same))) {
                throw PropertyMistakes.refusal(
                        PropertyNames.policy(gate),
                        PropertyNames.policy(same) + " is set too; write one of them",
                        null);
            }
            if (!same.equals(gate)) { // the same gate, in a file and in an environment variable
                beans.registerAlias(same + "-policy", gate + "-policy");
                continue;
            }
            String name = gate + "-policy";
            if (!beans.containsBeanDefinition(name)) {
                RootBeanDefinition policy = new RootBeanDefinition(PolicyBean.class);
                policy.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, RolloutPolicy.class);
                policy.getConstructorArgumentValues().addIndexedArgumentValue(0, gate);
                policy.setLazyInit(false);
                beans.registerBeanDefinition(name, policy);
            }
        }
    }
}
