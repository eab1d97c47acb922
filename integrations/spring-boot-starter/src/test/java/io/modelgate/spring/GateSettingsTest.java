package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Scope;
import io.modelgate.fallback.Ladder;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class GateSettingsTest {

    @Configuration(proxyBeanMethods = false)
    static class Echo {
        @Bean
        ModelGate<String, String> echo(Gates gates) {
            return gates.gate(
                    "echo",
                    g -> g.stable("v1", asked -> {
                                if (asked.equals("fail")) {
                                    throw new IllegalStateException("asked to");
                                }
                                return asked;
                            })
                            .version("v2", asked -> asked + "2"));
        }

        @Bean
        GateCustomizer counting() {
            return (gate, builder) -> builder.tokens(t -> t.input(asked -> 10).maxOutput(10));
        }
    }

    private static ApplicationContextRunner with(String... settings) {
        ApplicationContextRunner runner = Applications.with(Echo.class);
        for (String setting : settings) {
            runner = runner.withPropertyValues("modelgate.gates.echo." + setting);
        }
        return runner;
    }

    private static void run(ApplicationContextRunner runner, Consumer<ModelGate<String, String>> test) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            @SuppressWarnings("unchecked")
            ModelGate<String, String> echo = context.getBean(ModelGate.class);
            test.accept(echo);
        });
    }

    private static Optional<Cause> cause(Outcome<String> outcome) {
        return outcome.cause();
    }

    @Test
    void stableIsThePropertys() {
        run(
                with("stable=v2"),
                echo -> assertThat(echo.call("a", Caller.anonymous())).isEqualTo("a2"));
    }

    /** A model that takes five milliseconds, of which the code gives it one. */
    @Configuration(proxyBeanMethods = false)
    static class Slow {
        private final ManualTime time = new ManualTime();

        @Bean
        GatesCustomizer manualTime() {
            return gates -> gates.ticker(time);
        }

        @Bean
        ModelGate<String, String> echo(Gates gates) {
            return gates.gate(
                    "echo",
                    g -> g.stable("v1", asked -> {
                                time.advance(Duration.ofMillis(5));
                                return asked;
                            })
                            .deadline(Duration.ofMillis(1)));
        }
    }

    @Test
    void settingsTakeThePlaceOfTheCodes() {
        run(
                Applications.with(Slow.class),
                echo -> assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.TIMEOUT));
        run(
                Applications.with(Slow.class).withPropertyValues("modelgate.gates.echo.deadline=10s"),
                echo -> assertThat(cause(echo.decide("a", Caller.anonymous()))).isEmpty());
    }

    @Test
    void aCustomizerOfOneGateHasItsTypes() {
        run(
                Applications.with(Echo.class)
                        .withBean(
                                "safe",
                                GateCustomizer.class,
                                () -> GateCustomizer.of(
                                        "echo",
                                        String.class,
                                        String.class,
                                        gate -> gate.fallback(Ladder.of(l -> l.degrade("safe"))))),
                echo -> assertThat(echo.call("fail", Caller.anonymous())).isEqualTo("safe"));
    }

    @Test
    void aCustomizerOfAGateThatIsNotThereFailsTheStart() {
        String failure = Applications.failure(Applications.with(Echo.class)
                .withBean(
                        "safe",
                        GateCustomizer.class,
                        () -> GateCustomizer.of("ecko", String.class, String.class, gate -> {})));

        assertThat(failure)
                .contains(
                        "a GateCustomizer is for gate \"ecko\", and no gate of this application is named so; its gates are"
                                + " [echo]");
    }

    @Test
    void attributesAreDeclared() {
        run(
                with("attributes=region,segment"),
                echo -> assertThat(echo.describe().attributes()).contains("region", "segment"));
    }

    @Test
    void theRateIsLimited() {
        run(with("rate-limit.calls=1", "rate-limit.per=1h"), echo -> {
            assertThat(cause(echo.decide("a", Caller.anonymous()))).isEmpty();
            assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.RATE_LIMITED);
        });
    }

    @Test
    void theBreakerOpensAfterItsMinimum() {
        run(with("breaker.minimum-calls=2", "breaker.wait-in-open=1h"), echo -> {
            assertThat(cause(echo.decide("fail", Caller.anonymous()))).contains(Cause.ERROR);
            assertThat(cause(echo.decide("fail", Caller.anonymous()))).contains(Cause.ERROR);
            assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.BREAKER_OPEN);
        });
    }

    /** Ten calls, which is what a gate without settings has: resilience4j alone would wait for a hundred. */
    @Test
    void whatABreakersSettingsLeaveOutIsAsInAGateWithoutAny() {
        run(with("breaker.slow-call-duration=30s"), echo -> {
            for (int i = 0; i < 10; i++) {
                assertThat(cause(echo.decide("fail", Caller.anonymous()))).contains(Cause.ERROR);
            }
            assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.BREAKER_OPEN);
        });
        run(with(), echo -> {
            for (int i = 0; i < 10; i++) {
                assertThat(cause(echo.decide("fail", Caller.anonymous()))).contains(Cause.ERROR);
            }
            assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.BREAKER_OPEN);
        });
    }

    @Test
    void aBudgetRefusesWhatItDoesNotCover() {
        run(
                with(
                                "budgets[0].name=daily",
                                "budgets[0].tokens=25",
                                "budgets[0].per=gate",
                                "budgets[0].window=day",
                                "budgets[0].zone=Europe/Berlin")
                        .withBean(GatesCustomizer.class, () -> gates -> gates.instants(new ManualTime())),
                echo -> {
                    assertThat(cause(echo.decide("a", Caller.anonymous()))).isEmpty();
                    assertThat(cause(echo.decide("a", Caller.anonymous()))).contains(Cause.OVER_BUDGET);
                });
    }

    @Test
    void aBudgetInMoneyTakesThePricesOfAFile(@TempDir Path directory) throws IOException {
        Path prices = Files.writeString(directory.resolve("prices.properties"), """
                version = 1
                currency = USD
                echo/v1.input = 1000000
                echo/v1.output = 1000000
                echo/v2.input = 1000000
                echo/v2.output = 1000000
                """);
        run(
                with(
                                "budgets[0].name=money",
                                "budgets[0].money=25.00",
                                "budgets[0].currency=USD",
                                "budgets[0].per=caller",
                                "budgets[0].window=rolling",
                                "budgets[0].length=1h")
                        .withPropertyValues("modelgate.budgets.prices=" + prices),
                echo -> {
                    assertThat(cause(echo.decide("a", Caller.of("user-1")))).isEmpty();
                    assertThat(cause(echo.decide("a", Caller.of("user-1")))).contains(Cause.OVER_BUDGET);
                    assertThat(cause(echo.decide("a", Caller.of("user-2")))).isEmpty();
                });
    }

    @Test
    void aCustomizerComesAfterTheProperties() {
        run(
                with("stable=v2")
                        .withBean(
                                "last",
                                GateCustomizer.class,
                                () -> (gate, builder) -> builder.stable("v1").deadline(Duration.ofSeconds(10))),
                echo -> assertThat(echo.call("a", Caller.anonymous())).isEqualTo("a"));
    }

    @Test
    void anEnvironmentVariableSetsWhatAFileSets() {
        ApplicationContextRunner runner = with("stable=v1")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new org.springframework.core.env.SystemEnvironmentPropertySource(
                                "systemEnvironment", java.util.Map.of("MODELGATE_GATES_ECHO_STABLE", "v2"))));
        run(runner, echo -> assertThat(echo.call("a", Caller.anonymous())).isEqualTo("a2"));
    }

    @Test
    void anEnvironmentVariableFindsAGateWhoseNameHasDashes() {
        Applications.with(VersionBeansTest.Both.class)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new org.springframework.core.env.SystemEnvironmentPropertySource(
                                "systemEnvironment", java.util.Map.of("MODELGATE_GATES_CREDITRISK_STABLE", "v2"))))
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }

    @Test
    void everyValueThatAGateRefusesIsNamedAtOnce() {
        String failure = Applications.failure(with(
                "max-concurrent=0",
                "deadline=0s",
                "attributes=not a name",
                "breaker.failure-rate-threshold=0",
                "breaker.window-calls=5",
                "breaker.minimum-calls=6",
                "rate-limit.calls=3",
                "budgets[0].tokens=5",
                "budgets[0].money=5"));
        assertThat(failure)
                .contains("modelgate.gates.echo.max-concurrent = 0", "expected 1 or more")
                .contains("modelgate.gates.echo.deadline = 0s", "expected more than zero")
                .contains("modelgate.gates.echo.attributes")
                .contains("modelgate.gates.echo.breaker.failure-rate-threshold = 0")
                .contains("modelgate.gates.echo.breaker.minimum-calls = 6", "the window has only 5 calls")
                .contains("modelgate.gates.echo.rate-limit.per", "is missing")
                .contains("modelgate.gates.echo.budgets[0].name", "modelgate.gates.echo.budgets[0].tokens = 5");
    }

    @Test
    void aTimeoutThatIsNoShorterThanTheDeadlineNamesBothProperties() {
        assertThat(Applications.failure(with("model-timeout=300ms", "deadline=250ms")))
                .contains("the model timeout must be shorter")
                .contains("modelgate.gates.echo.model-timeout = 300ms", "modelgate.gates.echo.deadline = 250ms");
    }

    @Test
    void settingsOfAGateThatIsNotThereFailTheStart() {
        assertThat(Applications.failure(with().withPropertyValues("modelgate.gates.ecco.deadline=1s")))
                .contains("no gate of this application is named \"ecco\"; its gates are [echo]")
                .contains("modelgate.gates.ecco");
    }

    @Test
    void settingsThatTheApplicationsOwnGatesDoNotHearOfFailTheStart() {
        assertThat(Applications.failure(with("deadline=1s").withBean("own", Gates.class, () -> Gates.open(g -> {}))))
                .contains("modelgate.gates", "a bean of type Gates of its own");
    }

    @Test
    void gatesAreClosedWithTheApplication() {
        Gates[] gates = new Gates[1];
        with().run(context -> gates[0] = context.getBean(Gates.class));
        assertThat(gates[0].closed()).isTrue();
    }

    @Test
    void eventsReachListenersOfTheApplication() {
        java.util.concurrent.BlockingQueue<GateEvent> heard = new java.util.concurrent.LinkedBlockingQueue<>();
        with().withInitializer(
                        context -> context.addApplicationListener((org.springframework.context.ApplicationListener<
                                        org.springframework.context.PayloadApplicationEvent<GateEvent>>)
                                event -> heard.add(event.getPayload())))
                .run(context -> {
                    context.getBean(Gates.class).kill(Scope.gate("echo"), Actor.of("alice"), "wrong");
                    GateEvent event = heard.poll(10, java.util.concurrent.TimeUnit.SECONDS);
                    while (event != null && !(event instanceof GateEvent.Killed)) {
                        event = heard.poll(10, java.util.concurrent.TimeUnit.SECONDS);
                    }
                    assertThat(event).isInstanceOf(GateEvent.Killed.class);
                });
    }

    @Test
    void everySettingThatTheApplicationsOwnGatesDoNotHearOfFailsTheStart(@TempDir Path directory) {
        for (String property : new String[] {
            "modelgate.log.file=" + directory.resolve("a.log"),
            "modelgate.kill-when-stale=5m",
            "modelgate.start-killed-if-log-refuses=true",
            "modelgate.budgets.ledger=" + directory.resolve("ledger"),
            "modelgate.budgets.prices=" + directory.resolve("prices"),
            "modelgate.budgets.session-idle=1h",
            "modelgate.budgets.max-accounts=10",
            "modelgate.budgets.reservation-timeout=1h",
            "modelgate.budgets.redis.uri=redis://localhost",
            "modelgate.observations.enabled=true"
        }) {
            String name = property.substring(0, property.indexOf('=')).replaceAll("\\.(file|uri)$", "");
            assertThat(Applications.failure(with().withPropertyValues(property)
                            .withBean("own", Gates.class, () -> Gates.open(g -> {}))))
                    .contains(name, "a bean of type Gates of its own");
        }
    }

    @Test
    void aCallerThatNobodyReadsOffARequestFailsTheStart() {
        assertThat(Applications.failure(with().withPropertyValues("modelgate.caller.header=X-User")))
                .contains("modelgate.caller", "add a bean of type CallerResolver");
        run(
                with().withPropertyValues("modelgate.caller.header=X-User")
                        .withBean(CallerResolver.class, () -> () -> Caller.of("everybody")),
                echo -> {});
    }

    @Test
    void aGatesNameMayBeWrittenInAnyCaseAndWithAnySeparators() {
        for (String key : new String[] {"creditRisk", "credit_risk", "[Credit_Risk]", "[CREDIT-RISK]", "creditrisk"}) {
            String at = key.startsWith("[") ? "modelgate.gates" : "modelgate.gates.";
            Applications.with(VersionBeansTest.Both.class)
                    .withPropertyValues(at + key + ".stable=v2")
                    .run(context -> {
                        assertThat(context).as(key).hasNotFailed();
                        assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                                .as(key)
                                .isEqualTo("boosted");
                    });
        }
    }

    @Test
    void settingsOfOneGateUnderTwoNamesThatDifferFailTheStart() {
        assertThat(Applications.failure(Applications.with(VersionBeansTest.Both.class)
                        .withPropertyValues(
                                "modelgate.gates[Credit_Risk].stable=v1", "modelgate.gates[CREDIT.RISK].stable=v2")))
                .contains("modelgate.gates[Credit_Risk]", "modelgate.gates[CREDIT.RISK]");
        assertThat(Applications.failure(Applications.with(VersionBeansTest.Both.class)
                        .withPropertyValues(
                                "modelgate.gates.credit-risk.stable=v1", "modelgate.gates[CREDIT.RISK].deadline=1s")))
                .contains("modelgate.gates[CREDIT.RISK]", "it is ignored, as there is modelgate.gates.credit-risk too");
    }

    @Test
    void aFileAndAnEnvironmentVariableMayNameAGateInTwoWays() {
        Applications.with(VersionBeansTest.Both.class)
                .withPropertyValues("modelgate.gates.credit-risk.stable=v1")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new org.springframework.core.env.SystemEnvironmentPropertySource(
                                "systemEnvironment", java.util.Map.of("MODELGATE_GATES_CREDITRISK_STABLE", "v2"))))
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("boosted"));
    }
}
