package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Takes the pictures of {@code docs/console.md}, anew with {@code -Dscreenshots=true}: of the same scene each time. */
@Timeout(180)
@EnabledIfSystemProperty(named = "screenshots", matches = "true")
class ScreenshotsTest {

    private static final Path IMAGES = Path.of("..", "docs", "images");
    private static final int MOST_BYTES = 150_000;

    private Browser browser;

    @Test
    void theMainScreensAreAsTheGuideShowsThem() throws Exception {
        try (Scene scene = new Scene().rollout().minutes(4).killed().minutes(12);
                Browser opened = Browser.start()) {
            browser = opened;
            browser.size(1200, 800);
            browser.open(scene.rig.console().address(), scene.rig.token(Role.ADMIN));

            gates("light");
            browser.dark(true);
            gates("dark");
            kill("dark");
            rollout("dark");
            log("dark");
            browser.dark(false);
            kill("light");
            rollout("light");
            log("light");
            browser.size(390, 844);
            gates("phone");
            kill("phone");
            rollout("phone");
            log("phone");
            browser.requireNoErrors();
        }
    }

    private void gates(String kind) throws IOException {
        browser.go("gates");
        browser.see("tr[data-name='document-summary']", "part killed");
        browser.see("tr[data-name='credit-risk']", "v4");
        take("gates", kind);
    }

    private void kill(String kind) throws IOException {
        browser.go("gates");
        browser.see("tr[data-name='fraud-score']");
        browser.click("tr[data-name='fraud-score'] button");
        browser.see("#answers");
        browser.click("#narrow");
        browser.type("#attribute", "region");
        browser.type("#value", "eu");
        browser.see("#callers", "recent callers match");
        take("kill", kind);
        browser.click("#cancel");
        browser.gone("dialog");
    }

    private void rollout(String kind) throws IOException {
        browser.go("rollouts/credit-risk");
        browser.see("#weight canvas");
        take("rollout", kind);
    }

    private void log(String kind) throws IOException {
        browser.go("log");
        browser.see("#verified", "Verified through");
        browser.see("#entries tr[data-name='1']");
        take("log", kind);
    }

    private void take(String what, String kind) throws IOException {
        browser.script("scrollTo(0, 0)");
        byte[] picture = browser.screenshot();
        assertThat(picture).as(what + " " + kind).hasSizeLessThan(MOST_BYTES);
        Files.createDirectories(IMAGES);
        Files.write(IMAGES.resolve("console-" + what + "-" + kind + ".png"), picture);
    }
}
