package io.modelgate.spring;

import io.modelgate.Version;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/**
 * Makes the beans that are annotated {@link Version} and implement an interface with gated methods the versions of its gates, and adds the
 * guarded object as the primary bean of that interface. What is injected for the interface is then the guarded object alone: the versions stay
 * beans, for whoever asks for their own class.
 *
 * <p>Runs before beans are made and leaves alone an interface of which the application has a primary bean of its own. In an application that was
 * processed ahead of time it finds its work done, but for what is to be injected.
 */
final class VersionBeans implements BeanFactoryPostProcessor, Ordered {

    /** A bean that is a version. */
    record Candidate(
            String bean,
            Class<?> type,
            String id,
            boolean primary,
            @Nullable Integer order) {
        @Override
        public String toString() {
            return id + " (bean " + bean + ")";
        }
    }

    /** What the names of the starter's configurations begin with. */
    private static final String STARTERS = VersionBeans.class.getPackageName() + ".ModelGate";

    private final Set<String> ofNoInterest = new HashSet<>();
    private final Set<String> known = new HashSet<>();
    private final Map<String, Set<Class<?>>> versions = new HashMap<>();
    private final Map<Class<?>, String> leftAlone = new LinkedHashMap<>();

    @Override
    public int getOrder() {
        return 0; // before those that replace beans in tests, which see the guarded one then
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        if (!(factory instanceof DefaultListableBeanFactory beans)) {
            return;
        }
        Map<Class<?>, List<Candidate>> byInterface = new LinkedHashMap<>();
        Map<Class<?>, List<String>> others = new LinkedHashMap<>();
        List<String> mistakes = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            if (isOfNoInterest(beans.getBeanDefinition(name))) {
                ofNoInterest.add(name);
                continue;
            }
            Class<?> type = typeOf(beans, name);
            if (type == null || type == GuardedBean.class) {
                continue;
            }
            checkGated(beans, name, type, mistakes);
            if (ScopedProxyUtils.isScopedTarget(name)) {
                continue;
            }
            if (type.getDeclaredAnnotation(Version.class) != null) {
                known.add(name);
                add(beans, name, type, byInterface, mistakes);
            } else if (!isGuarded(beans, name)) {
                for (Class<?> gated : gatedOf(type)) {
                    add(others, gated, name);
                }
            }
        }
        for (Map.Entry<Class<?>, List<String>> other : others.entrySet()) {
            checkOthers(beans, other.getKey(), other.getValue(), byInterface, mistakes);
        }
        if (!mistakes.isEmpty()) {
            throw new StartException(
                    String.join("\n", mistakes),
                    "Correct the annotations: docs/spring.md says how beans become versions of a gate.");
        }
        for (Map.Entry<Class<?>, List<Candidate>> gated : byInterface.entrySet()) {
            register(beans, gated.getKey(), gated.getValue());
            for (Candidate version : gated.getValue()) {
                versions.computeIfAbsent(version.bean(), any -> new HashSet<>()).add(gated.getKey());
            }
        }
        if (!byInterface.isEmpty()) {
            VersionCandidates.hide(beans, versions);
        }
    }

    /** Whether one of Spring's configurations or of the starter's makes this bean, so that no gate is in it and no version. */
    boolean ofNoInterest(String bean) {
        return ofNoInterest.contains(bean);
    }

    /** Whether this is a version that was seen as one before it was made. */
    boolean known(String bean) {
        return known.contains(bean);
    }

    /** Whether there are versions at all. */
    boolean any() {
        return !versions.isEmpty();
    }

    /** Whether a bean is a version of an interface, or of one that extends it. */
    boolean isVersion(String bean, Class<?> wanted) {
        for (Class<?> gated : versions.getOrDefault(bean, Set.of())) {
            if (wanted.isAssignableFrom(gated)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Refuses a primary bean that took the place of the guarded object and does not stand before its gates.
     *
     * @throws StartException naming the gates that nobody made
     */
    void requireGates(Collection<String> made) {
        leftAlone.forEach((gated, primary) -> {
            Set<String> missing = new TreeSet<>(GatedMethods.gatesOf(gated));
            missing.removeAll(made);
            if (!missing.isEmpty()) {
                throw new StartException(
                        "bean " + primary + " is the primary " + gated.getName()
                                + ", so that no guarded object is made of its versions, and nothing made its gates "
                                + missing,
                        "Remove @Primary from it and inject it by its class, or let it be made with gates.guard("
                                + gated.getSimpleName() + ".class, …).");
            }
        });
    }

    /**
     * Whether one of Spring's configurations makes this bean, or Boot's it is, or this starter's: no gate and no version is among them, and to find
     * out the type of each costs more than all the rest. A factory of Spring's that the application declares may well make one.
     */
    private static boolean isOfNoInterest(BeanDefinition definition) {
        if (!(definition instanceof AnnotatedBeanDefinition annotated)) {
            return false;
        }
        MethodMetadata method = annotated.getFactoryMethodMetadata();
        String type = method == null ? annotated.getMetadata().getClassName() : method.getDeclaringClassName();
        return type.startsWith(STARTERS)
                || (method == null ? type.startsWith("org.springframework.boot.") : GatedMethods.isSprings(type));
    }

    /** Whatever scope a bean with gated methods has, and when it is made: its gates are made once, at the start. */
    private static void checkGated(
            DefaultListableBeanFactory beans, String name, Class<?> type, List<String> mistakes) {
        if (!GatedMethods.inClass(type)) {
            return;
        }
        BeanDefinition definition = beans.getBeanDefinition(name);
        if (definition.isSingleton()) {
            definition.setLazyInit(false);
        } else {
            mistakes.add(type.getName() + " (bean " + name
                    + ") has @Gated methods and is no singleton, its scope is " + definition.getScope()
                    + ": its gates would be made once for each object; make it a singleton, or move the gated methods"
                    + " to one");
        }
    }

    private static List<Class<?>> gatedOf(Class<?> type) {
        if (!type.isInterface()) {
            return GatedMethods.interfaces(type);
        }
        return GatedMethods.isGated(type) ? List.of(type) : List.of();
    }

    private static boolean isGuarded(DefaultListableBeanFactory beans, String name) {
        return GuardedBean.class.getName().equals(beans.getBeanDefinition(name).getBeanClassName());
    }

    private static @Nullable Class<?> typeOf(DefaultListableBeanFactory beans, String name) {
        if (beans.getBeanDefinition(name).isAbstract()) {
            return null;
        }
        Class<?> type = beans.getType(name, false);
        return type == null ? null : ClassUtils.getUserClass(type);
    }

    private static void add(
            DefaultListableBeanFactory beans,
            String name,
            Class<?> type,
            Map<Class<?>, List<Candidate>> byInterface,
            List<String> mistakes) {
        Version version = type.getDeclaredAnnotation(Version.class);
        BeanDefinition definition = beans.getBeanDefinition(name);
        List<Class<?>> interfaces = GatedMethods.interfaces(type);
        if (interfaces.isEmpty()) {
            if (!GatedMethods.inClass(type)) {
                mistakes.add(type.getName() + " (bean " + name + ") is @Version(\"" + version.value()
                        + "\") of nothing: neither it nor an interface of it has a @Gated method");
            }
            return;
        }
        if (!definition.isSingleton()) {
            mistakes.add(type.getName() + " (bean " + name + ") is version " + version.value() + " and has the scope "
                    + definition.getScope() + ": a version is one object; make it a singleton");
            return;
        }
        Order order = beans.findAnnotationOnBean(name, Order.class, false);
        Candidate candidate = new Candidate(
                name, type, version.value(), definition.isPrimary(), order == null ? null : order.value());
        for (Class<?> each : interfaces) {
            add(byInterface, each, candidate);
        }
    }

    private static <T> void add(Map<Class<?>, List<T>> lists, Class<?> type, T element) {
        lists.computeIfAbsent(type, any -> new ArrayList<>()).add(element);
    }

    private void checkOthers(
            DefaultListableBeanFactory beans,
            Class<?> gated,
            List<String> names,
            Map<Class<?>, List<Candidate>> byInterface,
            List<String> mistakes) {
        Optional<String> primary = names.stream()
                .filter(name -> beans.getBeanDefinition(name).isPrimary())
                .findFirst();
        if (primary.isPresent()) {
            if (byInterface.remove(gated) != null) {
                leftAlone.put(gated, primary.get()); // the application makes the guarded object itself
            }
            return;
        }
        Map<String, Class<?>> classes = new LinkedHashMap<>();
        for (String name : names) {
            Class<?> type = typeOf(beans, name);
            if (type != null && !type.isInterface()) {
                classes.put(name, type);
            }
        }
        if (byInterface.containsKey(gated)) {
            classes.values().removeIf(type -> takes(type, gated)); // what stands in front of the gate
        } else if (classes.size() < names.size()) {
            return; // what stands in front of what the application makes itself
        }
        classes.forEach(
                (name, type) -> mistakes.add(type.getName() + " (bean " + name + ") implements " + gated.getName()
                        + ", whose gates are " + new TreeSet<>(GatedMethods.gatesOf(gated))
                        + ", and is no version of it, so that its calls would pass no gate: annotate the class @Version,"
                        + " or, if no gate is wanted, declare the bean by a method that returns "
                        + gated.getSimpleName()));
    }

    /** Whether a constructor takes the interface, or something of it, such as a provider. */
    private static boolean takes(Class<?> type, Class<?> gated) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            for (int i = 0; i < constructor.getParameterCount(); i++) {
                ResolvableType parameter = ResolvableType.forConstructorParameter(constructor, i);
                if (isOf(parameter, gated)
                        || Arrays.stream(parameter.getGenerics()).anyMatch(each -> isOf(each, gated))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOf(ResolvableType type, Class<?> gated) {
        Class<?> resolved = type.resolve(Object.class);
        return resolved.isInterface() && gated.isAssignableFrom(resolved);
    }

    private static void register(DefaultListableBeanFactory beans, Class<?> gated, List<Candidate> versions) {
        String name = gated.getName() + ".guarded";
        String preferred = StableVersion.preferred(versions);
        // Where two were primary, nothing could be injected.
        List<String> names = new ArrayList<>();
        for (Candidate version : versions) {
            names.add(version.bean());
            beans.getBeanDefinition(version.bean()).setPrimary(false);
        }
        if (beans.containsBeanDefinition(name)) {
            return; // made ahead of time
        }
        RootBeanDefinition guarded = new RootBeanDefinition(GuardedBean.class);
        guarded.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, gated);
        // By name: the code that is generated ahead of time may not see a class of another package.
        guarded.getConstructorArgumentValues().addIndexedArgumentValue(0, gated.getName());
        guarded.getConstructorArgumentValues().addIndexedArgumentValue(1, String.join(",", names));
        guarded.getConstructorArgumentValues().addIndexedArgumentValue(2, preferred);
        guarded.setPrimary(true);
        guarded.setLazyInit(false);
        beans.registerBeanDefinition(name, guarded);
    }
}
