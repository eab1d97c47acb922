package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateTest {

    private static final String POLICY = "policies/flagger-steps.yaml";
    private static final String SCENARIO = "scenarios/table-20-percent.yaml";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int simulate(String... args) {
        return Simulate.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void helpNamesEveryOptionAndExitCode() {
        assertThat(simulate("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "POLICY.yaml",
                        "SCENARIO.yaml",
                        "--runs",
                        "--seed",
                        "--look",
                        "--threads",
                        "--json",
                        "--plot",
                        "--peers",
                        "--reference",
                        "--blue-green")
                .contains("Exit codes:", "an argument or a file cannot be used");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aSimulationSaysWhatItFound(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");
        assertThat(simulate(POLICY, SCENARIO, "--runs", "10", "--seed", "5", "--json", json.toString()))
                .isZero();
        assertThat(out.toString())
                .contains("policy    flagger-steps: 10 steps, 1 guardrails, alpha 0.05")
                .contains("scenario  table-20-percent: the candidate misses 20 % of its calls", "seed 5")
                .containsPattern("rolled back +100 % +72.2 % to 100 %")
                .containsPattern("bad answers before the rollback, median +\\d+ +\\d+ to \\d+")
                .contains("started at 5 %");
        assertThat(err.toString()).isEmpty();
        assertThat(Files.readString(json))
                .contains(
                        "\"policy\": \"flagger-steps\"",
                        "\"runs\": 10",
                        "\"missed\": {\"value\": 0,",
                        "\"timeline\": [")
                .contains("\"secondsToPromotionMedian\": {\"value\": null");
    }

    @Test
    void theSameArgumentsPrintTheSame() {
        simulate(POLICY, SCENARIO, "--runs", "6", "--threads", "1");
        String first = out.toString();
        out.getBuffer().setLength(0);
        simulate(POLICY, SCENARIO, "--runs", "6", "--threads", "3");
        assertThat(out.toString()).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                         | expected a policy and a scenario, or one of --reference, --blue-green and --peers
            policies/canary.yaml                       | expected a policy and a scenario, or one of --reference, --blue-green and --peers
            --runs 0 a b                               | --runs is 0: expected 1 to 1000000
            --runs many a b                            | Invalid value for option '--runs'
            --threads 65 a b                           | --threads is 65: expected 1 to 64
            --peers a b                                | --peers takes no policy
            --reference scenarios/aa.yaml              | has no reference
            --reference scenarios/aa.yaml --peers      | --reference takes no policy
            --blue-green scenarios/aa.yaml             | has no blueGreen
            --blue-green scenarios/aa.yaml --peers     | --blue-green takes no policy
            --frobnicate                               | Unknown option: '--frobnicate'
            nowhere.yaml scenarios/aa.yaml             | nowhere.yaml: cannot be read
            policies/canary.yaml nowhere.yaml          | nowhere.yaml: cannot be read
            scenarios/table-5-percent.yaml scenarios/aa.yaml | table-5-percent.yaml:
            policies/canary.yaml policies/canary.yaml  | canary.yaml:4:1: unknown key "steps" in the file
            --look 2h policies/canary.yaml scenarios/aa.yaml | --look is "2h": expected a duration from 10ms to 1h
            --json nowhere/x.json --runs 1 policies/flagger-steps.yaml scenarios/table-20-percent.yaml | nowhere/x.json: cannot be written
            """)
    void whatCannotBeUsedIsRefusedWithTheReason(String args, String message) {
        assertThat(simulate(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    }

    @Test
    void aSwitchSaysWhomTheBadVersionAnsweredAndForHowLong(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");
        assertThat(simulate(
                        "--blue-green", "scenarios/switched-and-back.yaml", "--runs", "3", "--json", json.toString()))
                .isZero();
        assertThat(out.toString())
                .containsPattern("00:10:00 +switched to the candidate, smoke calls included in \\d+ ms")
                .containsPattern("switched back +100 %")
                .containsPattern("bad answers until it was switched back, median +\\d{3} ")
                .containsPattern("time that it served while bad, median +00:04:0[01]");
        assertThat(Files.readString(json))
                .contains("\"smokeFailed\": {\"value\": 0,", "\"switchedBack\": {\"value\": 1,", "\"timeline\": [");
    }

    @Test
    void aReportSaysWhoIsOnTheList(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");
        assertThat(simulate(
                        "policies/in-a-share.yaml",
                        "scenarios/who-was-reached.yaml",
                        "--runs",
                        "2",
                        "--look",
                        "30s",
                        "--json",
                        json.toString()))
                .isZero();
        assertThat(out.toString())
                .containsPattern("the list names \\d+ callers whom the candidate answered, \\d+ of them badly")
                .containsPattern("callers on the list, all whom it answered, median +\\d+ ")
                .doesNotContain("calls recorded");
        assertThat(Files.readString(json))
                .contains("\"listedMedian\": {\"value\": ")
                .doesNotContain("recordedMedian");
    }

    @Test
    void thePeersTableHasEveryRuleAndTraffic(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("peers.json");
        assertThat(simulate("--peers", "--runs", "1", "--json", json.toString()))
                .isZero();
        assertThat(Files.readAllLines(json))
                .filteredOn(line -> line.contains("\"rule\""))
                .hasSize(20)
                .allMatch(line -> line.matches(
                        " *\\{\"rule\": \"(flagger|argo|modelgate-(flagger|argo)-steps)\", \"stableRate\": [0-9.]+, "
                                + "\"candidateRate\": [0-9.]+, \"callsPerSecond\": (10|100), \"rollbackShare\": [01], \"medianBad\": \\d+, "
                                + "\"medianSeconds\": (\\d+|null)},?"));
        assertThat(out.toString()).contains("five guardrails: modelgate-argo-steps");
    }
}
