package io.modelgate.redis;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What this module may contain and depend on. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.modelgate.redis");

    private static final Set<String> CLOCKS =
            Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.time.Instant.now");

    @Test
    void thereIsOnePackage() {
        classes().should().resideInAPackage("io.modelgate.redis").check(MAIN);
    }

    /** So it sees neither fallback nor rollout. */
    @Test
    void onlyCoreAndItsLibrariesAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl..",
                        "io.modelgate",
                        "io.modelgate.control",
                        "io.modelgate.budget",
                        "io.modelgate.redis",
                        "io.lettuce..",
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
}
