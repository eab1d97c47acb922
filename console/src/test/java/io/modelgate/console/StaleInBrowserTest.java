package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page never shows what was as if it were so. */
@Timeout(120)
class StaleInBrowserTest {

    private static final String GONE = "ERR_";
    private static final Pattern AGE = Pattern.compile("(\\d+) s ago");

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

    /** Of all that is drawn: how much of it is in the colour of what is well. */
    private static long green() {
        return (Long) browser.script("const probe = document.createElement('i');"
                + "probe.style.color = 'var(--well)'; document.body.append(probe);"
                + "const well = getComputedStyle(probe).color; probe.remove();"
                + "return [...document.querySelectorAll('body *')].filter(e => { const s = getComputedStyle(e);"
                + " return [s.color, s.backgroundColor, s.borderLeftColor].includes(well); }).length");
    }

    private static int age() {
        Matcher matcher = AGE.matcher(browser.text("#stale .age"));
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void withoutTheServerNothingIsGreenAndTheAgeGrows() {
        site = new TwoProcesses(folder.resolve("log"));
        browser.open(site.address(), TwoProcesses.VIEWER);
        browser.see("#headline", "All 2 gates are live");
        browser.holds(() -> assertThat(green()).isPositive());
        browser.titled("all live · Gates · ModelGate");

        site.stopConsole();

        browser.see("#stale", "what you see may be old");
        assertThat(green()).isZero();
        assertThat(browser.text("#headline")).isEqualTo("Was: all 2 gates are live");
        assertThat(browser.text("tr[data-name='credit-risk']")).contains("was live");
        assertThat(browser.title()).startsWith("? ");
        assertThat(browser.texts("[role=status]")).containsExactly("What you see may be old.");
        assertThat(browser.texts(".banner[aria-live], .banner [aria-live], .banner [role=alert]"))
                .as("what is read aloud anew every second")
                .isEmpty();
        int age = age();
        assertThat(age).isGreaterThanOrEqualTo(7);
        browser.until("the age grows", () -> age() > age + 1);
        browser.go("log");
        browser.see("#stale");
        assertThat(green()).isZero();

        site.startConsole();
        browser.gone("#stale");
        browser.see("#headline", "All 2 gates are live");
        browser.until("it is green again", () -> green() > 0);
        browser.holds(
                () -> assertThat(browser.texts("[role=status]")).containsExactly("What you see is up to date again."));
        browser.requireNoErrors(GONE);
    }

    @Test
    void afterARestartTheLogIsShownWithoutAGap() {
        site = new TwoProcesses(folder.resolve("log"));
        browser.open(site.address(), TwoProcesses.VIEWER);
        browser.go("log");
        browser.see("#entries tr[data-name='1']");
        int before = numbers().size();
        site.gates.kill(Scope.gate("credit-risk"), Actor.of("alice"), "before the restart");
        browser.see("#entries tbody tr:first-child", "before the restart");

        site.stopConsole();
        for (int i = 0; i < 80; i++) { // more than a page of them
            site.gates.kill(Scope.gate("fraud-score"), Actor.of("alice"), "while it was away " + i);
        }
        site.startConsole();
        site.gates.kill(Scope.gate("credit-risk"), Actor.of("alice"), "after the restart");

        browser.see("#entries tbody tr:first-child", "after the restart");
        browser.see("#headline", "killed");
        long last = site.gates.applied();
        browser.until("every entry is there", () -> numbers().get(0) == last);
        assertThat(numbers())
                .as("the numbers of the entries")
                .startsWith(LongStream.iterate(last, n -> n > before, n -> n - 1)
                        .boxed()
                        .toArray(Long[]::new));
        browser.see("#verified", "Verified through entry " + last + " of " + last);
        browser.requireNoErrors(GONE);
    }

    @Test
    void anExportThatIsCutShortIsNotSaved() {
        site = new TwoProcesses(folder.resolve("log"));
        site.gates.kill(Scope.gate("credit-risk"), Actor.of("alice"), "approval rate fell");
        browser.open(site.address(), TwoProcesses.VIEWER);
        browser.go("log");
        browser.click("#export");
        browser.see(
                "#exported",
                "Saved as modelgate-log-1-" + site.gates.log().head().seq());

        browser.script("const real = window.fetch; window.fetch = async (to, options) => {"
                + " const whole = await real(to, options); if (!String(to).endsWith('/log/export')) return whole;"
                + " const lines = (await whole.text()).split('\\n');"
                + " return new Response(lines.slice(0, -2).join('\\n') + '\\n', {headers: whole.headers}); }");
        browser.click("#export");
        browser.see("#exported", "Not saved: it was cut short");
        browser.requireNoErrors();
    }

    /** Answers to a question come when the test says so. */
    @Test
    void onASlowLinkWhatIsUnderWayIsKeptAndAskedForOnceMore() {
        site = new TwoProcesses(folder.resolve("log"));
        browser.open(site.address(), TwoProcesses.VIEWER);

        Object said = browser.asyncScript(
                "const done = arguments[0]; import('/page/screens.js').then(async ({Loader}) => {"
                        + " const asked = []; const heard = []; const open = [];"
                        + " const loader = new Loader((question, overtaken) => { asked.push(question);"
                        + "  return new Promise(answer => open.push(() => { heard.push(question + (overtaken() ? ' overtaken' : '')); answer(); })); });"
                        + " const soon = () => new Promise(then => setTimeout(then));"
                        + " for (let i = 0; i < 10; i++) loader.load('a');"
                        + " open.shift()(); await soon();"
                        + " open.shift()(); await soon(); const idle = !loader.busy;"
                        + " loader.load('a'); loader.load('b'); open.shift()(); open.shift()(); await soon();"
                        + " done([asked.join(), heard.join(), idle, open.length].join(' | ')); }, e => done(String(e)))");

        assertThat(said).isEqualTo("a,a,a,b | a,a,a overtaken,b | true | 0");
        browser.requireNoErrors();
    }

    private static List<Long> numbers() {
        return browser
                .strings("return [...document.querySelectorAll('#entries tbody tr')].map(e => e.dataset.name)")
                .stream()
                .map(Long::valueOf)
                .toList();
    }

    @Test
    void eventsAreReadHoweverTheyAreCutUp() {
        site = new TwoProcesses(folder.resolve("log"));
        browser.open(site.address(), TwoProcesses.VIEWER);
        String text = String.join(
                "",
                ": a comment\r\nid: 7-0badf00d\nevent: entry\ndata: {\"a\":\ndata: \"ü\"}\r\n\r\n",
                "event:ping\rdata:{}\r\rdata: lone\n\nevent: nothing\n\nid: 8\ndata\n\nevent: half\ndata: 1\n");

        Object[] parsed = {
            browser.asyncScript(
                    "const [text, done] = arguments; import('/page/events.js').then(({parser}) => {"
                            + " const all = new Set();"
                            + " for (let size = 1; size <= text.length; size++) { const found = []; const feed = parser(e => found.push(e));"
                            + " for (let i = 0; i < text.length; i += size) feed(text.slice(i, i + size)); all.add(JSON.stringify(found)); }"
                            + " done([...all].join('\\n')); }, e => done(String(e)))",
                    text)
        };

        assertThat(String.valueOf(parsed[0]))
                .isEqualTo("[{\"type\":\"entry\",\"id\":\"7-0badf00d\",\"data\":\"{\\\"a\\\":\\n\\\"ü\\\"}\"},"
                        + "{\"type\":\"ping\",\"id\":null,\"data\":\"{}\"},"
                        + "{\"type\":\"message\",\"id\":null,\"data\":\"lone\"},"
                        + "{\"type\":\"message\",\"id\":\"8\",\"data\":\"\"}]");
        browser.requireNoErrors();
    }
}
