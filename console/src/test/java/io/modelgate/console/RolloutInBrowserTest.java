package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.rollout.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rollout as it is seen and steered in a real browser. */
@Timeout(180)
class RolloutInBrowserTest {

    /** What Chromium says to this test's reading of pixels. */
    private static final String READ_BACK = "willReadFrequently";

    private static Browser browser;

    private Scene scene;

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
        if (scene != null) {
            scene.close();
        }
    }

    private void open(Role as) {
        open(as, 15);
    }

    private void open(Role as, int minutes) {
        scene = new Scene().rollout().minutes(minutes);
        browser.open(scene.rig.console().address(), scene.rig.token(as));
        browser.go("rollouts/credit-risk");
        browser.see("h1", "credit-risk: v4 instead of v3");
    }

    private JsonNode shown() {
        return scene.rig.viewer().get("/api/v1/gates/credit-risk/rollout").json();
    }

    private Stage stage() {
        return scene.rig.rollouts.status(scene.credit).orElseThrow().stage();
    }

    private static List<Double> column(JsonNode rows, String field) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> row.at("/" + field).asDouble())
                .toList();
    }

    /** A column of what a chart was given to draw, which has drawn something. */
    private static List<Double> drawn(String chart, int column) {
        browser.see("#" + chart + " canvas");
        browser.until(
                chart + " is drawn",
                () -> (Long) browser.script(
                                "const c = document.querySelector('#' + arguments[0] + ' canvas');"
                                        + "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter(v => v > 0).length",
                                chart)
                        > 1_000);
        List<?> values = (List<?>)
                browser.script("return document.getElementById(arguments[0]).chartData[arguments[1]]", chart, column);
        return values.stream().map(value -> ((Number) value).doubleValue()).toList();
    }

    private static void steer(String action, String reason) {
        browser.click("#" + action);
        browser.type("#reason", reason);
        browser.click("#submit");
        browser.see("#dialog-title", "Done");
        browser.click("#cancel");
        browser.gone("dialog");
    }

    @Test
    void theChartsShowWhatTheApiSays() {
        open(Role.VIEWER);
        JsonNode rollout = shown();

        List<Double> weights = new ArrayList<>(column(rollout.at("/history"), "weight"));
        assertThat(weights).containsExactly(0.05, 0.25);
        weights.add(0.25); // until now
        browser.holds(() -> assertThat(drawn("weight", 1)).isEqualTo(weights));
        JsonNode evidence = rollout.at("/evidence/0");
        String chart = "band-" + evidence.at("/guardrail").asText().replaceAll("[^A-Za-z0-9]+", "-");
        browser.holds(() ->
                assertThat(drawn(chart, 1)).hasSizeGreaterThan(10).isEqualTo(column(evidence.at("/samples"), "low")));
        browser.holds(() -> assertThat(drawn(chart, 2)).isEqualTo(column(evidence.at("/samples"), "high")));
        browser.holds(() -> assertThat(drawn(chart, 3)).isEqualTo(column(evidence.at("/samples"), "limit")));
        browser.holds(() -> assertThat(browser.see("#" + chart).getAttribute("aria-label"))
                .contains(": between ", "the limit is 5 %"));
        browser.holds(() -> assertThat(browser.texts("#" + chart + "-figures tbody tr"))
                .hasSize(evidence.at("/samples").size()));
        browser.holds(() -> assertThat(browser.texts("#history tbody tr"))
                .hasSize(2)
                .last()
                .asString()
                .contains("25 %"));
        browser.holds(() -> assertThat(browser.texts("#steps tbody tr"))
                .hasSize(3)
                .element(1)
                .asString()
                .contains("now", "25 %", "1,000 callers"));
        for (String action : List.of("pause", "promote", "abort")) {
            assertThat(browser.enabled("#" + action)).as(action).isFalse();
        }
        browser.requireNoErrors(READ_BACK);
    }

    @Test
    void aRolloutIsPromotedByWhoAnswersForTheEvidence() {
        open(Role.APPROVER, 3); // too few calls to say

        browser.click("#promote");
        browser.see("#missing", "You answer for what is not there yet");
        browser.see("#missing", shown().at("/evidence/1/guardrail").asText());
        browser.click("#cancel");
        browser.gone("dialog");
        assertThat(stage()).isEqualTo(Stage.CANARY);
        steer("promote", "the regulator asks for it");

        scene.rig.time.advance(Duration.ofMinutes(1));
        scene.rig.rollouts.tick();
        browser.see(".title .badge", "soak");
        browser.until(
                "the chart ends at 95 %, as 5 % are held back",
                () -> {
                    List<Double> weights = drawn("weight", 1);
                    return weights.get(weights.size() - 1) == 0.95;
                });
        assertThat(stage()).isEqualTo(Stage.SOAK);
        browser.holds(() -> assertThat(browser.text("#history tr[data-name='promote']"))
                .contains("approver", "the regulator asks for it"));
        assertThat(scene.credit.describe().stable()).contains("v4");
        browser.requireNoErrors(READ_BACK);
    }

    @Test
    void aRolloutIsPausedResumedAndAborted() {
        open(Role.APPROVER);

        steer("pause", "lunch");
        browser.see(".title .badge", "paused");
        steer("resume", "back");
        browser.see("#pause");
        steer("abort", "approvals fell");

        browser.see(".title .badge", "ended: aborted");
        browser.until(
                "the chart ends at 0 %",
                () -> {
                    List<Double> weights = drawn("weight", 1);
                    return weights.get(weights.size() - 1) == 0.0;
                });
        browser.holds(() -> assertThat(drawn("weight", 1)).startsWith(0.05, 0.25));
        assertThat(stage()).isEqualTo(Stage.ABORTED);
        browser.holds(() -> assertThat(browser.enabled("#abort")).isFalse());
        assertThat(shown().at("/summary/weight").asDouble()).isCloseTo(0, within(0.0));
        browser.requireNoErrors(READ_BACK);
    }

    @Test
    void aRollbackSaysWhatItCameTo() {
        open(Role.OPERATOR);

        browser.click("#roll-back");
        browser.type("#reason", "approvals fell");
        browser.click("#submit");
        browser.see("#dialog-title", "credit-risk is rolled back to v3");
        browser.holds(() -> assertThat(browser.text("dialog")).contains("Taken back", "v4"));
        browser.click("#cancel");
        browser.see(".title .badge", "ended");
        browser.requireNoErrors(READ_BACK);
    }
}
