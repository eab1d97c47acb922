package io.modelgate.simulator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What this module may contain and depend on. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.modelgate.simulator");

    private static final Set<String> CLOCKS =
            Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.time.Instant.now");

    @Test
    void thereIsOnePackageAndItsOnePublicTypeIsTheCommand() {
        classes().should().resideInAPackage("io.modelgate.simulator").check(MAIN);
        assertThat(MAIN.stream()
                        .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC) && each.isTopLevelClass()))
                .extracting(each -> each.getSimpleName())
                .containsExactly("Simulate");
    }

    @Test
    void onlyCoreRolloutAndManualTimeAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.modelgate",
                        "io.modelgate.control",
                        "io.modelgate.rollout",
                        "io.modelgate.testkit",
                        "io.modelgate.simulator",
                        "org.apache.commons.csv..",
                        "org.apache.commons.rng..",
                        "org.snakeyaml.engine..",
                        "org.jetbrains.letsPlot..",
                        "me.tongfei.progressbar..",
                        "picocli..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void timeIsManual() {
        noClasses()
                .should()
                .accessTargetWhere(describe(
                        "reads a clock of the system",
                        access -> CLOCKS.contains(access.getTargetOwner().getName() + "." + access.getName())))
                .check(MAIN);
    }

    @Test
    void noOtherModuleDependsOnThisOne() throws Exception {
        try (var poms = Files.find(
                Path.of(".."),
                3,
                (path, about) -> path.endsWith("pom.xml") && !path.startsWith(Path.of("..", "simulator")))) {
            List<Path> all = poms.toList();
            assertThat(all).hasSizeGreaterThan(5);
            for (Path pom : all) {
                assertThat(Files.readString(pom)).as("%s", pom).doesNotContain("modelgate-simulator");
            }
        }
    }
}
