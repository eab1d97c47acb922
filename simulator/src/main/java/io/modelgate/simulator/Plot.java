package io.modelgate.simulator;

import io.modelgate.rollout.Band;
import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.Finding;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.commons.geometry.DoubleVector;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;
import org.jspecify.annotations.Nullable;

/**
 * Draws one run: the weight, the band of each guardrail with its limit, and the bad answers, one above the other over the same time.
 *
 * <p>Lets-Plot measures text by tables of its own, so it needs neither a display nor fonts.
 */
final class Plot {

    private static final double WIDTH = 900;
    private static final double HEIGHT = 190;
    private static final String INK = "#1f5fa8";
    private static final String LIMIT = "#b3261e";
    private static final String MARK = "#6b6b6b";

    private static final Pattern PATH = Pattern.compile(" d=\"[^\"]*\"");
    private static final Pattern DECIMALS = Pattern.compile("(\\d\\.\\d\\d)\\d+");
    private static final Pattern NAMED = Pattern.compile(" id=\"([^\"]+)\"");

    private final Replay replay;
    private final Run run;
    private final List<Trace.Moment> moments;
    private final Axis axis;

    /** What the time is written in. */
    private record Axis(String name, double seconds) {

        static Axis of(Duration length) {
            if (length.compareTo(Duration.ofDays(3)) > 0) {
                return new Axis("days", 86_400);
            }
            return length.compareTo(Duration.ofHours(4)) > 0 ? new Axis("hours", 3_600) : new Axis("minutes", 60);
        }

        double at(Duration time) {
            return time.toMillis() / 1_000.0 / seconds;
        }
    }

    Plot(Replay replay, Run run) {
        this.replay = replay;
        this.run = run;
        moments = replay.traced(run);
        axis = Axis.of(run.length());
    }

    String svg() {
        List<Object> figures = new ArrayList<>();
        String name = replay.policy().name() + " over " + replay.scenario().name() + ", run " + run.number() + ": "
                + run.ending().text() + " after " + Quantity.clock(run.length());
        figures.add(figure(name, "callers, %", true, List.of(line("step", values(m -> m.weight() * 100))), List.of()));
        List<String> guardrails = moments.stream()
                .flatMap(moment -> moment.evidence().stream().map(Evidence::guardrail))
                .distinct()
                .toList();
        for (String guardrail : guardrails) {
            figures.add(new BandPanel(guardrail).figure());
        }
        figures.add(figure(
                "Bad answers of the candidate so far",
                "answers",
                true,
                List.of(line("line", values(Trace.Moment::bad))),
                List.of()));
        Map<String, Object> layout = map("name", "grid", "ncol", 1, "nrow", figures.size(), "align", true);
        Map<String, Object> all = map("kind", "subplots", "layout", layout, "figures", figures);
        DoubleVector size = new DoubleVector(WIDTH, HEIGHT * figures.size());
        return shorter(
                PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(all, size, new UnsupportedRGBEncoder(), true));
    }

    /** Paths to a hundredth of a pixel, and names that are the same each time. */
    private static String shorter(String svg) {
        String paths = PATH.matcher(svg)
                .replaceAll(path ->
                        Matcher.quoteReplacement(DECIMALS.matcher(path.group()).replaceAll("$1")));
        Map<String, String> names = new LinkedHashMap<>();
        NAMED.matcher(paths).results().forEach(name -> names.putIfAbsent(name.group(1), "part" + names.size()));
        String named = paths;
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace("\"" + name.getKey() + "\"", "\"" + name.getValue() + "\"")
                    .replace("#" + name.getKey(), "#" + name.getValue());
        }
        return named;
    }

    /** Writes a picture, all of it or nothing. */
    static void write(Path file, String svg) {
        Path half = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try {
                Files.writeString(half, svg);
                move(half, file);
            } finally {
                Files.deleteIfExists(half);
            }
        } catch (IOException e) {
            throw new BadFileException(file + ": cannot be written (" + e + "): expected a writable place");
        }
    }

    private static void move(Path half, Path file) throws IOException {
        try {
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A guardrail's band, one piece for each weight: evidence begins anew with it. */
    private final class BandPanel {

        private final String guardrail;
        private final List<Object> at = new ArrayList<>();
        private final List<Object> low = new ArrayList<>();
        private final List<Object> high = new ArrayList<>();
        private final List<Object> limits = new ArrayList<>();
        private final List<Object> pieces = new ArrayList<>();
        private String title;
        private String unit = "";

        BandPanel(String guardrail) {
            this.guardrail = guardrail;
            title = guardrail + ": no data";
            int piece = 0;
            double weight = -1;
            for (Trace.Moment moment : moments) {
                Evidence evidence = of(moment);
                if (evidence == null || evidence.band().isEmpty() || begins(moment, weight)) {
                    piece++;
                    weight = moment.weight();
                }
                if (evidence != null && evidence.band().isPresent()) {
                    add(moment, evidence.finding(), evidence.band().get(), piece);
                }
            }
        }

        private @Nullable Evidence of(Trace.Moment moment) {
            return moment.evidence().stream()
                    .filter(evidence -> evidence.guardrail().equals(guardrail))
                    .findFirst()
                    .orElse(null);
        }

        /** The end, which leaves nobody on the candidate, ends the last piece. */
        private boolean begins(Trace.Moment moment, double weight) {
            return moment.weight() != weight && moment.weight() > 0;
        }

        private void add(Trace.Moment moment, Finding finding, Band band, int piece) {
            double scale = band.unit() == Band.Unit.SHARE ? 100 : band.unit() == Band.Unit.SECONDS ? 1_000 : 1;
            unit = switch (band.unit()) {
                case SHARE -> "%";
                case SECONDS -> "ms";
                case RATIO -> "times";
                case NUMBER -> "";
            };
            title = guardrail + ": " + band.quantity() + ", at last "
                    + finding.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            at.add(axis.at(moment.at()));
            low.add(band.low() * scale);
            high.add(band.high() * scale);
            limits.add(band.limit() * scale);
            pieces.add("piece " + piece);
        }

        Map<String, Object> figure() {
            Map<String, Object> data = map("x", at, "low", low, "high", high, "limit", limits, "piece", pieces);
            Map<String, Object> ribbon = map("geom", "ribbon", "data", data, "fill", INK, "color", INK, "alpha", 0.3);
            ribbon.put("mapping", map("x", "x", "ymin", "low", "ymax", "high", "group", "piece"));
            Map<String, Object> limit =
                    map("geom", "line", "data", data, "color", LIMIT, "linetype", "dashed", "size", 1);
            limit.put("mapping", map("x", "x", "y", "limit", "group", "piece"));
            return Plot.this.figure(title, unit, false, at.isEmpty() ? List.of() : List.of(ribbon, limit), view());
        }

        /** So much of the axis that limit and bands can be read: the first callers' bands are as wide as anything can be. */
        private List<Object> view() {
            List<Double> edges = new ArrayList<>();
            List<Double> widths = new ArrayList<>();
            for (int i = 0; i < at.size(); i++) {
                widths.add((Double) high.get(i) - (Double) low.get(i));
            }
            if (widths.isEmpty()) {
                return List.of();
            }
            widths.sort(null);
            double width = widths.get(widths.size() / 2);
            for (int i = 0; i < at.size(); i++) {
                edges.add((Double) limits.get(i));
                if ((Double) high.get(i) - (Double) low.get(i) <= width) {
                    edges.add((Double) low.get(i));
                    edges.add((Double) high.get(i));
                }
            }
            edges.sort(null);
            double least = edges.get(0);
            double most = edges.get(edges.size() - 1);
            double room = Math.max((most - least) / 10, Math.abs(most) / 100);
            return new ArrayList<>(List.of(least - room, most + room));
        }
    }

    private interface Value {
        double of(Trace.Moment moment);
    }

    private List<Object> values(Value value) {
        List<Object> values = new ArrayList<>();
        moments.forEach(moment -> values.add(value.of(moment)));
        return values;
    }

    private Map<String, Object> line(String geom, List<Object> values) {
        List<Object> at = new ArrayList<>();
        moments.forEach(moment -> at.add(axis.at(moment.at())));
        Map<String, Object> line = map("geom", geom, "data", map("x", at, "y", values), "color", INK, "size", 1);
        line.put("mapping", map("x", "x", "y", "y"));
        return line;
    }

    private Map<String, Object> figure(
            String title, String unit, boolean fromZero, List<Map<String, Object>> layers, List<Object> view) {
        List<Object> drawn = new ArrayList<>(layers);
        if (run.turnedBad() != null && run.turnedBad().compareTo(run.length()) <= 0) {
            drawn.add(mark(run.turnedBad(), "dotted"));
        }
        if (run.promoted() != null) {
            drawn.add(mark(run.promoted(), "longdash"));
        }
        Map<String, Object> time =
                map("aesthetic", "x", "name", axis.name(), "limits", limits(0, axis.at(run.length())));
        Map<String, Object> up = map("aesthetic", "y", "name", unit);
        Map<String, Object> figure = map("kind", "plot", "ggtitle", map("text", title), "layers", drawn);
        if (fromZero) {
            drawn.add(map("geom", "hline", "yintercept", 0, "color", MARK, "size", 0.3));
        }
        figure.put("scales", new ArrayList<>(List.of(time, up)));
        if (!view.isEmpty()) {
            figure.put("coord", map("name", "cartesian", "ylim", view));
        }
        return figure;
    }

    private Map<String, Object> mark(Duration at, String type) {
        return map("geom", "vline", "xintercept", axis.at(at), "linetype", type, "color", MARK, "size", 0.7);
    }

    private static List<Object> limits(double least, double most) {
        return new ArrayList<>(List.of(least, most));
    }

    /** Lets-Plot changes what it is given, so nothing may be unmodifiable. */
    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
