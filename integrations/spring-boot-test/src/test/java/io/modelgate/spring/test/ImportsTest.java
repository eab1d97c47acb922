package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.spring.ModelGateAutoConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestContextManager;

/** The auto-configuration that the annotation brings is the application's own: nothing less in a slice, nothing twice beside it. */
class ImportsTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static List<String> listed(Class<?> annotation) {
        return ImportCandidates.load(annotation, annotation.getClassLoader()).getCandidates();
    }

    private static ApplicationContext started(Class<?> test) {
        return new TestContextManager(test).getTestContext().getApplicationContext();
    }

    @Test
    void aSliceHasAllThatTheStarterHas() {
        assertThat(listed(ModelGateTest.class))
                .isEqualTo(listed(AutoConfiguration.class).stream()
                        .filter(each -> each.startsWith("io.modelgate."))
                        .toList());
    }

    @Test
    void besideTheApplicationsOwnNothingIsThereTwice() {
        ApplicationContext application = started(Whole.class);

        assertThat(application.getBeanNamesForType(Gates.class)).hasSize(1);
        assertThat(application.getBeanNamesForType(ModelGateAutoConfiguration.class))
                .hasSize(1);
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @ModelGateTest
    static class Whole {}

    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "modelgate.observations.enabled=true")
    @ModelGateTest
    static class Observed {}

    /** Observations are asked for where somebody has a registry, and Boot's own auto-configuration has it. */
    @Test
    void besideTheApplicationsOwnTheOrderIsAsItIsWithout() {
        assertThat(started(Observed.class).containsBean("modelGateObservations"))
                .isTrue();
    }

    @SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
    @ModelGateTest
    static class Another {}

    @Test
    void testsThatSayTheSameShareAnApplication() {
        assertThat(started(Whole.class)).isSameAs(started(Another.class));
    }
}
