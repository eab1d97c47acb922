package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * A Chromium of this machine, for tests of the page: {@code CHROMIUM} and {@code CHROMEDRIVER} of the environment say where it is, else the
 * PATH does. What goes wrong in it, a violation of the content security policy among that, fails the test that closes it.
 */
final class Browser implements AutoCloseable {

    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NONE =
            "no Chromium and its driver: install chromium and chromium-driver, or set CHROMIUM and CHROMEDRIVER";

    static {
        SELENIUM.setLevel(Level.SEVERE); // it warns of every Chromium that is newer than itself
    }

    private final ChromeDriver driver;
    private final Path profile;

    private Browser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Skips the running test if there is no browser, except where {@code CI} is {@code true}: there it fails. */
    static void assumeAvailable() {
        boolean available = binary("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
                        .isPresent()
                && binary("CHROMEDRIVER", "chromedriver").isPresent();
        boolean ci = Boolean.getBoolean("CI") || Boolean.parseBoolean(System.getenv("CI"));
        if (ci && !available) {
            throw new IllegalStateException(NONE);
        }
        Assumptions.assumeTrue(available, NONE);
    }

    private static Optional<Path> binary(String variable, String... names) {
        String given = System.getenv(variable);
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isExecutable);
        }
        String path = System.getenv("PATH");
        return Stream.of(names)
                .flatMap(name -> Arrays.stream((path == null ? "" : path).split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start() {
        assumeAvailable();
        try {
            Path profile = Files.createTempDirectory("chromium");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(binary("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
                    .orElseThrow()
                    .toString());
            options.addArguments(
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--user-data-dir=" + profile);
            options.setExperimentalOption(
                    "prefs",
                    Map.of("download.default_directory", downloads(profile).toString()));
            LoggingPreferences logging = new LoggingPreferences();
            logging.enable(LogType.BROWSER, Level.ALL);
            options.setCapability("goog:loggingPrefs", logging);
            System.setProperty(
                    "webdriver.chrome.driver",
                    binary("CHROMEDRIVER", "chromedriver").orElseThrow().toString());
            Browser browser = new Browser(new ChromeDriver(options), profile);
            browser.size(1280, 900);
            browser.dark(false);
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path downloads(Path profile) {
        return profile.resolve("downloads");
    }

    /** A file that the page has saved, whole. */
    Path saved(String name) {
        Path file = downloads(profile).resolve(name);
        until(name + " is saved", () -> Files.exists(file)); // under another name until it is whole
        return file;
    }

    /** Opens the page of a console, signed in with a token. */
    void open(URI console, Token token) {
        if (address().startsWith("http")) { // what the last test left behind is not this one's
            script("sessionStorage.clear()");
        }
        driver.get("about:blank");
        driver.manage().logs().get(LogType.BROWSER);
        follow(console + "#token=" + token.text());
        see("#headline");
    }

    /** Opens an address as it is. */
    void follow(String address) {
        driver.get(address);
    }

    /** Goes to another screen of the page that is open. */
    void go(String screen) {
        script("location.hash = '#/" + screen + "'");
    }

    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    void dark(boolean wanted) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", wanted ? "dark" : "light"))));
    }

    /** Waits for an element that is shown. */
    WebElement see(String css) {
        return waiting("no " + css + " is shown").until(d -> {
            WebElement element = d.findElement(By.cssSelector(css));
            return element.isDisplayed() ? element : null;
        });
    }

    /** What an element that is shown says of itself at one moment: it may be replaced at any. */
    private <T> T look(String css, Function<WebElement, T> question) {
        return waiting("no " + css + " is shown")
                .until(d -> {
                    WebElement element = d.findElement(By.cssSelector(css));
                    return element.isDisplayed() ? Optional.of(question.apply(element)) : null;
                })
                .orElseThrow();
    }

    /** Waits until an element says something. */
    void see(String css, String text) {
        String[] last = {"nothing"};
        waiting(css + " does not say: " + text)
                .withMessage(() -> css + " does not say: " + text + ", but: " + last[0])
                .until(d -> {
                    last[0] = d.findElement(By.cssSelector(css)).getText();
                    return last[0].contains(text);
                });
    }

    void gone(String css) {
        waiting(css + " stays")
                .until(d -> d.findElements(By.cssSelector(css)).stream().noneMatch(WebElement::isDisplayed));
    }

    void click(String css) {
        waiting("cannot click " + css)
                .ignoring(org.openqa.selenium.ElementClickInterceptedException.class)
                .until(d -> {
                    WebElement element = d.findElement(By.cssSelector(css));
                    if (!element.isDisplayed() || off(element)) {
                        return false;
                    }
                    element.click();
                    return true;
                });
    }

    void type(String css, String text) {
        look(css, element -> {
            element.sendKeys(text);
            return text;
        });
    }

    /** Deletes what a field holds as a person does: the driver's own way tells the page of a change and of no input. */
    void empty(String css) {
        type(css, Keys.chord(Keys.CONTROL, "a") + Keys.BACK_SPACE);
    }

    boolean enabled(String css) {
        return look(css, element -> !off(element));
    }

    private static boolean off(WebElement element) {
        return !element.isEnabled() || "true".equals(element.getAttribute("aria-disabled"));
    }

    /** What a screen reader adds to the name of an element. */
    String description(String css) {
        see(css);
        return String.valueOf(script(
                "const e = document.querySelector(arguments[0]);"
                        + "return document.getElementById(e?.getAttribute('aria-describedby'))?.textContent",
                css));
    }

    String text(String css) {
        return look(css, WebElement::getText);
    }

    /** The texts of all that match, shown or not. */
    List<String> texts(String css) {
        return strings("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", css);
    }

    /** What has the focus: its id, or else its label or text. */
    String focus() {
        return String.valueOf(script(
                "const e = document.activeElement; return e.id || e.getAttribute('aria-label') || e.textContent"));
    }

    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    String title() {
        return driver.getTitle();
    }

    /** Waits until the page is called so: what it says of the gates is marked as old while nothing was heard for a moment. */
    void titled(String title) {
        until("the page is called " + title, () -> title.equals(title()));
    }

    String address() {
        return driver.getCurrentUrl();
    }

    Object script(String text, Object... arguments) {
        return ((JavascriptExecutor) driver).executeScript(text, arguments);
    }

    Object asyncScript(String text, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        return driver.executeAsyncScript(text, arguments);
    }

    List<String> strings(String text, Object... arguments) {
        return ((List<?>) script(text, arguments)).stream().map(String::valueOf).toList();
    }

    void until(String what, BooleanSupplier condition) {
        waiting("it did not come to be that " + what).until(d -> condition.getAsBoolean());
    }

    /** Waits until an assertion holds: what the page says of a moment ago may be on its way to what it will say. Fails with its own error. */
    void holds(Runnable assertion) {
        AssertionError[] last = new AssertionError[1];
        try {
            waiting("").until(d -> {
                try {
                    assertion.run();
                    return true;
                } catch (AssertionError e) {
                    last[0] = e;
                    return false;
                }
            });
        } catch (TimeoutException e) {
            if (last[0] != null) {
                throw last[0];
            }
            throw e;
        }
    }

    private WebDriverWait waiting(String message) {
        WebDriverWait wait = new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50));
        wait.ignoring(NoSuchElementException.class)
                .ignoring(StaleElementReferenceException.class)
                .withMessage(message);
        return wait;
    }

    /** What axe-core finds wrong on the page as it is shown, and where. */
    List<String> inaccessible() {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            script(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Object found = asyncScript("const done = arguments[0];"
                + "axe.run(document, {resultTypes: ['violations']}).then("
                + "r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(', '))),"
                + "e => done(['axe: ' + e]))");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    byte[] screenshot() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    /** Requires that nothing went wrong in the browser since it was asked last, but for what says one of these. */
    void requireNoErrors(String... expected) {
        List<String> errors = driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getMessage())
                .filter(message -> Arrays.stream(expected).noneMatch(message::contains))
                .toList();
        assertThat(errors).as("errors in the browser").isEmpty();
    }

    /** The hosts from which anything was loaded. */
    List<String> hosts() {
        return strings("return [...new Set(performance.getEntriesByType('resource').map(e => new URL(e.name).host))]");
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> paths = Files.walk(profile)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // The browser still writes as it goes; the machine's temporary directory is emptied some day.
        }
    }
}
