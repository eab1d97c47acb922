package io.modelgate;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What this module may contain and depend on. Packages named internal, impl, util and the like have no place among its
 * three.
 */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.modelgate");

    private static final Set<String> CLOCKS =
            Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.time.Instant.now");

    @Test
    void thereAreAtMostThreePackages() {
        classes()
                .should()
                .resideInAnyPackage("io.modelgate", "io.modelgate.control", "io.modelgate.budget")
                .check(MAIN);
    }

    @Test
    void onlyTheLibrariesOfTheDesignAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "io.modelgate",
                        "io.modelgate.control",
                        "io.modelgate.budget",
                        "io.github.resilience4j..",
                        "com.github.benmanes.caffeine..",
                        "org.slf4j..",
                        "io.micrometer..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void theControlLogKnowsNoGate() {
        noClasses()
                .that()
                .resideInAPackage("io.modelgate.control")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.modelgate")
                .check(MAIN);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.(**)").should().beFreeOfCycles().check(MAIN);
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
