package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Kill;
import io.modelgate.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The switch, as a person in front of a real browser finds it. */
@Timeout(120)
class KillInBrowserTest {

    private static final String KILL = "tr[data-name='credit-risk'] button";

    private static Browser browser;

    @TempDir
    Path folder;

    private TwoProcesses site;

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
        if (site != null) {
            site.close();
        }
    }

    private TwoProcesses open(TwoProcesses opened, Token as) {
        site = opened;
        site.traffic(60);
        browser.open(site.address(), as);
        browser.see("tr[data-name='credit-risk']", "live");
        return opened;
    }

    private TwoProcesses open(Token as) {
        return open(new TwoProcesses(folder.resolve("log")), as);
    }

    @Test
    void aKillTakesTwoStepsAndEachInstanceIsSeenToConfirm() {
        open(TwoProcesses.deafOther(folder.resolve("log")), TwoProcesses.OPERATOR);

        browser.click(KILL);
        browser.see("#answers", "debt-ratio");
        browser.see("#callers", "It is for every caller");
        browser.click("#submit");
        browser.until("without a reason nothing can be confirmed", () -> !browser.enabled("#submit"));
        assertThat(site.gates.kills()).as("after the first step").isEmpty();
        browser.type("#reason", "approval rate fell");
        browser.see("#submit", "Kill credit-risk now");
        browser.click("#submit");

        browser.see("#outcome", "In force in 1 of 2 instances");
        browser.see("#confirmations", "waiting");
        assertThat(site.answerFor("eu")).isEqualTo(TwoProcesses.FALLBACK);
        assertThat(site.other.kills()).isEmpty();

        site.tellTheOther();
        browser.see("#outcome", "In force in all 2 instances");
        browser.holds(
                () -> assertThat(browser.texts("#confirmations td .badge")).containsExactly("confirmed", "confirmed"));
        assertThat(site.other.kills()).hasSize(1);

        browser.click("#cancel");
        browser.gone("dialog");
        browser.see("#headline", "1 of 2 gates killed");
        browser.see("tr[data-name='credit-risk']", "KILLED");
        assertThat(site.gates.kills())
                .singleElement()
                .extracting(Kill::actor, Kill::reason)
                .containsExactly(new Actor("olga", "console-token"), "approval rate fell");
        browser.requireNoErrors();
    }

    @Test
    void reviveWantsTheWordsOfTheScopeAndAReason() {
        open(TwoProcesses.ADMIN);
        site.gates.kill(Scope.version("credit-risk", "v1"), Actor.of("olga"), "approval rate fell");
        site.gates.kill(Scope.gate("credit-risk"), Actor.of("olga"), "so did the other's");

        browser.see(".headline .rest", "2 kills engaged");
        browser.until("both are stored", () -> site.entries("kill").size() == 2);
        browser.gone("#stale"); // which moves the rows as it comes and goes
        Kill first = site.gates.kills().get(0);
        browser.see("#kills tr:nth-child(2)");
        browser.click("#kills tr[data-name='" + first.id() + "'] button");
        browser.see("dialog", "What stays killed");
        String words = first.scope().toString();
        browser.type("#typed", words.substring(1));
        browser.type("#reason", "fixed");
        assertThat(browser.enabled("#submit")).as("with other words").isFalse();
        browser.empty("#typed");
        browser.type("#typed", words);
        browser.click("#submit");

        browser.see("#dialog-title", words + " is revived");
        browser.holds(() -> assertThat(browser.text("#still-engaged")).contains("credit-risk", "olga"));
        assertThat(site.gates.kills()).hasSize(1);
        assertThat(site.entries("revive"))
                .singleElement()
                .extracting(
                        entry -> entry.decision().actor(),
                        entry -> entry.decision().reason())
                .containsExactly("adam", "fixed");
        browser.click("#cancel");
        browser.requireNoErrors();
    }

    @Test
    void aKillAndAReviveNeedNoMouse() {
        open(TwoProcesses.ADMIN);

        tabTo("Kill credit-risk…");
        browser.press(Keys.ENTER);
        browser.see("#answers");
        tabTo("submit");
        browser.press(Keys.ENTER);
        browser.see("#reason");
        tabTo("reason");
        browser.press("approval rate fell");
        tabTo("submit");
        browser.press(Keys.ENTER);
        browser.see("#outcome", "In force in all 2 instances");
        for (int i = 0; i < 12; i++) {
            browser.press(Keys.TAB);
            assertThat(browser.script("return document.activeElement === document.body"
                            + " || document.activeElement.closest('dialog') !== null"))
                    .as("the focus stays in the dialog")
                    .isEqualTo(true);
        }
        tabTo("cancel");
        browser.press(Keys.ESCAPE);
        browser.gone("dialog");
        browser.until("the focus is where it was", () -> browser.focus().contains("credit-risk…"));

        browser.press(Keys.ENTER);
        tabTo("typed");
        browser.press("credit-risk");
        tabTo("reason");
        browser.press("fixed");
        tabTo("submit");
        browser.press(Keys.ENTER);
        browser.see("#dialog-title", "credit-risk is revived");
        assertThat(site.gates.kills()).isEmpty();
        browser.press(Keys.ESCAPE);
        browser.gone("dialog");
        browser.requireNoErrors();
    }

    private void tabTo(String target) {
        browser.until(target + " can be reached by Tab", () -> {
            if (browser.focus().equals(target)) {
                return true;
            }
            browser.press(Keys.TAB);
            return false;
        });
    }

    @Test
    void aScopeThatNoRecentCallerMatchesIsWarnedOf() {
        open(TwoProcesses.OPERATOR);

        browser.click(KILL);
        browser.see("#answers");
        browser.click("#narrow");
        browser.type("#value", "EU");
        browser.see("#preview", "None of the recent callers matches");
        browser.empty("#value");
        browser.type("#value", "eu");
        browser.see("#callers", "20 of the 60 recent callers match");
        browser.click("#submit");
        browser.type("#reason", "approval rate in the eu fell");
        browser.see("#submit", "Kill credit-risk[region=eu] now");
        browser.click("#submit");
        browser.see("#outcome", "In force in all 2 instances");

        assertThat(site.answerFor("eu")).isEqualTo(TwoProcesses.FALLBACK);
        assertThat(site.answerFor("us")).isEqualTo(TwoProcesses.MODEL);
        browser.click("#cancel");
        browser.see("tr[data-name='credit-risk']", "part killed");
        browser.see("#headline", "1 of 2 gates part killed");
        browser.requireNoErrors();
    }

    @Test
    void anOpenDialogSaysThatItsKillWasRevived() {
        open(TwoProcesses.OPERATOR);
        browser.click(KILL);
        browser.see("#answers");
        browser.click("#submit");
        browser.type("#reason", "approval rate fell");
        browser.click("#submit");
        browser.see("#outcome", "In force in all 2 instances");

        site.gates.revive(site.gates.kills().get(0).id(), Actor.of("adam"), "it was the dashboard");

        browser.see("#outcome", "REVIVED meanwhile");
        browser.see("#dialog-title", "credit-risk is revived");
        browser.gone("#confirmations");
        browser.requireNoErrors("404");
    }

    @Test
    void manyKillsAtOnceAreLoadedFewTimes() {
        open(TwoProcesses.VIEWER);
        for (int i = 0; i < 60; i++) {
            site.gates.kill(Scope.gate("credit-risk"), Actor.of("alice"), "again " + i);
        }

        browser.see("#kills", "again 59");
        browser.see("#kills-title", "The latest 20 of 60 kills");
        browser.holds(() -> assertThat(
                        (Long)
                                browser.script(
                                        "return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/kills')).length"))
                .isBetween(2L, 20L));
        browser.requireNoErrors();
    }

    @Test
    void oneVersionAndTheWholeFleetCanBeChosenToo() {
        open(TwoProcesses.OPERATOR);

        browser.click(KILL);
        browser.click("#what-version");
        browser.type("#version", "v2");
        browser.see("#answers");
        browser.click("#submit");
        browser.see("#dialog-title", "Kill credit-risk/v2?");
        browser.click("#back");
        browser.click("#what-fleet");
        browser.see("#preview", "fraud-score");
        browser.see("#preview", "nothing: callers get an error");
        browser.click("#submit");
        browser.see("#dialog-title", "Kill the whole fleet?");
        browser.click("#cancel");
        browser.gone("dialog");

        assertThat(site.gates.kills()).isEmpty();
        browser.requireNoErrors();
    }

    @Test
    void aViewerCannotKillAndIsToldWhy() {
        open(TwoProcesses.VIEWER);

        assertThat(browser.enabled(KILL)).isFalse();
        assertThat(browser.enabled("#kill-fleet")).isFalse();
        browser.holds(() -> assertThat(browser.text("#may-not")).contains("You are VIEWER", "takes OPERATOR"));
        Object status = browser.asyncScript("const done = arguments[0];"
                + "fetch('/api/v1/kills', {method: 'POST', body: JSON.stringify({gate: '*', reason: 'mine'}), headers: {"
                + "'Content-Type': 'application/json', 'X-ModelGate': 'console',"
                + " Authorization: 'Bearer ' + sessionStorage.getItem('modelgate-token')}}).then(r => done(r.status))");

        assertThat(status).isEqualTo(403L);
        assertThat(site.gates.kills()).isEmpty();
        browser.requireNoErrors("403");
    }

    @Test
    void whatTakesWhichRoleIsAsInTheContract() {
        open(TwoProcesses.VIEWER);

        Map<?, ?> takes = (Map<?, ?>)
                browser.asyncScript(
                        "const done = arguments[0]; import('/page/store.js').then("
                                + "({TAKES}) => done(Object.fromEntries(Object.entries(TAKES).map(([action, [role]]) => [action, role]))))");

        Map<String, String> contract = new OpenApi().roles();
        assertThat(takes).hasSizeGreaterThan(9);
        takes.forEach((action, role) -> {
            if (action.equals("reviveFleet")) { // which is reviving too, and takes more
                assertThat(role).isEqualTo("ADMIN");
            } else {
                assertThat(role).as(String.valueOf(action)).isEqualTo(contract.get(action));
            }
        });
        browser.requireNoErrors();
    }

    @Test
    void whatIsKilledIsNotSaidToServe() {
        open(TwoProcesses.VIEWER);
        browser.see("tr[data-name='credit-risk'] [data-column='Serves now']", "v1");

        site.gates.kill(Scope.version("credit-risk", "v1"), Actor.of("alice"), "approval rate fell");

        browser.see("#headline", "1 of 2 gates part killed");
        browser.see("tr[data-name='credit-risk'] [data-column='Serves now']", "no version (stable is v1)");
        browser.titled("1 part killed · Gates · ModelGate");
        site.gates.kill(Scope.gate("fraud-score"), Actor.of("alice"), "so did the other's");
        browser.see("#headline", "1 of 2 gates killed, 1 part killed");
        browser.requireNoErrors();
    }

    @Test
    void anOperatorSeesThatRevivingTakesMore() {
        open(TwoProcesses.OPERATOR);
        site.gates.kill(Scope.gate("credit-risk"), Actor.of("adam"), "approval rate fell");

        browser.see("#kills");
        assertThat(browser.enabled("#kills button")).isFalse();
        browser.holds(
                () -> assertThat(browser.description("#kills button")).contains("You are OPERATOR", "takes APPROVER"));
        browser.requireNoErrors();
    }

    @Test
    void whatTheServerRefusesIsSaidInTheDialog() {
        open(TwoProcesses.OPERATOR);

        browser.click(KILL);
        browser.see("#answers");
        browser.click("#submit");
        browser.type("#reason", "approval rate fell");
        site.gates.close();
        browser.click("#submit");

        browser.until("it is said", () -> !browser.text("#dialog-problem").isEmpty());
        browser.holds(() -> assertThat(browser.text("#dialog-problem")).contains("closed"));
        browser.requireNoErrors("503", "409");
    }

    @Test
    void aTokenInTheAddressIsTakenOutOfItAndKeptForTheTabAlone() {
        open(TwoProcesses.VIEWER);

        assertThat(browser.address()).endsWith("/#/gates");
        assertThat(browser.script("return sessionStorage.getItem('modelgate-token')"))
                .isEqualTo(TwoProcesses.VIEWER.text());
        assertThat(browser.script("return localStorage.length + document.cookie.length"))
                .isEqualTo(0L);
        assertThat(browser.script(
                        "return history.length > 0 && document.documentElement.outerHTML.includes(arguments[0])",
                        TwoProcesses.VIEWER.text()))
                .isEqualTo(false);
        browser.click(".who button");
        browser.type("#token", TwoProcesses.OPERATOR.text());
        browser.click("button[type=submit]");
        browser.see(".who", "olga");
        browser.requireNoErrors("401");
    }

    @Test
    void aLinkDoesNotReplaceATokenWithoutAYes() {
        open(TwoProcesses.ADMIN);
        String mallory = site.address() + "#token=" + TwoProcesses.VIEWER.text();

        browser.follow(mallory);
        browser.see("h1", "Sign in anew?");
        assertThat(browser.address()).endsWith("/#/gates");
        browser.click("#stay");
        browser.see(".who", "adam");
        assertThat(browser.script("return sessionStorage.getItem('modelgate-token')"))
                .isEqualTo(TwoProcesses.ADMIN.text());

        browser.follow(mallory);
        browser.click("#take-offered");
        browser.see(".who", "vera");
        browser.requireNoErrors();
    }

    @Test
    void anAddressThatIsNoneDoesNotBreakThePage() {
        open(TwoProcesses.VIEWER);

        for (String address :
                List.of("#token=%E0%A4%A", "#/gates/%E0%A4%A", "#/constructor", "#/toString/x", "#/log?__proto__=x")) {
            browser.follow(site.address() + address);
            browser.see("main h1");
            browser.see(".who", "vera");
        }
        browser.requireNoErrors();
    }

    @Test
    void whoeverComesToAScreenIsAtItsHeading() {
        open(TwoProcesses.VIEWER);

        browser.go("log");
        browser.until("its heading has the focus", () -> browser.focus().equals("Control log"));
        browser.titled("all live · Log · ModelGate");
        browser.go("gates/credit-risk");
        browser.until("its heading has the focus", () -> browser.focus().equals("credit-risk"));
        browser.titled("all live · Gates: credit-risk · ModelGate");
        browser.requireNoErrors();
    }
}
