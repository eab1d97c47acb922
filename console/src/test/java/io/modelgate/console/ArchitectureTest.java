package io.modelgate.console;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What this module may contain and depend on. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.modelgate.console");

    private static final Set<String> CLOCKS =
            Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.time.Instant.now");

    @Test
    void thereIsOnePackage() {
        classes().should().resideInAPackage("io.modelgate.console").check(MAIN);
    }

    /** Redis comes in through the control log's provider, if at all, and Spring through the starter. */
    @Test
    void onlyTheModulesBelowAndTheirLibrariesAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "javax.net.ssl..",
                        "com.sun.net.httpserver..",
                        "io.modelgate",
                        "io.modelgate.control",
                        "io.modelgate.budget",
                        "io.modelgate.fallback",
                        "io.modelgate.rollout",
                        "io.modelgate.console",
                        "com.fasterxml.jackson..",
                        "org.snakeyaml.engine..",
                        "picocli..",
                        "org.slf4j..",
                        "io.micrometer..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void timeComesOnlyFromTheTicker() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.(Ticker|SystemTime)(\\$.*)?")
                .should()
                .accessTargetWhere(describe(
                        "reads a clock of the system",
                        access -> CLOCKS.contains(access.getTargetOwner().getName() + "." + access.getName())))
                .check(MAIN);
    }

    /** What a header holds may be a token: whoever reads headers says nothing to a log, so that none gets there. */
    @Test
    void noClassThatReadsHeadersOfARequestLogs() {
        noClasses()
                .that(describe(
                        "read headers of a request",
                        (JavaClass type) -> type.getAccessesFromSelf().stream()
                                .anyMatch(access ->
                                        access.getTargetOwner().getName().equals("com.sun.net.httpserver.Headers"))))
                .should(log())
                .check(MAIN);
    }

    private static ArchCondition<JavaClass> log() {
        return new ArchCondition<>("log") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean logs = type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency ->
                                dependency.getTargetClass().getPackageName().startsWith("org.slf4j"));
                events.add(new SimpleConditionEvent(type, logs, type.getName() + " logs"));
            }
        };
    }
}
