package io.modelgate.spring;

import java.beans.Introspector;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.List;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/** Finds {@code @Resource} of a gated interface that takes a version by its name: nothing else is asked, and a call of it would pass no gate. */
final class ResourceFields {

    private static final List<String> NAMES = List.of("jakarta.annotation.Resource", "javax.annotation.Resource");

    private ResourceFields() {}

    /**
     * Refuses a bean that is given one so.
     *
     * @throws StartException naming the field or method
     */
    static void check(Class<?> type, String bean, VersionBeans versions) {
        if (!versions.any()) {
            return;
        }
        for (Class<?> each = ClassUtils.getUserClass(type);
                GatedMethods.mayBeGated(each);
                each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                check(field, field, field.getType(), field.getName(), bean, versions);
            }
            for (Method method : each.getDeclaredMethods()) {
                if (method.getParameterCount() == 1 && method.getName().startsWith("set")) {
                    String property = Introspector.decapitalize(method.getName().substring("set".length()));
                    check(method, method, method.getParameterTypes()[0], property, bean, versions);
                }
            }
        }
    }

    private static void check(
            AnnotatedElement element,
            Member member,
            Class<?> type,
            String property,
            String bean,
            VersionBeans versions) {
        if (!type.isInterface()) {
            return;
        }
        for (String annotation : NAMES) {
            MergedAnnotation<?> resource = MergedAnnotations.from(element).get(annotation);
            if (!resource.isPresent()) {
                continue;
            }
            String named = resource.getString("name");
            String wanted = named.isEmpty() ? property : named;
            if (versions.isVersion(wanted, type)) {
                throw new StartException(
                        member.getDeclaringClass().getName() + "." + member.getName() + " (bean " + bean
                                + ") is annotated @Resource and is given the bean " + wanted + ", a version of "
                                + type.getName() + ", past its gate",
                        "Inject the interface with @Autowired or by the constructor: that is the gate.");
            }
        }
    }
}
