package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every screen can be used by who sees it otherwise, and on whatever it is seen. */
@Timeout(180)
class AccessibilityTest {

    private static final List<String> SCREENS =
            List.of("gates", "gates/document-summary", "rollouts", "rollouts/credit-risk", "budgets", "log", "fleet");

    private static Browser browser;
    private static Scene scene;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        scene = new Scene().rollout().minutes(12).killed();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (scene != null) {
            scene.close();
        }
    }

    private static void open(Role as) {
        browser.size(1280, 900);
        browser.dark(false);
        browser.open(scene.rig.console().address(), scene.rig.token(as));
    }

    private static void show(String screen) {
        browser.go(screen);
        browser.until(screen + " is shown", () -> (Boolean) browser.script(
                "return document.querySelector('main h1, main table') !== null && location.hash === '#/' + arguments[0]"
                        + " && !document.querySelector('main').textContent.includes('Loading')",
                screen));
    }

    private static void requireAccessible(String what) {
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            assertThat(browser.strings("const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                            + "return ids.filter((id, i) => ids.indexOf(id) !== i)"))
                    .as("doubled ids of " + what)
                    .isEmpty();
            assertThat(browser.inaccessible())
                    .as(what + (dark ? ", dark" : ", light"))
                    .isEmpty();
        }
        browser.dark(false);
    }

    @Test
    void everyScreenIsCleanInBothColourSchemes() {
        open(Role.ADMIN);
        for (String screen : SCREENS) {
            show(screen);
            requireAccessible(screen);
        }
        browser.requireNoErrors();
    }

    @Test
    void everyScreenIsCleanForAViewerOnAPhone() {
        open(Role.VIEWER);
        browser.size(320, 640);
        for (String screen : SCREENS) {
            show(screen);
            requireAccessible(screen);
        }
        browser.requireNoErrors();
    }

    @Test
    void nothingHasToBeScrolledSidewaysOnAPhone() {
        open(Role.ADMIN);
        browser.size(320, 640);
        for (String screen : SCREENS) {
            show(screen);
            List<String> wide = browser.strings("return [...document.querySelectorAll('main *, header *')]"
                    + ".filter(e => e.getBoundingClientRect().right > 320 && !e.closest('.quiet-label, .unseen, thead'))"
                    + ".map(e => e.tagName + '.' + e.className + ' ' + e.textContent)");
            assertThat(wide).as(screen).isEmpty();
            assertThat(browser.script("return document.documentElement.scrollWidth"))
                    .as(screen)
                    .isEqualTo(320L);
        }
        browser.requireNoErrors();
    }

    @Test
    void everyDialogIsClean() {
        open(Role.ADMIN);
        browser.click("tr[data-name='credit-risk'] button");
        browser.see("#answers");
        requireAccessible("the first step of a kill");
        browser.click("#narrow");
        browser.see("#attribute");
        requireAccessible("a narrowed kill");
        browser.click("#narrow");
        browser.see("#answers");
        browser.click("#submit");
        browser.see("#reason");
        requireAccessible("the second step of a kill");
        browser.type("#reason", "approval rate fell");
        browser.click("#submit");
        browser.see("#outcome", "In force in");
        requireAccessible("the confirmations of a kill");
        browser.click("#cancel");
        browser.gone("dialog");
        browser.click("#kills button[aria-label='Revive credit-risk…']");
        browser.see("#typed");
        requireAccessible("a revive");
        browser.type("#typed", "credit-risk");
        browser.type("#reason", "fixed");
        browser.click("#submit");
        browser.see("#dialog-title", "is revived");
        requireAccessible("a revived kill");
        browser.click("#cancel");
        show("rollouts/credit-risk");
        browser.click("#roll-back");
        browser.see("#reason");
        requireAccessible("a rollback");
        browser.click("#cancel");
        browser.requireNoErrors();
    }

    @Test
    void theSignInIsClean() {
        open(Role.VIEWER);
        browser.click(".who button");
        browser.see("#token");
        requireAccessible("the sign-in");
        browser.requireNoErrors();
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        open(Role.VIEWER);
        SCREENS.forEach(AccessibilityTest::show);

        assertThat(browser.hosts())
                .containsExactly(scene.rig.console().address().getAuthority());
        browser.requireNoErrors();
    }
}
