package io.modelgate.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Says that the application of a test annotated {@link ModelGateTest} is one of its own. */
final class ManualGatesFactory implements ContextCustomizerFactory {

    ManualGatesFactory() {}

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> test, List<ContextConfigurationAttributes> attributes) {
        return TestContextAnnotationUtils.hasAnnotation(test, ModelGateTest.class) ? new ManualGates() : null;
    }
}
