package io.modelgate.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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
            // What its users test with, which is there on Boot 4 too, is a module of its own.
            .withImportOption(location -> !location.contains("io/modelgate/spring/test/"))
            .importPackages("io.modelgate.spring");

    @Test
    void thereIsOnePackage() {
        classes().should().resideInAPackage("io.modelgate.spring").check(MAIN);
    }

    /** What a user does not call is package-private. */
    @Test
    void publicIsAPromise() {
        assertThat(MAIN.stream()
                        .filter(each ->
                                each.isTopLevelClass() && each.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder(
                        "CallerResolver", "GateCustomizer", "GatesCustomizer", "ModelGateAutoConfiguration");
    }

    /** So it runs where there is neither a web server nor Redis, Reactor or the actuator. */
    @Test
    void theAutoConfigurationNeedsNothingThatIsOptional() {
        noClasses()
                .that()
                .haveNameMatching(
                        ".*\\.(ModelGate(Console)?AutoConfiguration|ModelGateProperties|Gate(Settings|dBeans|dMethods|Hints)|"
                                + "Guard.*|Version.*|StableVersion|LogSelection|.*(Budget|Runaway|Limit)Settings|Polic.*|Self.*|StackEffects|StartChecks|"
                                + "PublishedEvents|ModelGateFailureAnalyzer|Origins|KnownKeys|Propert.*|IgnoredSettings|UnappliedChanges)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web..",
                        "org.springframework.boot.actuate..",
                        "org.springframework.boot.health..",
                        "jakarta..",
                        "reactor..",
                        "io.modelgate.redis..",
                        "io.modelgate.console..",
                        "io.lettuce..")
                .check(MAIN);
    }
}
