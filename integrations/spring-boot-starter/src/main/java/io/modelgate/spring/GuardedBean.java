package io.modelgate.spring;

import io.modelgate.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartFactoryBean;

/** Makes the guarded object of an interface from the beans that are its versions. */
final class GuardedBean implements SmartFactoryBean<Object>, BeanFactoryAware {

    private final Class<?> type;
    private final List<String> versions;
    private final String preferred;
    private @Nullable BeanFactory beans;
    private @Nullable Object guarded;

    /**
     * Says what it makes.
     *
     * @param type the interface
     * @param versions the names of the beans
     * @param preferred the bean that is stable where no property says it; empty if nothing does
     */
    GuardedBean(Class<?> type, String[] versions, String preferred) {
        this.type = type;
        this.versions = List.of(versions);
        this.preferred = preferred;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = factory;
    }

    @Override
    public Class<?> getObjectType() {
        return type;
    }

    /** Gates are there from the start, whether anybody asks for them or not. */
    @Override
    public boolean isEagerInit() {
        return true;
    }

    /** The one object, kept here: what a smart factory makes, Spring 7 does not keep. */
    @Override
    public synchronized Object getObject() {
        if (guarded == null) {
            guarded = make();
        }
        return guarded;
    }

    private Object make() {
        BeanFactory factory = beans;
        if (factory == null) {
            throw new IllegalStateException("this factory has no bean factory");
        }
        Map<String, Object> byBean = new LinkedHashMap<>();
        if (!preferred.isEmpty()) {
            byBean.put(preferred, factory.getBean(preferred));
        }
        for (String name : versions) {
            byBean.putIfAbsent(name, factory.getBean(name));
        }
        Guarding guarding = factory.getBean(Guarding.class);
        requireVisible(byBean);
        requireStable(byBean, guarding);
        return guarding.guard(type, stable(byBean, factory), byBean.values().toArray());
    }

    /** What the properties of all gates say alike, for the methods without one; an id that no version has the gates themselves refuse. */
    private @Nullable String stable(Map<String, Object> byBean, BeanFactory factory) {
        Map<String, ModelGateProperties.Gate> settings =
                factory.getBean(ModelGateProperties.class).gates();
        Set<String> named = new HashSet<>();
        for (String gate : GatedMethods.gatesOf(type)) {
            ModelGateProperties.Gate its = settings.getOrDefault(gate, settings.get(PropertyNames.uniform(gate)));
            named.add(its == null || its.stable() == null ? "" : its.stable());
        }
        for (Object bean : byBean.values()) {
            if (named.equals(Set.of(id(bean)))) {
                return id(bean);
            }
        }
        return null;
    }

    /** Says of a bean that Spring wrapped why the gate cannot see which version it is. */
    private static void requireVisible(Map<String, Object> byBean) {
        for (Map.Entry<String, Object> each : byBean.entrySet()) {
            Object bean = each.getValue();
            if (AopUtils.isAopProxy(bean)) {
                throw new StartException(
                        "bean " + each.getKey()
                                + " is a version, and Spring has wrapped it for another annotation of it"
                                + " (@Transactional, @Cacheable, @Async …), so that its @Version is hidden: "
                                + AopUtils.getTargetClass(bean).getName(),
                        "Move what needs the other annotation to a bean that the version asks.");
            }
        }
    }

    private void requireStable(Map<String, Object> byBean, Guarding guarding) {
        if (!preferred.isEmpty()) {
            return;
        }
        List<String> open = new ArrayList<>();
        for (String gate : new TreeSet<>(GatedMethods.gatesOf(type))) {
            if (!guarding.settings().nameStable(gate)) {
                open.add(gate);
            }
        }
        if (open.isEmpty()) {
            return;
        }
        List<String> named = byBean.entrySet().stream()
                .map(each -> id(each.getValue()) + " (bean " + each.getKey() + ")")
                .toList();
        throw new StartException(
                "nothing says which version of " + type.getName()
                        + " is stable, the one that everyone gets; its versions" + " are " + String.join(", ", named),
                "Set "
                        + open.stream()
                                .map(gate -> PropertyNames.gate(gate) + "stable")
                                .collect(Collectors.joining(" and "))
                        + " to one of "
                        + byBean.values().stream().map(GuardedBean::id).toList()
                        + ", or annotate one bean @Primary, or all of them @Order, the stable one first.");
    }

    private static String id(Object bean) {
        Version version = bean.getClass().getDeclaredAnnotation(Version.class);
        return version == null ? bean.getClass().getSimpleName() : version.value();
    }

    @Override
    public String toString() {
        return "guarded " + type.getSimpleName() + versions;
    }
}
