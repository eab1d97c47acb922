package io.modelgate.spring;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Where a property is true as the records read it, so that {@code yes} and {@code on} are, and {@code no}, {@code off}, {@code 0} and nothing
 * are not. Spring Boot's own condition takes every text but {@code false} for a yes.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Conditional(ConditionalOnTrue.OnTrue.class)
@interface ConditionalOnTrue {

    /** The property. */
    String value();

    /** Reads it as the records do. */
    final class OnTrue implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Object property = value(metadata);
            return property != null
                    && Binder.get(context.getEnvironment())
                            .bind(property.toString(), Boolean.class)
                            .orElse(false);
        }

        private static @Nullable Object value(AnnotatedTypeMetadata metadata) {
            var attributes = metadata.getAnnotationAttributes(ConditionalOnTrue.class.getName());
            return attributes == null ? null : attributes.get("value");
        }
    }
}
