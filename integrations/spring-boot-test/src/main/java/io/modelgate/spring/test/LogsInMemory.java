package io.modelgate.spring.test;

import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.spring.ModelGateAutoConfiguration;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.type.MethodMetadata;

/**
 * Puts a control log in memory in the place of each that the application defines, before any is opened: what a test decides reaches no
 * log that others read.
 */
final class LogsInMemory implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        requireGates(beans);
        BeanDefinitionRegistry definitions = (BeanDefinitionRegistry) beans;
        for (String name : beans.getBeanNamesForType(ControlLog.class, true, false)) {
            if (!beans.containsBeanDefinition(name)) {
                throw new IllegalStateException(
                        "bean " + name + " is a control log that is open before the application"
                                + " starts, so that @ModelGateTest cannot put one in memory in its place; declare it as a bean");
            }
            BeanDefinition real = beans.getBeanDefinition(name);
            RootBeanDefinition memory = new RootBeanDefinition(MemoryControlLog.class);
            memory.setPrimary(real.isPrimary());
            memory.setAutowireCandidate(real.isAutowireCandidate());
            memory.setLazyInit(true);
            memory.setDestroyMethodName(""); // the gates close it
            if (real instanceof AbstractBeanDefinition its) {
                memory.copyQualifiersFrom(its);
            }
            definitions.removeBeanDefinition(name);
            definitions.registerBeanDefinition(name, memory);
        }
    }

    private static void requireGates(ConfigurableListableBeanFactory beans) {
        String[] names = beans.getBeanNamesForType(Gates.class, true, false);
        if (names.length == 0) {
            throw new IllegalStateException("the application of this test has no Gates, which @ModelGateTest is for;"
                    + " do not exclude ModelGateAutoConfiguration, or remove the annotation");
        }
        for (String name : names) {
            if (!isAutoConfigured(beans, name)) {
                throw new IllegalStateException("bean " + name + " is Gates that the application opens itself, so that"
                        + " @ModelGateTest can give it neither manual time nor a control log in memory; remove it from"
                        + " this test, and say in a GatesCustomizer what it is for");
            }
        }
    }

    private static boolean isAutoConfigured(ConfigurableListableBeanFactory beans, String name) {
        if (!beans.containsBeanDefinition(name)
                || !(beans.getBeanDefinition(name) instanceof AnnotatedBeanDefinition definition)) {
            return false;
        }
        MethodMetadata method = definition.getFactoryMethodMetadata();
        return method != null && method.getDeclaringClassName().equals(ModelGateAutoConfiguration.class.getName());
    }
}
