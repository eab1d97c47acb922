package io.modelgate.spring;

import io.modelgate.rollout.RolloutPolicy;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * The policy of a gate's rollouts, from the file that a property names. Each time that it is asked for it is read anew, so that the next rollout
 * runs under the file as it is then; one that runs has its policy in the control log, whatever becomes of the file.
 */
final class PolicyBean implements FactoryBean<RolloutPolicy>, BeanFactoryAware, InitializingBean {

    private final String gate;
    private @Nullable BeanFactory beans;

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
        getObject();
    }

    /**
     * Reads the file.
     *
     * @throws PropertyMistakes.Refusal if it cannot be read or is wrong, with the line
     */
    @Override
    public RolloutPolicy getObject() {
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
            return RolloutPolicy.load(file);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw PropertyMistakes.refusal(PropertyNames.policy(gate), String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public boolean isSingleton() {
        return false;
    }

    @Override
    public Class<?> getObjectType() {
        return RolloutPolicy.class;
    }
}
