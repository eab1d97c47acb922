package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With more gates than anybody reads the page shows those that matter, and finds the others. */
@Timeout(180)
class ManyGatesInBrowserTest {

    private static final int GATES = 1_200;

    private static Browser browser;

    private final ConsoleRig rig = new ConsoleRig();

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
        rig.close();
    }

    @Test
    void aPageOfThemIsShownThoseThatAreKilledFirstAndAnyCanBeFound() {
        for (int i = 0; i < GATES; i++) {
            rig.gates.gate(String.format("gate-%04d", i), g -> g.stable("v1", input -> "v1"));
        }
        browser.open(rig.console().address(), rig.token(Role.OPERATOR));

        browser.see(".pages", "1 to 50 of 1,200 gates");
        browser.holds(() -> assertThat(browser.texts("#gates tbody tr")).hasSize(50));
        browser.click("#gates-more");
        browser.see(".pages", "51 to 100 of 1,200 gates");
        browser.see("tr[data-name='gate-0050']");
        browser.click("#gates-back");
        browser.see(".pages", "1 to 50 of 1,200 gates");

        rig.gates.kill(Scope.gate("gate-1111"), Actor.of("alice"), "it is the last that anybody would look for");
        browser.see("#headline", "1 of 1,200 gates killed");
        browser.see("#gates tbody tr:first-child", "gate-1111");
        browser.type("#find", "0777");
        browser.see(".pages", "1 to 1 of 1 gate");
        browser.see("tr[data-name='gate-0777']", "live");
        browser.empty("#find");
        browser.type("#find", "none like this");
        browser.see("#gates", "No gate is like this");
        browser.type("#of-state", "killed");
        browser.empty("#find");
        browser.type("#find", "gate");
        browser.see(".pages", "1 to 1 of 1 gate");
        browser.holds(() -> assertThat(browser.texts("#gates tbody tr"))
                .singleElement()
                .asString()
                .contains("gate-1111", "KILLED"));
        browser.requireNoErrors();
    }
}
