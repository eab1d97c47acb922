package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Weight;
import io.modelgate.testkit.ForwardingControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a console that stands on the log alone claims nothing that only a process which serves can know. */
@Timeout(120)
class StandaloneInBrowserTest {

    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(10), Duration.ofMinutes(10), 100)
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
            .soak(Duration.ofHours(1)));

    private static Browser browser;

    @TempDir
    Path folder;

    private Gates serving;
    private Rollouts rollouts;
    private ModelGate<String, String> credit;
    private Console console;

    /** Whether nothing can be appended by the console. */
    private volatile boolean full;

    @BeforeAll
    static void start() {
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        Path file = folder.resolve("log");
        serving = Gates.open(g -> g.controlLog(FileControlLog.open(file)));
        rollouts = Rollouts.open(serving);
        credit = serving.gate(
                "credit-risk",
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .attributes("region")
                        .router(Cohorts.router()));
        console = Console.standalone(() -> new Full(FileControlLog.open(file)), c -> TwoProcesses.staff(c.port(0)));
    }

    @AfterEach
    void close() {
        console.close();
        rollouts.close();
        serving.close();
    }

    @Test
    void evidenceThatIsNotKnownHereIsSaidAndNobodyPromotesWithoutIt() {
        ConsoleRig.stored(rollouts.start(credit, "v2", POLICY, ConsoleRig.ALICE, "canary"));
        browser.open(console.address(), TwoProcesses.ADMIN);
        browser.go("rollouts/credit-risk");

        browser.see("#evidence-unknown", "not known here");
        assertThat(browser.enabled("#promote")).isFalse();
        browser.holds(
                () -> assertThat(browser.description("#promote")).contains("on the console of a process that serves"));
        assertThat(browser.text("main")).doesNotContain("is there", "No evidence yet");
        browser.holds(() -> assertThat(browser.enabled("#abort")).isTrue());
        browser.requireNoErrors();
    }

    @Test
    void aKillThatNoProcessHasHeardOfIsNotCalledOne() {
        browser.open(console.address(), TwoProcesses.OPERATOR);
        browser.click("tr[data-name='credit-risk'] button");
        browser.see("#answers", "not known here: other processes serve it");
        browser.click("#narrow");
        browser.type("#value", "eu");
        browser.see("#callers", "not known here");
        browser.click("#narrow");
        browser.see("#callers", "It is for every caller");
        browser.click("#submit");
        browser.type("#reason", "approval rate fell");
        full = true;
        browser.click("#submit");

        browser.see("#dialog-title", "credit-risk is NOT KILLED yet");
        browser.see("#outcome", "NOT KILLED yet: no process that serves has heard of it");
        browser.see("#stale", "NOT KILLED yet");
        browser.see("#headline", "NOT KILLED yet");
        assertThat(browser.title()).doesNotContain("killed");
        assertThat(credit.live()).isTrue();

        full = false;
        browser.see("#outcome", "In force in the only instance");
        browser.see("#dialog-title", "credit-risk is killed");
        browser.click("#cancel");
        browser.see("#headline", "The gate is killed");
        assertThat(credit.live()).isFalse();
        browser.requireNoErrors();
    }

    private final class Full extends ForwardingControlLog {

        Full(ControlLog log) {
            super(log);
        }

        @Override
        public List<Entry> append(List<Decision> decisions) {
            if (full) {
                throw new ControlLogException("the disk is full");
            }
            return super.append(decisions);
        }
    }
}
