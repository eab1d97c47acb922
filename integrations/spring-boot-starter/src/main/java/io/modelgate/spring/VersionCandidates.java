package io.modelgate.spring;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Keeps versions from being injected for the interface whose versions they are, alone, in a list or by a qualifier: a call of one would pass no
 * gate. Who asks for a version's own class gets it. Everything else is as it was.
 */
final class VersionCandidates implements AutowireCandidateResolver {

    private final AutowireCandidateResolver rest;
    private final Map<String, Set<Class<?>>> hidden;

    private VersionCandidates(AutowireCandidateResolver rest, Map<String, Set<Class<?>>> hidden) {
        this.rest = rest;
        this.hidden = hidden;
    }

    /**
     * From now on.
     *
     * @param versions the interfaces whose versions they are, by bean
     */
    static void hide(DefaultListableBeanFactory beans, Map<String, Set<Class<?>>> versions) {
        beans.setAutowireCandidateResolver(
                new VersionCandidates(beans.getAutowireCandidateResolver(), Map.copyOf(versions)));
    }

    @Override
    public boolean isAutowireCandidate(BeanDefinitionHolder bean, DependencyDescriptor wanted) {
        return rest.isAutowireCandidate(bean, wanted) && !isHidden(bean.getBeanName(), wanted.getDependencyType());
    }

    /** As the interface, or as one that it extends. */
    private boolean isHidden(String bean, Class<?> wanted) {
        if (wanted.isInterface()) {
            for (Class<?> gated : hidden.getOrDefault(bean, Set.of())) {
                if (wanted.isAssignableFrom(gated)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public boolean isRequired(DependencyDescriptor wanted) {
        return rest.isRequired(wanted);
    }

    @Override
    public boolean hasQualifier(DependencyDescriptor wanted) {
        return rest.hasQualifier(wanted);
    }

    @Override
    public @Nullable String getSuggestedName(DependencyDescriptor wanted) {
        return rest.getSuggestedName(wanted);
    }

    @Override
    public @Nullable Object getSuggestedValue(DependencyDescriptor wanted) {
        return rest.getSuggestedValue(wanted);
    }

    @Override
    public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor wanted, @Nullable String bean) {
        return rest.getLazyResolutionProxyIfNecessary(wanted, bean);
    }

    @Override
    public @Nullable Class<?> getLazyResolutionProxyClass(DependencyDescriptor wanted, @Nullable String bean) {
        return rest.getLazyResolutionProxyClass(wanted, bean);
    }

    @Override
    public AutowireCandidateResolver cloneIfNecessary() {
        return new VersionCandidates(rest.cloneIfNecessary(), hidden);
    }
}
