package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.rollout.RolloutPolicy;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotTest {

    private static final Path POLICY = Path.of("policies/canary.yaml");
    private static final Path SCENARIO = Path.of("scenarios/late-regression.yaml");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int simulate(Path policy, Path scenario, Path plot) {
        return Simulate.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                policy.toString(),
                scenario.toString(),
                "--runs",
                "3",
                "--plot",
                plot.toString());
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> elements(Element of, String name) {
        List<Element> elements = new ArrayList<>();
        NodeList nodes = of.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** The panels, from the first on: what is drawn of a whole plot. */
    private static List<Element> panels(Document svg) {
        return elements(svg.getDocumentElement(), "svg").stream()
                .filter(each -> each.getAttribute("class").contains("plt-container"))
                .toList();
    }

    /** The points of the longest path, the y axis upwards. */
    private static List<double[]> longestPath(Element panel) {
        String longest = elements(panel, "path").stream()
                .map(path -> path.getAttribute("d"))
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElseThrow();
        return Arrays.stream(longest.split("[MLZ]"))
                .map(String::trim)
                .filter(each -> !each.isEmpty())
                .map(each -> each.split("[ ,]+"))
                .map(each -> new double[] {Double.parseDouble(each[0]), -Double.parseDouble(each[1])})
                .toList();
    }

    /** Fits what is drawn to the values, by the first and the last of the extremes. */
    private static void assertDraws(List<double[]> points, List<double[]> values) {
        for (int axis = 0; axis < 2; axis++) {
            int a = axis;
            double[] drawn = points.stream().mapToDouble(p -> p[a]).toArray();
            double[] meant = values.stream().mapToDouble(p -> p[a]).toArray();
            double low = Arrays.stream(drawn).min().orElseThrow();
            double high = Arrays.stream(drawn).max().orElseThrow();
            double least = Arrays.stream(meant).min().orElseThrow();
            double most = Arrays.stream(meant).max().orElseThrow();
            assertThat(most).isGreaterThan(least);
            for (int i = 0; i < values.size(); i++) {
                double expected = low + (meant[i] - least) / (most - least) * (high - low);
                assertThat(Arrays.stream(drawn)
                                .map(d -> Math.abs(d - expected))
                                .min()
                                .orElseThrow())
                        .as("value %d of axis %d", i, axis)
                        .isLessThan(0.01 * (high - low));
            }
        }
    }

    @Test
    void weightEvidenceAndHarmAreDrawn() throws Exception {
        Replay replay = new Replay(RolloutPolicy.load(POLICY), ScenarioFile.load(SCENARIO), null, 1);
        Run run = replay.retold(0);
        List<Trace.Moment> moments = replay.traced(run);
        Document svg = parsed(new Plot(replay, run).svg());
        List<Element> panels = panels(svg);
        List<String> titles = List.of("canary over late-regression, run 0: rolled back after", "errors:", "fallback:");
        for (int i = 0; i < titles.size(); i++) {
            assertThat(panels.get(i).getTextContent()).contains(titles.get(i));
        }
        assertThat(panels).hasSize(7); // three more guardrails, and the harm
        assertThat(panels.get(1).getTextContent()).contains("regressed");
        assertThat(panels.get(6).getTextContent()).contains("Bad answers of the candidate so far", "minutes");

        assertThat(moments.get(moments.size() - 1).bad()).isEqualTo(run.bad()).isPositive();
        assertDraws(longestPath(panels.get(0)), values(moments, m -> m.weight() * 100));
        List<double[]> harm = longestPath(panels.get(6));
        assertThat(harm.size()).isBetween(moments.size() - 10, moments.size()); // points that coincide are drawn once
        assertDraws(harm, values(moments, m -> m.bad()));
    }

    @Test
    void aBandIsDrawnForEachWeightWithItsLimit() throws Exception {
        Replay replay = new Replay(RolloutPolicy.load(POLICY), ScenarioFile.load(SCENARIO), null, 1);
        Run run = replay.retold(0);
        Element errors = panels(parsed(new Plot(replay, run).svg())).get(1);
        long weights = replay.traced(run).stream()
                .filter(moment -> moment.evidence().stream()
                        .anyMatch(each ->
                                each.guardrail().equals("errors") && each.band().isPresent()))
                .map(Trace.Moment::weight)
                .filter(weight -> weight > 0)
                .distinct()
                .count();
        assertThat(weights).isGreaterThan(1);
        List<Element> dashed = elements(errors, "path").stream()
                .filter(path -> !path.getAttribute("stroke-dasharray").isEmpty()
                        && path.getAttribute("d").length() > 0)
                .filter(path -> path.getAttribute("stroke").contains("179,38,30"))
                .toList();
        assertThat(dashed).hasSize((int) weights);
    }

    private static List<double[]> values(List<Trace.Moment> moments, ToDoubleFunction<Trace.Moment> value) {
        return moments.stream()
                .map(moment -> new double[] {moment.at().toMillis(), value.applyAsDouble(moment)})
                .toList();
    }

    @Test
    void theSameRunIsTheSamePicture() {
        Replay replay = new Replay(RolloutPolicy.load(POLICY), ScenarioFile.load(SCENARIO), null, 1);
        assertThat(new Plot(replay, replay.run(1)).svg()).isEqualTo(new Plot(replay, replay.run(1)).svg());
    }

    @Test
    void whatIsTracedIsTheRunItself() {
        Replay replay = new Replay(RolloutPolicy.load(POLICY), ScenarioFile.load(SCENARIO), null, 1);
        Run run = replay.run(2);
        List<Trace.Moment> moments = replay.traced(run);
        Trace.Moment last = moments.get(moments.size() - 1);
        assertThat(last.at()).isEqualTo(run.length());
        assertThat(last.bad()).isEqualTo(run.bad());
        assertThat(moments.size()).isBetween(100, 400);
        assertThat(moments.get(0).weight()).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void theCommandWritesThePictureWhole(@TempDir Path folder) throws Exception {
        Path plot = folder.resolve("run.svg");
        Files.writeString(plot, "what was there before");
        assertThat(simulate(POLICY, SCENARIO, plot)).as("%s", err).isZero();
        assertThat(panels(parsed(Files.readString(plot)))).hasSize(7);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(plot);
        }
    }

    /** In a process of its own, which says what it loads. */
    @Test
    void noPictureNeedsADisplayOrFonts(@TempDir Path folder) throws Exception {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-verbose:class",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.modelgate.simulator.Simulate",
                        POLICY.toString(),
                        SCENARIO.toString(),
                        "--runs",
                        "1",
                        "--plot",
                        folder.resolve("run.svg").toString())
                .redirectErrorStream(true)
                .start();
        List<String> loaded = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(run.waitFor()).isZero();
        assertThat(loaded).anyMatch(line -> line.contains("org.jetbrains.letsPlot"));
        assertThat(loaded).noneMatch(line -> line.contains(" java.awt.") || line.contains(" sun.font."));
        assertThat(folder.resolve("run.svg")).isNotEmptyFile();
    }

    @ParameterizedTest
    @CsvSource({
        "run.png, expected a file whose name ends in .svg",
        "no/such/folder/run.svg, expected a file in a folder that exists"
    })
    void whereNoPictureCanBeWrittenIsSaidFirst(String plot, String message) {
        assertThat(simulate(POLICY, SCENARIO, Path.of(plot))).isEqualTo(2);
        assertThat(err.toString()).contains("--plot is \"" + plot + "\": " + message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aPictureThatCannotBeWrittenLeavesNothingBehind(@TempDir Path folder) throws Exception {
        Path taken = Files.createDirectory(folder.resolve("taken.svg"));
        Files.writeString(taken.resolve("file"), "");
        assertThatThrownBy(() -> Plot.write(taken, "<svg/>"))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("cannot be written");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(taken);
        }
    }
}
