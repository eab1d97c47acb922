package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.Version;
import io.modelgate.spring.CreditModel.Boosted;
import io.modelgate.spring.CreditModel.Forest;
import jakarta.annotation.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;

class VersionBeansTest {

    private static final String STABLE = "modelgate.gates.credit-risk.stable=v1";

    @Configuration(proxyBeanMethods = false)
    @Import({Forest.class, Boosted.class})
    static class Both {}

    record Injected(CreditModel one, List<CreditModel> all, Map<String, CreditModel> named, Forest own) {}

    @Configuration(proxyBeanMethods = false)
    static class Asking {
        @Bean
        Injected injected(
                CreditModel forest, // the name of a version's bean chooses no version
                List<CreditModel> all,
                Map<String, CreditModel> named,
                Forest own) {
            return new Injected(forest, all, named, own);
        }
    }

    @Test
    void whatIsInjectedForTheInterfaceIsTheGateAndForAClassItsVersion() {
        Applications.with(Both.class, Asking.class).withPropertyValues(STABLE).run(context -> {
            Injected injected = context.getBean(Injected.class);
            assertThat(injected.one()).isNotInstanceOf(Forest.class).isNotInstanceOf(Boosted.class);
            assertThat(injected.all()).containsExactly(injected.one());
            assertThat(injected.named().values()).containsExactly(injected.one());
            assertThat(injected.own()).isExactlyInstanceOf(Forest.class);
            assertThat(context.getBean(CreditModel.class)).isSameAs(injected.one());
            assertThat(injected.one().decide(0.5, "user-1")).isEqualTo("forest");
        });
    }

    @Test
    void aKillOfTheGateGivesTheFallbackOfTheInterface() {
        Applications.with(Both.class).withPropertyValues(STABLE).run(context -> {
            context.getBean(Gates.class).kill(Scope.gate("credit-risk"), Actor.of("alice"), "approvals fell");
            assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1")).isEqualTo("fallback: no");
        });
    }

    @Test
    void aPropertySaysWhichVersionIsStable() {
        Applications.with(Both.class)
                .withPropertyValues("modelgate.gates.credit-risk.stable=v2")
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryBoosted {
        @Bean
        Forest forest() {
            return new Forest();
        }

        @Bean
        @Primary
        Boosted boosted() {
            return new Boosted();
        }
    }

    @Test
    void aPrimaryVersionIsStable() {
        Applications.with(PrimaryBoosted.class)
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }

    @Test
    void aPropertyIsStrongerThanAnnotations() {
        Applications.with(PrimaryBoosted.class)
                .withPropertyValues(STABLE)
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("forest"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Ordered {
        @Bean
        @Order(2)
        Forest forest() {
            return new Forest();
        }

        @Bean
        @Order(1)
        Boosted boosted() {
            return new Boosted();
        }
    }

    @Test
    void theFirstInOrderIsStable() {
        Applications.with(Ordered.class)
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }

    @Test
    void theOnlyVersionIsStable() {
        Applications.with(Forest.class)
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("forest"));
    }

    @Test
    void whereNothingSaysWhichVersionIsStableTheStartFailsAndListsThem() {
        assertThat(Applications.failure(Applications.with(Both.class)))
                .contains("v1 (bean ", "v2 (bean ", "stable")
                .contains("modelgate.gates.credit-risk.stable to one of [v1, v2]", "@Primary", "@Order");
    }

    @Test
    void anUnknownStableVersionFailsTheStartAndNamesTheProperty() {
        assertThat(Applications.failure(
                        Applications.with(Both.class).withPropertyValues("modelgate.gates.credit-risk.stable=v9")))
                .contains("it has no such version; it has [v1, v2]")
                .contains("modelgate.gates.credit-risk.stable = v9");
    }

    @Configuration(proxyBeanMethods = false)
    static class Qualified {
        @Bean
        Object asks(@Qualifier("forest") CreditModel model) {
            return model;
        }

        @Bean
        Forest forest() {
            return new Forest();
        }
    }

    @Test
    void aQualifierDoesNotGetPastTheGate() {
        Applications.with(Qualified.class)
                .run(context -> assertThat(context).hasFailed().getFailure().hasMessageContaining("CreditModel"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnObject {
        @Bean
        @Primary
        CreditModel credit(Gates gates, Boosted stable, Forest candidate) {
            return gates.guard(CreditModel.class, stable, candidate);
        }
    }

    @Test
    void aPrimaryBeanOfTheApplicationTakesThePlaceOfTheGuardedObject() {
        Applications.with(Both.class, OwnObject.class).run(context -> {
            assertThat(Applications.beansOf(context, CreditModel.class)).hasSize(3);
            assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1")).isEqualTo("boosted");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnObjectAlone {
        @Bean
        CreditModel credit(Gates gates) {
            return gates.guard(CreditModel.class, new Boosted());
        }
    }

    @Test
    void anObjectThatTheApplicationGuardsItselfIsLeftAlone() {
        Applications.with(OwnObjectAlone.class).run(context -> {
            assertThat(Applications.beansOf(context, CreditModel.class)).containsExactly("credit");
            assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1")).isEqualTo("boosted");
        });
    }

    static class Forgotten implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "past the gate";
        }
    }

    @Test
    void aBeanThatWouldPassItsInterfacesGateFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Forgotten.class)))
                .contains("Forgotten", "is no version of it", "[credit-risk]", "annotate the class @Version");
    }

    static class Decorator implements CreditModel {
        private final CreditModel rest;

        Decorator(ObjectProvider<CreditModel> rest) {
            this.rest = rest.getObject();
        }

        @Override
        public String decide(double debtRatio, String user) {
            return "decorated " + rest.decide(debtRatio, user);
        }
    }

    @Test
    void whatStandsInFrontOfTheGateIsNoVersion() {
        Applications.with(Forest.class, Decorator.class)
                .run(context -> assertThat(context.getBean(Decorator.class).decide(0.5, "user-1"))
                        .isEqualTo("decorated forest"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Hidden {
        @Bean
        CreditModel boosted() {
            return new Boosted();
        }
    }

    @Test
    void aMethodThatHidesThatItMakesAVersionFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Forest.class, Hidden.class)))
                .contains("bean boosted is version v2 of", "CreditModel", "Let the method return Boosted");
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {
        @Bean
        @org.springframework.context.annotation.Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
        Forest forest() {
            return new Forest();
        }
    }

    @Test
    void aVersionIsASingleton() {
        assertThat(Applications.failure(Applications.with(Prototype.class)))
                .contains("is version v1 and has the scope prototype", "make it a singleton");
    }

    @Version("v1")
    static class OfNothing {}

    @Test
    void aVersionOfNothingFailsTheStart() {
        assertThat(Applications.failure(Applications.with(OfNothing.class))).contains("is @Version(\"v1\") of nothing");
    }

    interface Empty {
        @io.modelgate.Gated(value = "empty", fallback = "missing")
        Optional<String> ask(@io.modelgate.CallerKey double wrong);
    }

    @Version("v1")
    static class Wrong implements Empty {
        @Override
        public Optional<String> ask(double wrong) {
            return Optional.empty();
        }
    }

    @Test
    void mistakesOfAnInterfaceAreShownWhole() {
        assertThat(Applications.failure(Applications.with(Wrong.class)))
                .contains("cannot be guarded, 2 mistakes:", "1. ", "2. ", "missing", "@CallerKey");
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryDecorator {
        @Bean
        @Primary
        Decorated decorated(Forest forest) {
            return new Decorated(forest);
        }
    }

    record Decorated(CreditModel rest) implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "decorated " + rest.decide(debtRatio, user);
        }
    }

    @Test
    void aPrimaryBeanThatNoGateStandsBehindFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Forest.class, PrimaryDecorator.class)))
                .contains("bean decorated is the primary", "nothing made its gates [credit-risk]", "Remove @Primary");
    }

    static class AskingByName {
        @Resource
        CreditModel forest;
    }

    static class AskingBySetter {
        private final List<CreditModel> given = new ArrayList<>();

        @Resource(name = "forest")
        void setModel(CreditModel model) {
            given.add(model);
        }
    }

    static class AskingByType {
        @Resource
        CreditModel credit;
    }

    @Test
    void aVersionThatAResourceNamesFailsTheStart() {
        for (Class<?> asking : List.of(AskingByName.class, AskingBySetter.class)) {
            assertThat(Applications.failure(Applications.with(PrimaryBoosted.class, asking)))
                    .contains("is annotated @Resource and is given the bean forest", "@Autowired");
        }
        Applications.with(PrimaryBoosted.class, AskingByType.class)
                .run(context -> assertThat(
                                context.getBean(AskingByType.class).credit.decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }

    @Test
    void aBeanBesideVersionsThatIsNoneFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Forest.class, Forgotten.class)))
                .contains("Forgotten", "is no version of it");
    }

    interface Named {
        @Gated(value = "named")
        String ask();

        String name();
    }

    @Version("v1")
    record First(String name) implements Named {
        First() {
            this("first");
        }

        @Override
        public String ask() {
            return name;
        }
    }

    @Version("v2")
    record Second(String name) implements Named {
        Second() {
            this("second");
        }

        @Override
        public String ask() {
            return name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NamedVersions {
        @Bean
        First first() {
            return new First();
        }

        @Bean
        Second second() {
            return new Second();
        }
    }

    @Test
    void methodsWithoutAGateGoToTheStableVersionThatAPropertyNames() {
        Applications.with(NamedVersions.class)
                .withPropertyValues("modelgate.gates.named.stable=v2")
                .run(context -> assertThat(context.getBean(Named.class).name()).isEqualTo("second"));
    }
}
