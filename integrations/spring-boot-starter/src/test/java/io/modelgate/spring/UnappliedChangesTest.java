package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class UnappliedChangesTest {

    private static final String NEXT = " now, which takes effect at the next start";

    private final Map<String, Object> remote = new HashMap<>(Map.of(
            "modelgate.gates.credit-risk.deadline", "250ms", "timeout", "100ms", "modelgate.kill-when-stale", "5m"));

    private ApplicationContextRunner application() {
        return Applications.with(CreditModel.Forest.class)
                .withPropertyValues("modelgate.gates.credit-risk.model-timeout=${timeout}")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("remote", remote)));
    }

    private void change(ApplicationContext context, String key, String value) {
        remote.put(key, value);
        context.publishEvent(new EnvironmentChangeEvent(context, Set.of(key)));
    }

    private static String deadline(String now) {
        return "modelgate.gates.credit-risk.deadline was 250ms at the start, which stays in force, and is " + now
                + NEXT;
    }

    private static String warnings(CapturedOutput output) {
        return String.join(
                "\n",
                output.getAll()
                        .lines()
                        .filter(line -> line.contains("stays in force"))
                        .map(line -> line.substring(line.indexOf(" - ") + 3))
                        .toList());
    }

    @Test
    void aChangeIsNotAppliedAndSaysSoOnce(CapturedOutput output) {
        application().run(context -> {
            change(context, "modelgate.gates.credit-risk.deadline", "300ms");
            change(context, "another.key", "1");
            assertThat(warnings(output)).isEqualTo(deadline("300ms"));

            change(context, "modelgate.gates.credit-risk.deadline", "400ms");
            assertThat(warnings(output)).endsWith("\n" + deadline("400ms"));
            assertThat(context.getBean(ModelGateProperties.class)
                            .gates()
                            .get("credit-risk")
                            .deadline())
                    .hasMillis(250);
        });
    }

    @Test
    void whatIsSetBackIsInForce(CapturedOutput output) {
        application().run(context -> {
            change(context, "modelgate.gates.credit-risk.deadline", "300ms");
            change(context, "modelgate.gates.credit-risk.deadline", "250ms");
            assertThat(warnings(output).lines()).hasSize(1);

            change(context, "modelgate.gates.credit-risk.deadline", "300ms");
            assertThat(warnings(output).lines()).hasSize(2);
        });
    }

    @Test
    void aChangeThroughAPlaceholderIsAChange(CapturedOutput output) {
        application().run(context -> {
            change(context, "timeout", "200ms");
            assertThat(warnings(output))
                    .isEqualTo(
                            "modelgate.gates.credit-risk.model-timeout was 100ms at the start, which stays in force, and is 200ms"
                                    + NEXT);
        });
    }

    @Test
    void chanceIsNoChange(CapturedOutput output) {
        application()
                .withInitializer(context -> RandomValuePropertySource.addToEnvironment(context.getEnvironment()))
                .withBean(CallerResolver.class, () -> Caller::anonymous)
                .withPropertyValues("modelgate.caller.header=X-${random.uuid}")
                .run(context -> {
                    change(context, "another.key", "1");
                    assertThat(warnings(output)).isEmpty();
                });
    }

    @Test
    void placeholdersThatGoRoundInACircleBreakNothing(CapturedOutput output) {
        application().run(context -> {
            remote.put("another", "${timeout}");
            change(context, "timeout", "${another}");
            assertThat(warnings(output)).contains("is ${timeout} now");
        });
    }

    @Test
    void theHashOfATokenIsNotShown(CapturedOutput output) {
        application().run(context -> {
            change(context, "modelgate.console.tokens[0].sha256", "0123abcd");
            assertThat(warnings(output))
                    .contains("modelgate.console.tokens[0].sha256 has changed")
                    .doesNotContain("0123abcd");
        });
    }

    @Test
    void whatIsNewOrGoneIsAChange(CapturedOutput output) {
        application().run(context -> {
            change(context, "modelgate.gates.credit-risk.max-concurrent", "7");
            remote.remove("modelgate.kill-when-stale");
            change(context, "modelgate.kill-wen-stale", "5m");
            assertThat(warnings(output).lines())
                    .containsExactly(
                            "modelgate.gates.credit-risk.max-concurrent was not set at the start, which stays in force, and is 7"
                                    + NEXT,
                            "modelgate.kill-wen-stale was not set at the start, which stays in force, and is 5m now, which the next"
                                    + " start refuses, as there is no key \"kill-wen-stale\" under modelgate;"
                                    + " expected one of [log, kill-when-stale, start-killed-if-log-refuses, budgets, gates,"
                                    + " rollouts, actuator, observations, caller, console]",
                            "modelgate.kill-when-stale was 5m at the start, which stays in force, and is not set"
                                    + NEXT);
        });
    }

    @Test
    void noSecretIsShown(CapturedOutput output) {
        application().run(context -> {
            change(context, "modelgate.log.redis.password", "s3cret");
            change(context, "modelgate.budgets.redis.uri", "redis://me:s3cret@host");
            change(context, "modelgate.log.redis.identity-secret", "s3cret");
            change(context, "modelgate.redis-password", "s3cret");
            change(context, "modelgate.rollouts.credit-risk.policy", "https://me:s3cret@host");
            assertThat(warnings(output).lines()).hasSize(5);
            assertThat(output.getAll())
                    .contains(
                            "modelgate.log.redis.password has changed; what it was at the start stays in force, not what it is"
                                    + NEXT)
                    .doesNotContain("s3cret");
        });
    }

    @Test
    void withoutSpringCloudNothingLooks() {
        application()
                .withClassLoader(new FilteredClassLoader(EnvironmentChangeEvent.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(UnappliedChanges.class));
    }
}
