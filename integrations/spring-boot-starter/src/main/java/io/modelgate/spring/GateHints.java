package io.modelgate.spring;

import io.modelgate.Version;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Tells a native image what gates look at when they are made: guarded interfaces, of which they make a proxy, and the classes with gated
 * methods or a {@link Version}. The properties are Spring Boot's to tell of.
 */
final class GateHints implements BeanFactoryInitializationAotProcessor {

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beans) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        Set<Class<?>> classes = new LinkedHashSet<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> found = beans.getType(name, false);
            if (found == null) {
                continue;
            }
            Class<?> type = ClassUtils.getUserClass(found);
            if (type.isInterface() && GatedMethods.isGated(type)) {
                interfaces.add(type);
            }
            interfaces.addAll(GatedMethods.interfaces(type));
            if (type.isAnnotationPresent(Version.class) || GatedMethods.inClass(type)) {
                classes.add(type);
            }
        }
        if (interfaces.isEmpty() && classes.isEmpty()) {
            return null;
        }
        return (context, code) -> {
            RuntimeHints hints = context.getRuntimeHints();
            interfaces.forEach(type -> hints.proxies().registerJdkProxy(type));
            interfaces.forEach(type -> look(type, hints));
            classes.forEach(type -> look(type, hints));
        };
    }

    /** What the endpoint answers, which is written as JSON by the methods of the records; an answer's type is not in its operation's. */
    static final class Answers implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
            new BindingReflectionHintsRegistrar()
                    .registerReflectionHints(
                            hints.reflection(),
                            EndpointWrites.Killed.class,
                            EndpointWrites.Revived.class,
                            ModelGateEndpoint.State.class,
                            ModelGateEndpoint.Detail.class);
        }
    }

    /** At its methods, and at those of whatever it extends. */
    private static void look(Class<?> type, RuntimeHints hints) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            all.add(each);
        }
        all.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
        all.forEach(each -> hints.reflection()
                .registerType(each, MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.INVOKE_PUBLIC_METHODS));
    }
}
