package io.modelgate.spring.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What this module may contain and depend on. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            // The same tests in a jar, as they run on Boot 4.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.modelgate.spring.test");

    /** What a user does not call is package-private. */
    @Test
    void publicIsAPromise() {
        assertThat(MAIN.stream()
                        .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder("GatesUnderTest", "ModelGateTest");
    }

    /** So it runs with every framework for tests that Spring knows. */
    @Test
    void itNeedsNoFrameworkForTestsButSprings() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.modelgate..", "org.springframework..", "org.jspecify..")
                .check(MAIN);
    }
}
