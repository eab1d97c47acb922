package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.rollout.RolloutPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

class AheadOfTimeTest {

    private static final String POLICY = """
            name: %s
            steps: {start: 1 %%, factor: 2, every: 30m, callers: 200}
            """;
    private static final String STABLE = "modelgate.gates.credit-risk.stable=v2";

    @Configuration(proxyBeanMethods = false)
    @Import({
        CreditModel.Forest.class,
        CreditModel.Boosted.class,
        GatedBeansTest.Summaries.class,
        ModelGateAutoConfiguration.class
    })
    static class Application {}

    private static ClassName generate(TestGenerationContext generation, String... more) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(STABLE).and(more).applyTo(context);
        context.register(Application.class);
        ClassName name = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();
        return name;
    }

    @Test
    void aNativeImageIsToldOfWhatGatesLookAt() {
        TestGenerationContext generation = new TestGenerationContext();
        generate(generation);
        RuntimeHints hints = generation.getRuntimeHints();
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(CreditModel.class))
                .accepts(hints);
        for (Class<?> type : new Class<?>[] {
            CreditModel.class, CreditModel.Forest.class, CreditModel.Boosted.class, GatedBeansTest.Summaries.class
        }) {
            assertThat(RuntimeHintsPredicates.reflection()
                            .onType(type)
                            .withMemberCategories(
                                    MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.INVOKE_PUBLIC_METHODS))
                    .as(type.getName())
                    .accepts(hints);
        }
        for (Class<?> type : new Class<?>[] {
            ModelGateProperties.class,
            ModelGateProperties.Log.class,
            ModelGateProperties.Redis.class,
            ModelGateProperties.Gate.class,
            ModelGateProperties.Breaker.class,
            ModelGateProperties.RateLimit.class,
            ModelGateProperties.Budget.class,
            ModelGateProperties.FleetLedger.class,
            ModelGateProperties.Runaway.class,
            ModelGateProperties.Rollout.class
        }) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as(type.getName())
                    .accepts(hints);
        }
    }

    @Test
    @CompileWithForkedClassLoader
    void anApplicationThatWasProcessedAheadOfTimeHasItsGates() {
        TestGenerationContext generation = new TestGenerationContext();
        ClassName name = generate(generation);
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                TestPropertyValues.of(STABLE).applyTo(context);
                @SuppressWarnings("unchecked")
                ApplicationContextInitializer<GenericApplicationContext> start =
                        compiled.getInstance(ApplicationContextInitializer.class, name.toString());
                start.initialize(context);
                context.refresh();
                assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted");
                context.getBean(Gates.class).kill(Scope.fleet(), Actor.of("alice"), "all of them");
                assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("fallback: no");
                assertThat(context.getBean(GatedBeansTest.Summaries.class).summarise("a long text", "user-1"))
                        .isEqualTo("a l");
            }
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void aPolicyFileIsReadWheneverItIsAskedForAheadOfTimeToo(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("policy.yaml"), POLICY.formatted("careful"));
        String property = "modelgate.rollouts.credit-risk.policy=" + file;
        TestGenerationContext generation = new TestGenerationContext();
        ClassName name = generate(generation, property);
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                TestPropertyValues.of(STABLE, property).applyTo(context);
                @SuppressWarnings("unchecked")
                ApplicationContextInitializer<GenericApplicationContext> start =
                        compiled.getInstance(ApplicationContextInitializer.class, name.toString());
                start.initialize(context);
                context.refresh();
                assertThat(context.getBean("credit-risk-policy", RolloutPolicy.class)
                                .name())
                        .isEqualTo("careful");
                write(file, POLICY.formatted("bold"));
                assertThat(context.getBean(RolloutPolicy.class).name()).isEqualTo("bold");
            }
        });
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
