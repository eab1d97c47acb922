package io.modelgate.spring;

import io.modelgate.Gated;
import io.modelgate.Guarded;
import io.modelgate.Version;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ClassUtils;

/**
 * Puts the gates of a bean's own {@link Gated} methods in front of it: what others are given is a proxy, whose gates stand outside of everything
 * else that Spring does for the bean, so that a killed model opens no transaction. Not ordered, and so after those that are.
 */
final class GatedBeans implements SmartInstantiationAwareBeanPostProcessor, BeanClassLoaderAware, BeanFactoryAware {

    private final ObjectProvider<Guarding> guarding;
    private final VersionBeans versions;
    private final Map<Class<?>, Boolean> gated = new ConcurrentHashMap<>();
    private final Set<String> processed = ConcurrentHashMap.newKeySet();
    private @Nullable ClassLoader loader;
    private @Nullable ConfigurableListableBeanFactory beans;

    GatedBeans(ObjectProvider<Guarding> guarding, VersionBeans versions) {
        this.guarding = guarding;
        this.versions = versions;
    }

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        loader = classLoader;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = factory instanceof ConfigurableListableBeanFactory listable ? listable : null;
    }

    /** Ahead of time the proxy's class is made, and what can be checked without an object is. */
    @Override
    public Class<?> determineBeanType(Class<?> type, String name) {
        Class<?> user = ClassUtils.getUserClass(type);
        if (!isGated(user)) {
            return type;
        }
        check(user, name);
        ProxyFactory proxies = proxies(Set.of(), invocation -> invocation.proceed());
        proxies.setTargetClass(type);
        return proxies.getProxyClass(loader);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        processed.add(name);
        if (versions.ofNoInterest(name)) {
            return bean;
        }
        Class<?> user = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        ResourceFields.check(bean.getClass(), name, versions);
        requireSeen(bean, user, name);
        if (!isGated(user)) {
            return bean;
        }
        check(user, name);
        if (!user.isInstance(bean)) {
            throw new StartException(
                    user.getName() + " (bean " + name
                            + ") has @Gated methods, and Spring has wrapped it in a proxy of its"
                            + " interfaces, which has none of them",
                    "Remove spring.aop.proxy-target-class=false, or annotate an interface's methods instead.");
        }
        Guarded guarded = guarding.getObject().guarded(user, bean);
        Map<Method, Method> known = new ConcurrentHashMap<>();
        MethodInterceptor gates = invocation -> guarded.call(
                known.computeIfAbsent(invocation.getMethod(), method -> AopUtils.getMostSpecificMethod(method, user)),
                invocation.getArguments());
        ProxyFactory proxies = proxies(guarded.methods(), gates);
        proxies.setTarget(bean);
        return proxies.getProxy(loader);
    }

    /**
     * Refuses beans that were made before this was there to put gates before them.
     *
     * @throws StartException naming the first
     */
    void requireAllProcessed() {
        ConfigurableListableBeanFactory all = beans;
        if (all == null) {
            return;
        }
        for (String name : all.getSingletonNames()) {
            Object bean = processed.contains(name) || isReplaced(all, name) ? null : all.getSingleton(name);
            if (bean == null) {
                continue;
            }
            Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
            if (isGated(type)) {
                throw new StartException(
                        type.getName() + " (bean " + name
                                + ") has @Gated methods and was made before gates could be put before it",
                        "Have no BeanPostProcessor or BeanFactoryPostProcessor, and nothing that one needs, depend on"
                                + " it, or inject it there as ObjectProvider; what is registered as a finished object,"
                                + " declare as a bean.");
            }
        }
    }

    /** Whether a test put an object of its own, such as a mock, in this bean's place: it asks no model. */
    private static boolean isReplaced(ConfigurableListableBeanFactory all, String name) {
        return all.containsSingleton("org.springframework.test.context.bean.override.internalBeanOverrideRegistry")
                && all.containsBeanDefinition(name)
                && all.getBeanDefinition(name) instanceof RootBeanDefinition definition
                && definition.getInstanceSupplier() == null
                && definition.getFactoryMethodName() == null;
    }

    private boolean isGated(Class<?> type) {
        return gated.computeIfAbsent(type, GatedMethods::inClass);
    }

    private static ProxyFactory proxies(Set<Method> methods, MethodInterceptor gates) {
        ProxyFactory proxies = new ProxyFactory();
        proxies.setProxyTargetClass(true);
        proxies.addAdvisor(new DefaultPointcutAdvisor(
                new StaticMethodMatcherPointcut() {
                    @Override
                    public boolean matches(Method method, Class<?> target) {
                        return methods.contains(
                                AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(target)));
                    }
                },
                gates));
        return proxies;
    }

    /** A version whose class nobody could see when the versions were looked for. */
    private void requireSeen(Object bean, Class<?> type, String name) {
        if (!type.isAnnotationPresent(Version.class)
                || versions.known(name)
                || beans == null
                || !beans.containsBeanDefinition(name)) {
            return;
        }
        List<Class<?>> interfaces = GatedMethods.interfaces(type);
        if (!interfaces.isEmpty()) {
            throw new StartException(
                    "bean " + name + " is version "
                            + type.getAnnotation(Version.class).value() + " of "
                            + interfaces.get(0).getName() + ", and the method that makes it does not say so",
                    "Let the method return " + ClassUtils.getUserClass(bean).getSimpleName() + ".");
        }
    }

    /** What a proxy of a class needs, and what it cannot see. */
    private void check(Class<?> type, String name) {
        String bean = type.getName() + " (bean " + name + ")";
        if (beans != null && beans.containsBeanDefinition(name) && !beans.isSingleton(name)) {
            throw new StartException(
                    bean
                            + " has @Gated methods and is no singleton, so that its gates would be made once for each object",
                    "Make it a singleton, or move the gated methods to one.");
        }
        if (Modifier.isFinal(type.getModifiers())) {
            throw new StartException(
                    bean + " has @Gated methods and is final, so that Spring can make no proxy of it",
                    "Remove final, or move the gated methods to an interface that it implements.");
        }
        for (Method method : GatedMethods.inClasses(type)) {
            String wrong = Modifier.isPrivate(method.getModifiers())
                    ? "private"
                    : Modifier.isStatic(method.getModifiers())
                            ? "static"
                            : Modifier.isFinal(method.getModifiers()) ? "final" : "";
            if (!wrong.isEmpty()) {
                throw new StartException(
                        bean + ": " + method.getName() + " is @Gated(\""
                                + method.getAnnotation(Gated.class).value() + "\") and " + wrong
                                + ", so that no proxy can stand before it",
                        "Remove " + wrong + ".");
            }
        }
        GuardBypasses.check(type, bean);
        SelfInvocation.check(type);
    }
}
