package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.rollout.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a person decides in a real browser beside the switch and the rollout's way: an approval, a session, a copy for auditors. */
@Timeout(180)
class DecisionsInBrowserTest {

    private static Browser browser;

    private final Scene scene = new Scene();

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

    @AfterEach
    void close() {
        scene.close();
    }

    private void open(Role as, String screen) {
        browser.open(scene.rig.console().address(), scene.rig.token(as));
        browser.go(screen);
    }

    private static void decide(String button, String reason, String done) {
        browser.click(button);
        browser.type("#reason", reason);
        browser.click("#submit");
        browser.see("#dialog-title", done);
        browser.click("#cancel");
        browser.gone("dialog");
    }

    private JsonNode latest(String type) {
        return scene.rig.viewer().get("/api/v1/log?type=" + type).json().at("/entries/0");
    }

    @Test
    void anApproverLetsTheNextStepBegin() {
        scene.rollout().minutes(45);
        open(Role.APPROVER, "rollouts/credit-risk");
        browser.see("h1", "credit-risk: v4 instead of v3");

        decide("#approve", "looked at the complaints", "Done");
        scene.minutes(1);

        assertThat(latest("rollout-approve").at("/reason").asText()).isEqualTo("looked at the complaints");
        assertThat(scene.rig.rollouts.status(scene.credit).orElseThrow().step()).isEqualTo(2);
        assertThat(scene.rig.rollouts.status(scene.credit).orElseThrow().stage())
                .isEqualTo(Stage.CANARY);
        browser.requireNoErrors();
    }

    @Test
    void aKilledSessionIsLetGoOn() {
        open(Role.APPROVER, "budgets");
        browser.see("#sessions-title", "1 killed session");

        decide("#sessions button", "the agent was mended", "The session may go on");

        browser.gone("#sessions");
        assertThat(scene.rig.gates.budgets().killedSessions()).isEmpty();
        browser.requireNoErrors();
    }

    @Test
    void theLogIsSavedForAuditorsAsItIsStored() throws Exception {
        open(Role.VIEWER, "log");

        browser.click("#export");
        browser.see("#exported", "Saved as modelgate-log-1-");
        Path copy = browser.saved(browser.text("#exported").replaceAll("Saved as (.*)\\.", "$1"));

        List<String> lines = Files.readAllLines(copy);
        assertThat(lines)
                .containsExactlyElementsOf(scene.rig
                        .viewer()
                        .get("/api/v1/log/export")
                        .text()
                        .lines()
                        .toList());
        browser.requireNoErrors();
    }
}
