package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class ModelGateWebAutoConfigurationTest {

    private final AutoConfigurations web = AutoConfigurations.of(ModelGateWebAutoConfiguration.class);
    private final WebApplicationContextRunner servlet = new WebApplicationContextRunner().withConfiguration(web);

    @Test
    void withoutAPropertyNobodyReadsTheCallerOffTheRequest() {
        servlet.run(context ->
                assertThat(context).hasSingleBean(GateExceptionAdvice.class).doesNotHaveBean(CallerResolver.class));
        servlet.withPropertyValues("modelgate.caller.principal=false")
                .run(context -> assertThat(context).doesNotHaveBean(CallerResolver.class));
    }

    @Test
    void anyPropertyHasTheCallerReadOffTheRequest() {
        for (String property : new String[] {"principal=true", "header=X-User", "session=true"}) {
            servlet.withPropertyValues("modelgate.caller." + property)
                    .run(context -> assertThat(context).hasSingleBean(RequestCallers.class));
        }
    }

    @Test
    void aResolverOfTheApplicationTakesItsPlace() {
        CallerResolver ours = () -> Caller.of("everybody");

        servlet.withPropertyValues("modelgate.caller.header=X-User")
                .withBean("ours", CallerResolver.class, () -> ours)
                .run(context ->
                        assertThat(context.getBean(CallerResolver.class)).isSameAs(ours));
    }

    @Test
    void webFluxHasTheAdviceAndItsOwnCallers() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(web)
                .withPropertyValues("modelgate.caller.header=X-User")
                .run(context -> assertThat(context)
                        .hasSingleBean(GateExceptionAdvice.class)
                        .hasSingleBean(ReactiveCallers.class));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(web)
                .run(context -> assertThat(context).doesNotHaveBean(CallerResolver.class));
    }

    @Test
    void anApplicationWithoutAWebHasNeither() {
        new ApplicationContextRunner()
                .withConfiguration(web)
                .withPropertyValues("modelgate.caller.header=X-User")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(GateExceptionAdvice.class)
                        .doesNotHaveBean(CallerResolver.class));
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportAutoConfiguration(ModelGateWebAutoConfiguration.class)
    static class Application {

        @Bean(destroyMethod = "close")
        Gates gates() {
            return Gates.open(g -> {});
        }

        @Bean
        ModelGate<String, String> credit(Gates gates) {
            return gates.gate("credit-risk", g -> g.stable("v1", input -> input));
        }

        @Bean
        Scores scores(ModelGate<String, String> credit, CallerResolver callers) {
            return new Scores(credit, callers);
        }
    }

    @RestController
    static final class Scores {

        private final ModelGate<String, String> credit;
        private final CallerResolver callers;

        Scores(ModelGate<String, String> credit, CallerResolver callers) {
            this.credit = credit;
            this.callers = callers;
        }

        @GetMapping("/score")
        String score() {
            Caller caller = callers.resolve();
            return credit.call(caller == null ? "nobody" : caller.key().orElse("anonymous"), Caller.anonymous());
        }
    }

    @Test
    void aClientSeesWhoItIsAndLaterThatTheModelIsOff() {
        try (TestApplication application = TestApplication.start(Application.class, "modelgate.caller.header=X-User")) {
            assertThat(application.get("/score", "X-User", "alice").body()).isEqualTo("alice");
            assertThat(application.get("/score").body()).isEqualTo("anonymous");

            application.bean(Gates.class).gate("credit-risk").kill(Actor.of("bob"), "a reason of ours");

            TestApplication.Answer off = application.get("/score", "X-User", "alice");
            assertThat(off.status()).isEqualTo(503);
            assertThat(off.header("Content-Type")).startsWith("application/problem+json");
            assertThat(off.json()).containsEntry("cause", "KILLED").containsEntry("title", "The model is switched off");
            assertThat(off.body()).doesNotContain("reason of ours", "bob", "alice", "v1");
        }
    }

    @Test
    void whatTheRecordsReadAsNothingReadsNoCaller() {
        for (String property : new String[] {"principal=no", "principal=off", "session=0", "header="}) {
            servlet.withPropertyValues("modelgate.caller." + property)
                    .run(context -> assertThat(context).as(property).doesNotHaveBean(CallerResolver.class));
        }
        servlet.withPropertyValues("modelgate.caller.principal=yes")
                .run(context -> assertThat(context).hasSingleBean(RequestCallers.class));
    }
}
