package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.spring.GatesCustomizer;
import io.modelgate.spring.test.Credit.Summaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.test.context.TestContextManager;

/** No test decides anything in a log that others read, or charges a ledger that lasts, whatever the application says. */
class LogInMemoryTest {

    private static final String STABLE = "modelgate.gates.credit-risk.stable=v1";
    private static final String LIMIT = "modelgate.gates.credit-limit.stable=v1";

    private static ApplicationContext started(Class<?> test) {
        return new TestContextManager(test).getTestContext().getApplicationContext();
    }

    private static void kill(ApplicationContext application) {
        application.getBean(GatesUnderTest.class).kill("credit-risk");
    }

    private static void assertInMemory(ApplicationContext application) {
        Gates gates = application.getBean(Gates.class);
        assertThat(gates.log()).isInstanceOf(MemoryControlLog.class);
        assertThat(application.getBean(ControlLog.class)).isSameAs(gates.log());
    }

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                STABLE,
                LIMIT,
                "modelgate.log.file=target/never.log",
                "modelgate.budgets.ledger=target/never.ledger",
                "modelgate.start-killed-if-log-refuses=true"
            })
    @ModelGateTest
    static class OnAFile {}

    @Test
    void aLogAndALedgerInFilesStayUntouched() throws IOException {
        Path log = Path.of("target/never.log");
        Path ledger = Path.of("target/never.ledger");
        Files.deleteIfExists(log);
        Files.deleteIfExists(ledger);

        ApplicationContext application = started(OnAFile.class);
        kill(application);

        assertInMemory(application);
        assertThat(log).doesNotExist();
        assertThat(ledger).doesNotExist();
    }

    /** What the application does with those properties when it runs, or this class would show nothing. */
    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                STABLE,
                LIMIT,
                "modelgate.log.file=target/plain.log",
                "modelgate.budgets.ledger=target/plain.ledger"
            })
    static class Plain {}

    @Test
    void withoutTheAnnotationNothingIsDifferent() {
        ApplicationContext application = started(Plain.class);

        assertThat(application.getBean(Gates.class).log()).isInstanceOf(FileControlLog.class);
        assertThat(Path.of("target/plain.log")).exists();
        assertThat(Path.of("target/plain.ledger")).exists();
        assertThat(application.getBeanNamesForType(GatesUnderTest.class)).isEmpty();
    }

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                STABLE,
                LIMIT,
                "modelgate.log.redis.uri=redis://127.0.0.1:1",
                "modelgate.log.redis.directory=target/nowhere",
                "modelgate.log.redis.password=secret"
            })
    @ModelGateTest
    static class OnRedis {}

    @Test
    void aLogOnRedisIsNotAsked() {
        assertInMemory(started(OnRedis.class));
    }

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                STABLE,
                LIMIT,
                "modelgate.budgets.redis.uri=redis://127.0.0.1:1",
                "modelgate.budgets.redis.name=real",
                "modelgate.gates.summaries.budgets[0].name=tokens",
                "modelgate.gates.summaries.budgets[0].tokens=30",
                "modelgate.gates.summaries.budgets[0].per=gate",
                "modelgate.gates.summaries.budgets[0].shared=strict"
            })
    @ModelGateTest
    static class OfAFleet {}

    /** Nobody listens there: the real ledger would admit no call. */
    @Test
    void aFleetsLedgerOnRedisIsNotChargedAndItsCeilingsHoldInMemory() {
        Summaries summaries = started(OfAFleet.class).getBean(Summaries.class);

        assertThat(summaries.summary("text")).isEqualTo("summary");
        assertThat(summaries.summary("text")).as("above the ceiling").isEqualTo("t");
    }

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {
                STABLE,
                LIMIT,
                "modelgate.gates.summaries.budgets[0].name=tokens",
                "modelgate.gates.summaries.budgets[0].tokens=30",
                "modelgate.gates.summaries.budgets[0].per=gate",
                "modelgate.gates.summaries.budgets[0].shared=strict"
            })
    @ModelGateTest
    static class OfNoFleet {}

    @Test
    void aSharedBudgetWithoutALedgerIsStillRefused() {
        assertThatThrownBy(() -> started(OfNoFleet.class)).rootCause().hasMessageContaining("shared");
    }

    @SpringBootTest(
            classes = Credit.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {STABLE, LIMIT, "modelgate.log.fil=misspelt"})
    @ModelGateTest
    static class Misspelt {}

    @Test
    void aMisspeltPropertyIsStillRefused() {
        assertThatThrownBy(() -> started(Misspelt.class)).rootCause().hasMessageContaining("modelgate.log.fil");
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Credit.class)
    static class WithItsOwnLog {
        @Bean
        ControlLog own() {
            throw new AssertionError("a test opened the real log");
        }
    }

    @SpringBootTest(
            classes = WithItsOwnLog.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {STABLE, LIMIT, "modelgate.log.file=target/never.log"})
    @ModelGateTest
    static class OwnLog {}

    @Test
    void aLogThatTheApplicationOpensItselfIsReplacedBeforeItIsOpened() {
        ApplicationContext application = started(OwnLog.class);
        kill(application);

        assertInMemory(application);
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Credit.class)
    static class WithACustomizer {
        private static final ControlLog REAL = new MemoryControlLog();

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        GatesCustomizer real() {
            return gates -> gates.controlLog(REAL).ticker(() -> 0);
        }
    }

    @SpringBootTest(
            classes = WithACustomizer.class,
            webEnvironment = WebEnvironment.NONE,
            properties = {STABLE, LIMIT})
    @ModelGateTest
    static class Customized {}

    @Test
    void noCustomizerHasTheLastWord() {
        ApplicationContext application = started(Customized.class);
        kill(application);

        assertInMemory(application);
        assertThat(WithACustomizer.REAL.head()).isEqualTo(Head.EMPTY);
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Credit.class)
    static class WithItsOwnGates {
        @Bean
        Gates mine() {
            throw new AssertionError("a test opened the real log");
        }
    }

    @SpringBootTest(classes = WithItsOwnGates.class, webEnvironment = WebEnvironment.NONE)
    @ModelGateTest
    static class OwnGates {}

    @Test
    void gatesThatTheApplicationOpensItselfAreRefusedBeforeTheyAreOpened() {
        assertThatThrownBy(() -> started(OwnGates.class))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("bean mine is Gates that the application opens itself");
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @SpringBootTest(
            classes = Nothing.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "spring.autoconfigure.exclude=io.modelgate.spring.ModelGateAutoConfiguration")
    @ModelGateTest
    static class WithoutGates {}

    @Test
    void anApplicationWithoutGatesIsRefused() {
        assertThatThrownBy(() -> started(WithoutGates.class))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("do not exclude ModelGateAutoConfiguration");
    }
}
