package io.modelgate.spring;

import io.modelgate.rollout.RolloutPolicy;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;

/** The policy of a gate's rollouts, from the file that a property names. */
final class PolicyBean implements FactoryBean<RolloutPolicy>, BeanFactoryAware, InitializingBean {

    private final String gate;
    private @Nullable BeanFactory beans;
    private @Nullable RolloutPolicy policy;

    PolicyBean(String gate) {
        this.gate = gate;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = factory;
    }

    /** At the start, whether anybody asks for it or not. */
    @Override
    public void afterPropertiesSet() {
        if (beans == null) {
            throw new IllegalStateException("this factory has no bean factory");
        }
        ModelGateProperties.Rollout rollout =
                beans.getBean(ModelGateProperties.class).rollouts().get(gate);
        Path file = rollout == null ? null : rollout.policy();
        if (file == null) {
            throw PropertyMistakes.refusal(PropertyNames.policy(gate), "is missing: name the policy file", null);
        }
        try {
            policy = RolloutPolicy.load(file);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw PropertyMistakes.refusal(PropertyNames.policy(gate), String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public @Nullable RolloutPolicy getObject() {
        return policy;
    }

    @Override
    public Class<?> getObjectType() {
        return RolloutPolicy.class;
    }
}
