package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Cause;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioFileTest {

    private static final String PLAIN = """
            candidate: bad
            traffic: 100
            metrics:
              score: {least: 0, most: 10}
            versions:
              stable: {rates: {ERROR: 0.2 %}}
              candidate: {rates: {ERROR: 2 %, TIMEOUT: 0.001}}
            """;

    private static Scenario parse(String yaml) {
        return ScenarioFile.parse("s.yaml", yaml.getBytes(StandardCharsets.UTF_8), null);
    }

    @Test
    void saysWhatTheVersionsDo() {
        Scenario scenario = parse(PLAIN);
        assertThat(scenario.name()).isEqualTo("s");
        assertThat(scenario.bad()).isTrue();
        assertThat(scenario.traffic()).containsExactly(100.0);
        assertThat(scenario.stable().missed()).containsOnlyKeys(Cause.ERROR).containsEntry(Cause.ERROR, 0.002);
        assertThat(scenario.candidate().missed()).containsEntry(Cause.TIMEOUT, 0.001);
        assertThat(scenario.candidate().answered()).isEqualTo(0.979);
        assertThat(scenario.duration()).isNull();
    }

    private static final String GROUPED = """
            candidate: bad
            traffic: 100
            metrics:
              score: {least: 0, most: 10}
            groups:
              attribute: home
              shares: {own: 60 %, rent: 0.4}
            versions:
              stable: {rates: {ERROR: 0.2 %}}
              candidate:
                rates: {ERROR: 0.2 %}
                groups:
                  rent: {rates: {ERROR: 2 %}}
            """;

    @Test
    void aGroupIsAnsweredOtherwiseOnlyWhereItIsSaid() {
        Scenario scenario = parse(GROUPED + """
                changes:
                  - {at: 10m, version: candidate, groups: {own: {badAnswers: 5 %}}}
                """);
        assertThat(scenario.attribute()).isEqualTo("home");
        assertThat(scenario.groups()).containsExactly(Map.entry("own", 0.6), Map.entry("rent", 0.4));
        assertThat(scenario.candidate().of("rent").missed()).containsEntry(Cause.ERROR, 0.02);
        assertThat(scenario.candidate().of("own")).isEqualTo(scenario.candidate());
        assertThat(scenario.stable().of("rent")).isEqualTo(scenario.stable());
        Behaviour changed =
                scenario.candidate().shifted(scenario.changes().get(0).shift());
        assertThat(changed.of("own").bad()).isEqualTo(0.05);
        assertThat(changed.of("rent").missed()).containsEntry(Cause.ERROR, 0.02);
        assertThat(scenario.changes().get(0).text()).isEqualTo("the candidate's answers to [own]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rent: 0.4 | rent: 0.3 | the shares sum up to 0.9: expected 1",
                "rent: 0.4 | rent: 0 | rent is 0: expected a share of the callers above 0",
                "attribute: home | attribute: '' | attribute is empty",
                "rent: {rates | lodger: {rates | lodger"
            })
    void whatGroupsCannotBeIsRefused(String good, String bad, String message) {
        assertThatThrownBy(() -> parse(GROUPED.replace(good, bad)))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void changesAreInTheOrderOfTheirTime() {
        Scenario scenario = parse(PLAIN + """
                changes:
                  - {at: 1h30m, version: candidate, badAnswers: 5 %}
                  - {atWeight: 25 %, version: both, latency: {p50: 10ms, p99: 20ms}}
                  - {at: 10m, traffic: 0}
                  - {at: 20m, version: stable, metrics: {score: {mean: 5}}}
                """);
        assertThat(scenario.changes())
                .extracting(Scenario.Change::atNanos)
                .containsExactly(-1L, 600_000_000_000L, 1_200_000_000_000L, 5_400_000_000_000L);
        assertThat(scenario.changes().get(0).atWeight()).isEqualTo(0.25);
        assertThat(scenario.changes().get(1).traffic()).isZero();
        assertThat(scenario.changes().get(2).shift().metrics()).containsOnlyKeys(0);
    }

    @Test
    void everyShippedScenarioIsRead() throws Exception {
        try (var files = Files.list(Path.of("scenarios"))) {
            List<Path> scenarios =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            assertThat(scenarios).hasSizeGreaterThan(10);
            for (Path file : scenarios) {
                String name = file.getFileName().toString().replace(".yaml", "");
                assertThat(ScenarioFile.load(file).name()).isEqualTo(name);
                assertThat(ScenarioFile.load(file).says()).as(name).isNotEmpty();
            }
        }
    }

    /** Each has the place of the mistake and what to do about it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            candidat: bad                                     | s.yaml:1:1: unknown key "candidat" in the file: did you mean "candidate"?
            candidate: awful\\ntraffic: 1\\nversions: {stable: {}, candidate: {}} | s.yaml:1:12: unknown value "awful" in candidate
            traffic: 1                                        | the file has none of [versions, recording]: expected exactly one
            candidate: bad\\nversions: {stable: {}, candidate: {}} | the file has no "traffic": add it
            traffic: -1\\nversions: {stable: {}, candidate: {}} | s.yaml:1:10: traffic is "-1": expected a number from 0 to 1000000
            traffic: .nan\\nversions: {stable: {}, candidate: {}} | traffic is ".nan": expected a number
            traffic: [1]\\nversions: {stable: {}, candidate: {}} | s.yaml:1:10: traffic is not a single value
            traffic: {byHour: [1, 2]}\\nversions: {stable: {}, candidate: {}} | byHour has 2 entries: expected 24
            versions: {stable: {rates: {EROR: 1 %}}, candidate: {}} | s.yaml:1:29: unknown key "EROR" in rates: did you mean "ERROR"?
            versions: {stable: {rates: {KILLED: 1 %}}, candidate: {}} | unknown key "KILLED" in rates
            versions: {stable: {rates: {ERROR: 1.1}}, candidate: {}} | ERROR is "1.1": expected a share
            versions: {stable: {rates: {ERROR: 60 %, TIMEOUT: 60 %}}, candidate: {}} | the rates sum up to 1.2: expected at most 1
            versions: {stable: {latency: {median: 3, p99: 1s}}, candidate: {}} | median is "3": expected a duration
            versions: {stable: {latency: {median: 2s, p99: 1s}}, candidate: {}} | p99 is not above the median
            versions: {stable: {latency: {p50: 2s, p99: 1s}}, candidate: {}} | p99 is 0 or below a lower quantile
            versions: {stable: {latency: {}}, candidate: {}}  | latency says nothing
            versions: {stable: {metrics: {scor: {mean: 1}}}, candidate: {}} | unknown key "scor" in metrics
            versions: {stable: {}}                            | versions has no "candidate": add it
            versions: []                                      | s.yaml:1:11: versions is not a mapping
            versions: {stable: {}, candidate: {}, candidate: {}} | "candidate" is there twice: keep one
            metrics: {m: {least: 1, most: 1}}\\nversions: {stable: {}, candidate: {}} | expected finite bounds
            recording: r.csv                                  | recording names no file
            `a: [`                                            | : not YAML:
            `a: "\\u0007\\u001b[2J"`                          | unknown key "a"
            """)
    void refusesMistakesWithThePlaceAndTheFix(String yaml, String message) {
        String text = yaml.replace("\\n", "\n");
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "changes: [{at: 1m}]",
                "changes: [{at: 1m, atWeight: 5 %, traffic: 1}]",
                "changes: [{at: -1m, traffic: 1}]",
                "changes: [{at: 1m, version: canary, badAnswers: 1}]",
                "changes: [{at: 1m, badAnswers: 1}]",
                "changes: {at: 1m}",
                "missing: [{from: 2m, to: 1m}]",
                "missing: [{from: 2m}]",
                "callers: 0",
                "callers: 1.5",
                "callers: 99999999999",
                "start: yesterday",
                "duration: 0s",
                "duration: 400d",
                "says: {}",
                "exposures: maybe",
                "exposures: true\nagreement: 98 %",
                "exposures: true\nmissing: [{from: 1m, to: 2m}]",
                "records: {hangs: {from: 2m, to: 1m}}",
                "records: {}",
                "bucketing: {system: unleash, groupId: a, at: 20 %}\nother: {together: lockstep, versions: {stable: {}, candidate: {}}}",
                "blueGreen: {switchAt: 1m, switchBackAfter: 1m}",
                "blueGreen: {smoke: [{name: a}], switchAt: 1m}",
                "blueGreen: {smoke: [{name: a}, {name: a}], switchAt: 1m, switchBackAfter: 1m}",
                "blueGreen: {smoke: [{name: ''}], switchAt: 1m, switchBackAfter: 1m}",
                "blueGreen: {smoke: [{name: a, least: 1}], switchAt: 1m, switchBackAfter: 1m}",
                "blueGreen: {smoke: [{name: a, metric: score, least: 11}], switchAt: 1m, switchBackAfter: 1m}",
                "blueGreen: {smoke: [{name: a}], switchAt: 1m, switchBackAfter: 1m}\nexposures: true",
                "recording: r.csv"
            })
    void refusesWhatMakesNoSense(String line) {
        assertThatThrownBy(() -> parse(PLAIN + line + "\n"))
                .isInstanceOf(BadFileException.class)
                .hasMessageMatching("s\\.yaml:\\d+:\\d+: .+: (expected|add|remove) .+");
    }

    @Test
    void whatIsSetUpAroundTheGateIsRead() {
        Setting setting = parse(PLAIN + """
                        blueGreen:
                          smoke: [{name: a, metric: score, least: 4}, {name: b}]
                          switchAt: 10m
                          switchBackAfter: 90s
                        """).setting();
        assertThat(setting.switching())
                .isEqualTo(new Setting.Switching(
                        List.of(new Setting.Smoke("a", 0, 0.4, 1), new Setting.Smoke("b", -1, 0, 1)),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(90)));
        assertThat(parse(PLAIN + "exposures: true\nrecords: {hangs: {from: 0s, to: 1m}}\n")
                        .setting())
                .isEqualTo(new Setting(null, true, new Setting.Hang(Duration.ZERO, Duration.ofMinutes(1)), null));
        assertThat(parse(PLAIN).setting()).isEqualTo(Setting.PLAIN);
    }

    @Test
    void hostileFilesAreRefusedNotFollowed() {
        String deep = "a: " + "[".repeat(100_000);
        assertThatThrownBy(() -> parse(deep)).isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> parse("&a [*a]")).isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> parse("versions: &a {stable: *a, candidate: *a}\n"))
                .isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> parse("")).isInstanceOf(BadFileException.class).hasMessageContaining("empty");
        assertThatThrownBy(() -> parse("? {a: b}\n: c\n")).isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> parse("a: b\n---\nc: d\n")).isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> parse("x".repeat(2_000_000))).hasMessageContaining("expected at most");
        assertThatThrownBy(() -> ScenarioFile.parse("s.yaml", new byte[] {(byte) 0xff, (byte) 0xfe, 0}, null))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> parse("\u001b[31m" + "k".repeat(500) + ": 1\n"))
                .isInstanceOf(BadFileException.class)
                .message()
                .hasSizeLessThan(400)
                .doesNotContain("\u001b");
    }

    @Test
    void aRecordingBecomesTrafficAndRates(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("r.csv"), """
                at,version,calls,errors
                2026-01-05T09:00:00Z,stable,900,9
                2026-01-05T09:00:00Z,candidate,100,5
                2026-01-05T09:00:10Z,stable,450,0
                """);
        Path file = folder.resolve("s.yaml");
        Files.writeString(file, "candidate: bad\nrecording: r.csv\n");
        List<Scenario.Change> changes = ScenarioFile.load(file).changes();
        assertThat(changes).extracting(Scenario.Change::traffic).containsExactly(100.0, null, null, 45.0, null, 0.0);
        assertThat(changes.get(1).shift().missed()).containsEntry(Cause.ERROR, 0.01);
        assertThat(changes.get(2).shift().missed()).containsEntry(Cause.ERROR, 0.05);
        assertThat(changes.get(3).atNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(changes.get(5).atNanos()).isEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            at,version,calls,erors\\n0,stable,1,0      | r.csv:1: unknown column "erors" in the recording: did you mean "errors"?
            at,version\\n0,stable                      | r.csv:1: no column "calls": add it to the first line
            at,version,calls\\n0,canary,1              | r.csv:2: version is "canary": expected stable or candidate
            at,version,calls\\n0,stable,1.5            | r.csv:2: calls is "1.5": expected a whole number
            at,version,calls\\n0,stable,-1             | r.csv:2: calls is "-1": expected a whole number
            at,version,calls,errors\\n0,stable,1,2     | r.csv:2: more calls are missed than there are: expected at most 1
            at,version,calls\\nnoon,stable,1           | r.csv:2: at is "noon": expected seconds
            at,version,calls\\n0,stable,1\\n0,stable,1 | r.csv:3: a second line for stable at the same time: keep one
            at,version,calls\\n0,stable,1              | r.csv: 1 intervals: expected two or more
            at,version,calls\\n0,stable                | r.csv:2: has 2 values: expected as many as the first line
            """)
    void refusesRecordingsWithTheLineAndTheFix(String csv, String message) {
        byte[] content = csv.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Recording.read("r.csv", content))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(message);
    }
}
