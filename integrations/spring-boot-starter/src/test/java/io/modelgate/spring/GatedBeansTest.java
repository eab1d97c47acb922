package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Scope;
import jakarta.annotation.PostConstruct;
import java.util.ArrayList;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.Ordered;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.samples.OwnersModel;

class GatedBeansTest {

    static class Summaries {

        private final List<String> asked = new ArrayList<>();

        @Gated(value = "summaries", fallback = "cut")
        String summarise(String text, @CallerKey String user) {
            asked.add(user);
            return "summary of " + text;
        }

        String cut(String text, String user) {
            return text.substring(0, 3);
        }

        List<String> asked() {
            return asked;
        }
    }

    @Test
    void aGatedMethodOfABeanGoesThroughItsGate() {
        Applications.with(Summaries.class).run(context -> {
            Summaries summaries = context.getBean(Summaries.class);
            assertThat(summaries.summarise("a long text", "user-1")).isEqualTo("summary of a long text");
            context.getBean(Gates.class).kill(Scope.gate("summaries"), Actor.of("alice"), "it invents things");
            assertThat(summaries.summarise("a long text", "user-2")).isEqualTo("a l");
            assertThat(summaries.asked()).containsExactly("user-1");
        });
    }

    @Test
    void anApplicationThatLivesBesideSpringsOwnPackagesHasItsGates() {
        Applications.with(OwnersModel.class).run(context -> {
            context.getBean(Gates.class).kill(Scope.fleet(), Actor.of("alice"), "it invents things");
            assertThat(context.getBean(OwnersModel.class).owner("Leo")).isEqualTo("nobody");
        });
    }

    @Test
    void aBeanWithoutGatedMethodsIsNotProxied() {
        Applications.with(String.class, Other.class)
                .run(context -> assertThat(AopUtils.isAopProxy(context.getBean(Other.class)))
                        .isFalse());
    }

    static class Other {}

    @Configuration(proxyBeanMethods = false)
    static class Advised {

        static final List<String> ADVICE = new ArrayList<>();

        @Bean
        Summaries summaries() {
            return new Summaries();
        }

        @Bean
        MethodInterceptor counting() {
            return invocation -> {
                ADVICE.add(invocation.getMethod().getName());
                return invocation.proceed();
            };
        }

        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator proxies = new BeanNameAutoProxyCreator();
            proxies.setBeanNames("summaries");
            proxies.setInterceptorNames("counting");
            proxies.setProxyTargetClass(true);
            return proxies;
        }
    }

    @Test
    void theGateStandsOutsideOfOtherAdvice() {
        Advised.ADVICE.clear();
        Applications.with(Advised.class).run(context -> {
            Summaries summaries = context.getBean(Summaries.class);
            summaries.summarise("a long text", "user-1");
            assertThat(Advised.ADVICE).containsExactly("summarise");
            context.getBean(Gates.class).kill(Scope.gate("summaries"), Actor.of("alice"), "it invents things");
            assertThat(summaries.summarise("a long text", "user-1")).isEqualTo("a l");
            assertThat(Advised.ADVICE).doesNotHaveDuplicates();
        });
    }

    interface Answers<T> {
        T answer(T question);
    }

    static class Generic implements Answers<String> {
        @Override
        @Gated(value = "generic", fallback = "none")
        public String answer(String question) {
            return "answer";
        }

        public String none(String question) {
            return "none";
        }
    }

    @Test
    void aCallByWayOfABridgeIsGated() {
        Applications.with(Generic.class).run(context -> {
            @SuppressWarnings("unchecked")
            Answers<String> answers = context.getBean(Answers.class);
            assertThat(answers.answer("?")).isEqualTo("answer");
            context.getBean(Gates.class).kill(Scope.gate("generic"), Actor.of("alice"), "wrong answers");
            assertThat(answers.answer("?")).isEqualTo("none");
        });
    }

    static class Recalled extends Summaries {
        @Override
        String summarise(String text, String user) {
            return "short " + text;
        }
    }

    @Test
    void anOverrideKeepsTheGate() {
        Applications.with(Recalled.class).run(context -> {
            context.getBean(Gates.class).kill(Scope.gate("summaries"), Actor.of("alice"), "it invents things");
            assertThat(context.getBean(Recalled.class).summarise("a long text", "user-1"))
                    .isEqualTo("a l");
        });
    }

    static class Itself {

        private final Itself self;

        Itself(@Lazy Itself self) {
            this.self = self;
        }

        @Gated(value = "itself", fallback = "none")
        String one() {
            return "one";
        }

        String none() {
            return "none";
        }

        String two() {
            return self.one() + self.one();
        }
    }

    @Test
    void aBeanCallsItsOwnGateThroughItself() {
        Applications.with(Itself.class).run(context -> {
            Itself itself = context.getBean(Itself.class);
            assertThat(itself.two()).isEqualTo("oneone");
            context.getBean(Gates.class).kill(Scope.gate("itself"), Actor.of("alice"), "wrong");
            assertThat(itself.two()).isEqualTo("nonenone");
        });
    }

    static final class Final {
        @Gated("final")
        String ask() {
            return "";
        }
    }

    static class FinalMethod {
        @Gated("final")
        final String ask() {
            return "";
        }
    }

    static class PrivateMethod {
        @Gated("private")
        @SuppressWarnings("UnusedMethod")
        private String ask() {
            return "";
        }
    }

    @Test
    void whatNoProxyCanStandBeforeFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Final.class))).contains("Final", "is final", "Remove final");
        assertThat(Applications.failure(Applications.with(FinalMethod.class)))
                .contains("ask is @Gated(\"final\") and final", "Remove final");
        assertThat(Applications.failure(Applications.with(PrivateMethod.class)))
                .contains("ask is @Gated(\"private\") and private", "Remove private");
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {
        @Bean
        @org.springframework.context.annotation.Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
        Summaries summaries() {
            return new Summaries();
        }
    }

    @Test
    void aGatedBeanIsASingleton() {
        assertThat(Applications.failure(Applications.with(Prototype.class)))
                .contains("Summaries", "is no singleton, its scope is prototype");
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {
        @Bean
        @org.springframework.context.annotation.Scope(
                value = ConfigurableBeanFactory.SCOPE_PROTOTYPE,
                proxyMode = ScopedProxyMode.TARGET_CLASS)
        Summaries summaries() {
            return new Summaries();
        }
    }

    @Test
    void aGatedBeanBehindAScopedProxyFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Scoped.class)))
                .contains("bean scopedTarget.summaries", "is no singleton");
    }

    @Lazy
    static class LazySummaries extends Summaries {}

    @Test
    void aLazyBeanHasItsGateFromTheStart() {
        Applications.with(LazySummaries.class)
                .run(context -> assertThat(context.getBean(Gates.class).gates()).hasSize(1));
    }

    static class Listening {
        @Gated("listening")
        @KafkaListener
        String ask() {
            return "";
        }
    }

    static class Handling extends Summaries {
        @Override
        @RabbitHandler
        String summarise(String text, String user) {
            return "";
        }
    }

    static class Constructed {
        @Gated("constructed")
        @PostConstruct
        String ask() {
            return "";
        }
    }

    @KafkaListener
    static class ListeningClass extends Summaries {}

    @Test
    void aGatedMethodThatSpringCallsOnTheBareBeanFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Listening.class)))
                .contains("ask is gated and is annotated @KafkaListener, whose calls go to the bean itself");
        assertThat(Applications.failure(Applications.with(Handling.class)))
                .contains("summarise is gated and is annotated @RabbitHandler");
        assertThat(Applications.failure(Applications.with(Constructed.class)))
                .contains("ask is gated and is annotated @PostConstruct");
        assertThat(Applications.failure(Applications.with(ListeningClass.class)))
                .contains("ListeningClass", "has @Gated methods and is annotated @KafkaListener");
    }

    static class Early implements BeanPostProcessor, Ordered {
        Early(Summaries summaries) {
            summaries.asked();
        }

        @Override
        public int getOrder() {
            return 0;
        }
    }

    @Test
    void aGatedBeanThatWasMadeBeforeGatesFailsTheStart() {
        assertThat(Applications.failure(Applications.with(Summaries.class, Early.class)))
                .contains("Summaries", "was made before gates could be put before it", "ObjectProvider");
    }

    static class SelfCalling {
        @Gated("self")
        String ask() {
            return "";
        }

        String twice() {
            return ask() + ask();
        }
    }

    @Test
    void aBeanThatCallsItselfPastItsGateFailsTheStart() {
        assertThat(Applications.failure(Applications.with(SelfCalling.class)))
                .contains("SelfCalling.ask is gated, @Gated(\"self\")", "SelfCalling.twice calls it within the object")
                .contains("Move the gated method to another bean", "@Lazy SelfCalling self");
    }

    @Test
    void gatesAreMadeAtTheStartInALazyApplicationToo() {
        Applications.with(Summaries.class)
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(context.getBean(Gates.class).gates()).hasSize(1));
    }
}
